# Asks Chef itself what the files in roles.txt and environments.txt say, and writes its answers
# beside them. Needs the libraries of Chef Infra Client on RUBYLIB:
#
#   ruby -W0 observe.rb
#
# A case is `=== TITLE`, the file, `---`, and the answer: JSON, or `refused: ` and Chef's error.

require "chef/config"
require "chef/role"
require "chef/environment"
require "json"
require "tempfile"

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
