//! Identifiers of contents, as Chef's tools were seen to compute them for the same files.

use pantry_berks::Cookbook;

use crate::folder::Folder;

#[test]
fn the_same_files_have_the_identifier_that_chefs_tools_lock() {
    let folder = Folder::of([
        ("metadata.rb", "name 'shop'\nversion '1.2.3'\ndepends 'base', '~> 0.3'\n"),
        ("recipes/default.rb", "package 'nginx'\n"),
        ("recipes/b.rb", ""),
        ("recipes-b.rb", "x"),
        ("files/default/one", "one\n"),
        ("files/default/ü", "ü"),
        ("files/a/two", "two"),
        ("templates/default/t.erb", "<%= 1 %>"),
        (".hidden/x", "gone"),
        (".env", "env"),
        ("chefignore", "spec\n*.swp\nfiles/a/*\n"),
        ("spec/x.rb", "s"),
        ("z.swp", "z"),
        ("README.md", "# Shop\n"),
    ]);
    let cookbook = Cookbook::load(&folder.path()).unwrap();
    assert_eq!(cookbook.identifier(), "65fb9bddd640e5d71038b7c68650618f6a874107");
    folder.write("README.md", "# The shop\n");
    let cookbook = Cookbook::load(&folder.path()).unwrap();
    assert_ne!(cookbook.identifier(), "65fb9bddd640e5d71038b7c68650618f6a874107");
}
