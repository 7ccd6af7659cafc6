//! What cannot be evaluated is said with its place, its reason, and a way out.

use pantry_ruby::{Error, read_environment, read_metadata, read_role};

use crate::observed::Nowhere;

fn refusal(source: &str) -> Error {
    read_role("roles/web.rb", source).unwrap_err()
}

#[test]
fn what_would_reach_out_says_why_it_does_not() {
    for (line, sentence) in [
        ("x = ENV['HOME']", "`ENV` cannot be evaluated here: the environment of a process is"),
        ("x = File.read('x')", "`File` cannot be evaluated here: no other file is read"),
        ("x = IO.read(__FILE__)", "`IO` cannot be evaluated here: no other file is read"),
        ("require 'json'", "`require` cannot be evaluated here: no library is loaded"),
        ("x = `id`", "a command in backticks cannot be evaluated here: no program is run"),
        ("x = %x(id #{1})", "a command in backticks cannot be evaluated here: no program is run"),
        ("system 'id'", "`system` cannot be evaluated here: no program is run"),
        (
            "x = node['fqdn']",
            "`node[…]` cannot be evaluated here: a node's attributes are known in",
        ),
        ("x = node.chef_environment", "`node[…]` cannot be evaluated here"),
        ("x = search(:node, '*:*')", "`search(…)` cannot be evaluated here: no server is asked"),
        ("x = data_bag_item('a', 'b')", "`data_bag_item` cannot be evaluated here: no server is"),
        ("x = Time.now", "`Time` cannot be evaluated here: it would be different at each reading"),
        ("puts 'x'", "`puts` cannot be evaluated here: nothing is printed"),
        ("eval '1'", "`eval` cannot be evaluated here: no other code is run"),
        (
            "x = Chef::VERSION",
            "the constant `Chef::VERSION` cannot be evaluated here: only constants",
        ),
        ("def x; end", "a method definition is a part of Ruby that is not evaluated here"),
        ("x = 'a' =~ /a/", "a regular expression is a part of Ruby that is not evaluated here"),
        ("while true; end", "`while`, `until` and `for` is a part of Ruby that is not evaluated"),
        ("x = 10**30", "a number of more than 64 bits is a part of Ruby that is not evaluated"),
        ("x = 'a'.unpack('C')", "`unpack` of a String is not known here"),
        ("runlist 'a'", "`runlist` is neither a variable nor a word that may stand in this file"),
    ] {
        let error = refusal(&format!("name 'web'\n{line}\n"));
        assert!(error.problem.to_string().starts_with(sentence), "{line}: {}", error.problem);
        assert_eq!(error.line, 2, "{line}");
        let remedy = error.remedy.unwrap();
        let command = "write roles/web.json instead, which `knife role show web -F json` prints";
        assert_eq!(remedy, command);
    }
}

#[test]
fn the_place_is_where_it_stands() {
    for (source, line, column) in [
        ("name 'web'\ndefault_attributes 'a' => [1, ENV['é']]\n", 2, 31),
        ("name 'é'; foo\n", 1, 11),
        ("name 'web'\nrun_list(\n  'a',\n  'b'.frob,\n)\n", 4, 7),
        ("name 'web'\nx = {\n", 2, 5),
        ("%w[a b].each do |x|\n  x.each { |y| `id` }\nend", 2, 5),
    ] {
        let error = refusal(source);
        assert_eq!((error.line, error.column), (line, column), "{source:?}: {error}");
    }
}

#[test]
fn a_mistake_of_the_files_own_has_no_way_around_it() {
    let error = refusal("name 'web'\nrun_list 'Recipe[a]'\n");
    assert_eq!(
        error.to_string(),
        "roles/web.rb:2:1: `Recipe[a]` is no item of a run list: write recipe[…] or role[…]"
    );
    let error = refusal("raise 'use roles/db.rb'");
    assert_eq!(error.to_string(), "roles/web.rb:1:1: the file itself says: use roles/db.rb");
    let error = refusal("name 'web\n");
    assert!(error.to_string().starts_with("roles/web.rb:1:6: this is not Ruby: "), "{error}");
}

#[test]
fn an_environment_is_shown_with_its_own_command() {
    let error = read_environment("prod.rb", "name ENV['X']").unwrap_err();
    assert_eq!(
        error.to_string(),
        "prod.rb:1:6: `ENV` cannot be evaluated here: the environment of a process is no part of \
         the file; write prod.json instead, which `knife environment show prod -F json` prints"
    );
}

fn of_metadata(source: &str) -> Error {
    let path = "cookbooks/web/metadata.rb";
    read_metadata(path, source, "/cookbooks/web", &Nowhere).unwrap_err()
}

#[test]
fn metadata_reads_nothing_outside_of_its_cookbook() {
    for (line, what) in [
        ("x = File.read('/etc/passwd')", "`/etc/passwd`"),
        ("x = IO.read('../db/README.md')", "`../db/README.md`"),
        ("x = IO.read(File.expand_path('../../x', __FILE__))", "`/cookbooks/x`"),
        ("x = File.exist?(\"#{__dir__}/../x\")", "`/cookbooks/web/../x`"),
        ("x = IO.read('~/.chef/knife.rb')", "a home folder"),
        ("x = File.expand_path('~root')", "a home folder"),
        ("x = (IO.read('/x') rescue 'y')", "`/x`"),
    ] {
        let error = of_metadata(&format!("name 'web'\n{line}\n"));
        assert_eq!(
            error.problem.to_string(),
            format!(
                "{what} cannot be evaluated here: only files in the cookbook's own folder are read"
            )
        );
        assert_eq!(error.line, 2, "{line}");
    }
}

#[test]
fn metadata_has_no_other_way_out() {
    for (line, sentence) in [
        ("x = ENV['HOME']", "`ENV` cannot be evaluated here: the environment of a process is"),
        (
            "x = `git describe`",
            "a command in backticks cannot be evaluated here: no program is run",
        ),
        ("system 'id'", "`system` cannot be evaluated here: no program is run"),
        ("require 'json'", "`require` cannot be evaluated here: no library is loaded"),
        ("require_relative 'lib/x'", "`require_relative` cannot be evaluated here: no library is"),
        ("eval '1'", "`eval` cannot be evaluated here: no other code is run"),
        ("instance_eval IO.read('x')", "`instance_eval` cannot be evaluated here"),
        ("puts 'x'", "`puts` cannot be evaluated here: nothing is printed"),
        ("File.write('x', 'y')", "`File.write` of this class is not known here"),
        ("File.open('x') { |f| f.read }", "`File.open` of this class is not known here"),
        ("Dir.glob('*')", "`Dir.glob` of this class is not known here"),
        ("x = Foo::BAR", "the constant `Foo::BAR` cannot be evaluated here"),
        ("x = Time.now", "`Time` cannot be evaluated here"),
        ("version $x", "a global variable cannot be evaluated here"),
        ("def x; end", "a method definition is a part of Ruby that is not evaluated here"),
        ("test 'x'", "`test` is neither a variable nor a word that may stand in this file"),
        ("exit", "`exit` is neither a variable nor a word that may stand in this file"),
    ] {
        let error = of_metadata(&format!("name 'web'\n{line}\n"));
        assert!(error.problem.to_string().starts_with(sentence), "{line}: {}", error.problem);
        assert_eq!(error.line, 2, "{line}");
        let remedy = "a metadata.json beside it is read in its place, and `knife cookbook metadata` \
                      makes one";
        assert_eq!(error.remedy.as_deref(), Some(remedy), "{line}");
    }
}

#[test]
fn mistakes_in_metadata_say_what_is_expected() {
    for (line, sentence) in [
        ("name :web", "`name` wants a String, and is given a Symbol"),
        ("version '1'", "`1` is no version such as 1.2.3 or 1.2"),
        ("depends 'web'", "the cookbook `web` depends on itself: leave this out"),
        ("depends 'a', '> 1', '< 2'", "`depends` takes one constraint, and `a` is given several"),
        (
            "supports 'a', '>> 1.0'",
            "\">> 1.0\" is no version constraint: write one like \"~> 1.2\" or \"= 1.2.3\"",
        ),
        ("chef_version 'x'", "\"x\" is no requirement: write one like \">= 12.5\""),
        ("long_description IO.read('NONE')", "`NONE` cannot be read: it is not there"),
        ("privacy 1", "`privacy` wants true or false, and is given an Integer"),
        ("group(:a) { }", "`group` is no word of this file, and has a block"),
    ] {
        let error = of_metadata(&format!("name 'web'\n{line}\n"));
        let place = "cookbooks/web/metadata.rb:2:";
        let (said, at) = (error.to_string(), error.column);
        assert_eq!(said, format!("{place}{at}: {sentence}"), "{line}");
        assert_eq!(error.remedy, None);
    }
}
