# Chef's own signing library, asked by the tests: a question is a line of JSON, and so is its answer.
#
# mixlib-authentication makes and verifies 1.0, 1.1 and 1.3. It has no 1.2, so that is written here
# once more, from the protocol's description and with Ruby's OpenSSL.

require "json"
require "base64"
require "openssl"
require "mixlib/authentication"
require "mixlib/authentication/version"
require "mixlib/authentication/signedheaderauth"
require "mixlib/authentication/signatureverification"

# The request as a web server would hand it to the library.
Received = Struct.new(:env, :method, :path, :raw_post) do
  def params
    {}
  end
end

def block_of_1_2(q, body)
  sha1 = ->(text) { Base64.strict_encode64(OpenSSL::Digest.digest("SHA1", text)) }
  path = q["path"].squeeze("/")
  path = path.chomp("/") if path != "/"
  [
    "Method:" + q["method"].upcase,
    "Hashed Path:" + sha1.(path),
    "X-Ops-Content-Hash:" + sha1.(body),
    "X-Ops-Timestamp:" + q["timestamp"],
    "X-Ops-UserId:" + sha1.(q["user"]),
  ].join("\n")
end

def signed(q, body)
  key = OpenSSL::PKey::RSA.new(q["private_key"])
  if q["version"] == "1.2"
    signature = Base64.encode64(key.sign(OpenSSL::Digest.new("SHA1"), block_of_1_2(q, body)))
    headers = {
      "X-Ops-Sign" => "algorithm=sha1;version=1.2;",
      "X-Ops-Userid" => q["user"],
      "X-Ops-Timestamp" => q["timestamp"],
      "X-Ops-Content-Hash" => Base64.strict_encode64(OpenSSL::Digest.digest("SHA1", body)),
    }
    signature.split("\n").each_with_index { |line, at| headers["X-Ops-Authorization-#{at + 1}"] = line }
    return headers
  end
  Mixlib::Authentication::SignedHeaderAuth.signing_object(
    http_method: q["method"],
    path: q["path"],
    body: body,
    timestamp: q["timestamp"],
    user_id: q["user"],
    proto_version: q["version"],
    headers: { "X-Ops-Server-API-Version" => q["server_api_version"].to_s }
  ).sign(key)
end

def verified(q, body)
  key = OpenSSL::PKey::RSA.new(q["public_key"])
  if q["version"] == "1.2"
    lines = q["headers"].select { |name, _| name.start_with?("X-Ops-Authorization-") }
    text = lines.sort_by { |name, _| name[/\d+/].to_i }.map(&:last).join
    signature = Base64.strict_decode64(text)
    return key.verify(OpenSSL::Digest.new("SHA1"), signature, block_of_1_2(q, body))
  end
  env = q["headers"].to_h { |name, value| ["HTTP_" + name.tr("-", "_").upcase, value] }
  env["HTTP_HOST"] = "localhost"
  request = Received.new(env, q["method"], q["path"], body)
  any_time = 10**12
  verification = Mixlib::Authentication::SignatureVerification.new
  !verification.authenticate_user_request(request, key, any_time).nil?
end

$stdout.sync = true
puts JSON.generate(
  "by" => "mixlib-authentication #{Mixlib::Authentication::VERSION}, Ruby #{RUBY_VERSION}, " \
          "#{OpenSSL::OPENSSL_LIBRARY_VERSION}"
)
$stdin.each_line do |line|
  q = JSON.parse(line)
  body = Base64.strict_decode64(q["body"])
  puts JSON.generate(q.key?("headers") ? { "verified" => verified(q, body) } : { "headers" => signed(q, body) })
end
