# Asks Chef itself what it makes of the folders in cookbooks.json, and Ruby which patterns match what in
# patterns.txt, and writes the answers there. Needs the libraries of Chef Infra Client on RUBYLIB:
#
#   ruby -W0 observe.rb
#
# A folder has files and links, and the answers: the manifest in versions 0 and 2 of the API, or the
# class of Chef's error. Of patterns.txt, the third part has a line for each pattern, with a sign for each
# path.

require "chef/config"
require "chef/cookbook/cookbook_version_loader"
require "chef/cookbook_manifest"
require "chef/cookbook_version"
require "chef/cookbook/manifest_v0"
require "chef/cookbook/manifest_v2"
require "fileutils"
require "json"
require "tmpdir"

def manifest(folder, version)
  loader = Chef::Cookbook::CookbookVersionLoader.new(folder)
  loader.load!
  cookbook = loader.cookbook_version
  # As it is done for every cookbook that is uploaded.
  document = version.to_h(Chef::CookbookManifest.new(cookbook))
  document["metadata"] = document["metadata"].to_h
  document["json_class"] = "Chef::CookbookVersion"
  document = JSON.parse(Chef::JSONCompat.to_json(document))
  document.each_value { |list| list.sort_by! { |file| file["path"] } if list.is_a?(Array) }
  document
end

path = File.join(__dir__, "cookbooks.json")
cases = JSON.parse(File.read(path)).map do |test|
  Dir.mktmpdir do |folder|
    folder = File.join(folder, "cookbook")
    FileUtils.mkdir_p(folder)
    test["files"].each do |name, content|
      FileUtils.mkdir_p(File.dirname(File.join(folder, name)))
      File.write(File.join(folder, name), content)
    end
    (test["links"] || {}).each do |name, target|
      FileUtils.mkdir_p(File.dirname(File.join(folder, name)))
      File.symlink(target, File.join(folder, name))
    end
    %w{refused v0 v2}.each { |key| test.delete(key) }
    begin
      test["v0"] = manifest(folder, Chef::Cookbook::ManifestV0)
      test["v2"] = manifest(folder, Chef::Cookbook::ManifestV2)
    rescue Exception => error
      test["refused"] = error.class.name
    end
    test
  end
end
File.write(path, "[\n" + cases.map { |test| JSON.generate(test) }.join(",\n") + "\n]\n")

path = File.join(__dir__, "patterns.txt")
patterns, paths = File.read(path).split("---\n").map { |part| part.lines(chomp: true) }
answers = patterns.map do |pattern|
  paths.map { |name| File.fnmatch?(pattern, name) ? "+" : "." }.join
end
File.write(path, [patterns, paths, answers].map { |part| part.join("\n") + "\n" }.join("---\n"))
