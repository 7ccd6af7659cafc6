# Asks Chef itself what the files in roles.txt, environments.txt and metadata.txt say, and writes its
# answers beside them. Needs the libraries of Chef Infra Client on RUBYLIB:
#
#   ruby -W0 observe.rb
#
# A case is `=== TITLE`, the file, `---`, and the answer: JSON, or `refused: ` and Chef's error. Before
# the JSON of metadata stands the SHA-256 of metadata.json as Chef writes it for people.

require "chef/config"
require "chef/role"
require "chef/environment"
require "chef/cookbook/metadata"
require "chef/json_compat"
require "digest"
require "json"
require "tempfile"
require "tmpdir"

{ "roles" => Chef::Role, "environments" => Chef::Environment }.each do |name, kind|
  path = File.join(__dir__, "#{name}.txt")
  cases = File.read(path).split(/^=== /).drop(1).map { |text| text.sub(/^---\n.*\z/m, "") }
  answered = cases.map do |text|
    title, source = text.split("\n", 2)
    answer = Tempfile.create(["observed", ".rb"]) do |file|
      file.write(source)
      file.flush
      begin
        object = kind.new
        object.from_file(file.path)
        JSON.generate(JSON.parse(object.to_json))
      rescue Exception => error
        "refused: #{error.class}"
      end
    end
    "=== #{title}\n#{source}---\n#{answer}\n"
  end
  File.write(path, answered.join)
end

# The other files of the cookbook; the test has the same.
OTHERS = {
  "README.md" => "# A\n\nRead \"me\", \u00e9.\n",
  "VERSION" => "2.4.6\n",
  "lib/version.txt" => "7.8.9\n",
  "lib/lines.txt" => "a\nb\r\nc",
}

path = File.join(__dir__, "metadata.txt")
cases = File.read(path).split(/^=== /).drop(1).map { |text| text.sub(/^---\n(?!.*^---\n).*\z/m, "") }
answered = cases.map do |text|
  title, source = text.split("\n", 2)
  answer = Dir.mktmpdir do |folder|
    OTHERS.each do |name, content|
      FileUtils.mkdir_p(File.dirname(File.join(folder, name)))
      File.write(File.join(folder, name), content)
    end
    File.write(File.join(folder, "metadata.rb"), source)
    Dir.chdir(folder) do
      begin
        metadata = Chef::Cookbook::Metadata.new
        metadata.from_file(File.join(folder, "metadata.rb"))
        pretty = Chef::JSONCompat.to_json_pretty(metadata).chomp + "\n"
        "#{Digest::SHA256.hexdigest(pretty)} #{Chef::JSONCompat.to_json(metadata)}"
      rescue Exception => error
        "refused: #{error.class}"
      end
    end
  end
  "=== #{title}\n#{source}---\n#{answer}\n"
end
File.write(path, answered.join)
