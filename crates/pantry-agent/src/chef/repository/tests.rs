//! A repository in a folder, and a cache beside it.

use std::cell::RefCell;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use pantry_model::chef::{RunCookbook, RunDocument, RunTree};
use pantry_model::content::Sha256;
use pantry_model::tree::{Entry, Tree, What};
use sha2::{Digest as _, Sha256 as Hasher};
use tempfile::TempDir;

use super::sync::Synced;
use super::{Sync, SyncError, Wanted, WantedError};

struct House {
    home: TempDir,
    /// Files that were written from the cache.
    asked: RefCell<usize>,
}

fn sha256(text: &str) -> Sha256 {
    Sha256(Hasher::digest(text).into())
}

impl House {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("cache")).unwrap();
        Self { home, asked: RefCell::new(0) }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn repository(&self, name: &str) -> PathBuf {
        self.path("repository").join(name)
    }

    fn cached(&self, content: &Sha256) -> PathBuf {
        self.path("cache").join(content.to_string())
    }

    fn file(&self, path: &str, text: &str) -> Entry {
        let content = sha256(text);
        fs::write(self.cached(&content), text).unwrap();
        let what = What::File { sha256: content, size: text.len() as u64 };
        Entry { path: path.parse().unwrap(), mode: 0o644, what }
    }

    /// A run with one cookbook `web` of these files, and these documents.
    fn wanted(
        &self,
        files: &[(&str, &str)],
        documents: &[(&str, &str)],
    ) -> Result<Wanted, WantedError> {
        let entries = files.iter().map(|(path, text)| self.file(path, text)).collect();
        let documents = documents.iter().map(|(path, text)| {
            let entry = self.file(path, text);
            let What::File { sha256, size } = entry.what else { panic!("a file is one") };
            RunDocument { path: entry.path, sha256, size }
        });
        Wanted::new(&run(documents.collect()), &[Tree { entries }])
    }

    fn sync(&self, wanted: &Wanted) -> Result<Synced, SyncError> {
        let mut sync = Sync::begin(&self.path("repository"), &self.path("index"), wanted)?;
        *self.asked.borrow_mut() = 0;
        sync.fill(&|content| {
            *self.asked.borrow_mut() += 1;
            self.cached(content)
        })
    }

    /// Every file, and every folder without files.
    fn contents(&self) -> Vec<String> {
        fn walk(top: &Path, folder: &Path, found: &mut Vec<String>) {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() && !path.is_symlink() {
                    walk(top, &path, found);
                } else {
                    found.push(path.strip_prefix(top).unwrap().display().to_string());
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.path("repository"), &self.path("repository"), &mut found);
        found.sort();
        found
    }
}

fn run(documents: Vec<RunDocument>) -> RunTree {
    RunTree {
        mode: pantry_model::commands::chef_run::Mode::Zero,
        node: "web1".parse().unwrap(),
        environment: "prod".parse().unwrap(),
        run_list: pantry_model::run_list::RunList::default(),
        policy: None,
        server: None,
        cookbooks: vec![RunCookbook {
            folder: "cookbooks/web".parse().unwrap(),
            tree: Sha256([0; 32]),
            size: 0,
        }],
        documents,
    }
}

const FILES: &[(&str, &str)] = &[
    ("attributes/default.rb", "default['a'] = 1"),
    ("metadata.json", "{}"),
    ("recipes/default.rb", "log 'web'"),
    ("recipes/other.rb", "log 'web'"),
];

#[test]
fn only_what_differs_is_written() {
    let house = House::new();
    let wanted = house.wanted(FILES, &[("nodes/web1.json", "{}")]).unwrap();
    assert_eq!(house.sync(&wanted).unwrap(), Synced { kept: 0, written: 5, removed: 0 });
    assert_eq!(
        house.contents(),
        [
            "cookbooks/web/attributes/default.rb",
            "cookbooks/web/metadata.json",
            "cookbooks/web/recipes/default.rb",
            "cookbooks/web/recipes/other.rb",
            "nodes/web1.json",
        ]
    );
    let mode = |path: &str| fs::metadata(house.repository(path)).unwrap().permissions().mode();
    assert_eq!(mode("") & 0o777, 0o700);
    assert_eq!(mode("nodes/web1.json") & 0o777, 0o600);
    // The cache is not needed for what is there.
    fs::remove_dir_all(house.path("cache")).unwrap();
    assert_eq!(house.sync(&wanted).unwrap(), Synced { kept: 5, written: 0, removed: 0 });
    fs::create_dir(house.path("cache")).unwrap();

    let mut changed = FILES.to_vec();
    changed[0].1 = "default['a'] = 2";
    changed.remove(3);
    let wanted = house.wanted(&changed, &[("nodes/web2.json", "{}")]).unwrap();
    assert_eq!(house.sync(&wanted).unwrap(), Synced { kept: 2, written: 2, removed: 2 });
    assert_eq!(
        fs::read_to_string(house.repository("cookbooks/web/attributes/default.rb")).unwrap(),
        "default['a'] = 2"
    );
    assert!(!house.repository("nodes/web1.json").exists());
}

#[test]
fn whatever_a_run_did_to_it_is_undone() {
    let house = House::new();
    let wanted = house.wanted(FILES, &[("nodes/web1.json", "{}")]).unwrap();
    house.sync(&wanted).unwrap();
    let before = house.contents();
    let recipe = house.repository("cookbooks/web/recipes/default.rb");
    let outside = house.path("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("default.rb"), "precious").unwrap();

    // Of the same length, and at once.
    fs::write(&recipe, "log 'bad'").unwrap();
    fs::write(house.repository("nodes/other.json"), "{}").unwrap();
    fs::create_dir_all(house.repository("deep/er/still")).unwrap();
    fs::write(house.repository("deep/er/file"), "x").unwrap();
    symlink(&outside, house.repository("link")).unwrap();
    // A folder is a link, a file is a folder, a file is a link, a mode is another.
    fs::remove_dir_all(house.repository("cookbooks/web/attributes")).unwrap();
    symlink(&outside, house.repository("cookbooks/web/attributes")).unwrap();
    let other = house.repository("cookbooks/web/recipes/other.rb");
    fs::remove_file(&other).unwrap();
    fs::create_dir(&other).unwrap();
    let metadata = house.repository("cookbooks/web/metadata.json");
    fs::remove_file(&metadata).unwrap();
    symlink(outside.join("default.rb"), &metadata).unwrap();
    let node = house.repository("nodes/web1.json");
    fs::set_permissions(&node, fs::Permissions::from_mode(0o666)).unwrap();

    house.sync(&wanted).unwrap();
    assert_eq!(house.contents(), before);
    assert_eq!(fs::read_to_string(&recipe).unwrap(), "log 'web'");
    assert!(fs::symlink_metadata(&metadata).unwrap().is_file());
    assert_eq!(fs::metadata(&node).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::read_to_string(outside.join("default.rb")).unwrap(), "precious");
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);

    // The repository itself.
    fs::remove_dir_all(house.path("repository")).unwrap();
    symlink(&outside, house.path("repository")).unwrap();
    house.sync(&wanted).unwrap();
    assert_eq!(house.contents(), before);
    assert_eq!(fs::read_dir(&outside).unwrap().count(), 1);
}

#[test]
fn a_sync_that_was_killed_leaves_nothing_wrong() {
    let house = House::new();
    let old = house.wanted(FILES, &[]).unwrap();
    house.sync(&old).unwrap();
    let mut changed = FILES.to_vec();
    changed[2].1 = "log 'new'";
    let new = house.wanted(&changed, &[]).unwrap();
    // Everything is written but the index; and a file is left half written.
    let index = fs::read(house.path("index")).unwrap();
    house.sync(&new).unwrap();
    fs::write(house.path("index"), index).unwrap();
    fs::write(house.repository("cookbooks/web/recipes/.pantry-new"), "log").unwrap();
    house.sync(&old).unwrap();
    let recipe = house.repository("cookbooks/web/recipes/default.rb");
    assert_eq!(fs::read_to_string(&recipe).unwrap(), "log 'web'");
    assert_eq!(house.contents().len(), FILES.len());
    // An index that is no index knows nothing.
    for bad in ["", "{", "[1,2,3]"] {
        fs::write(house.path("index"), bad).unwrap();
        assert_eq!(house.sync(&old).unwrap().written, FILES.len());
    }
}

#[test]
fn damaged_contents_are_found_while_they_are_copied() {
    let house = House::new();
    let wanted = house.wanted(FILES, &[]).unwrap();
    let bad = [sha256("{}"), sha256("log 'web'")];
    fs::write(house.cached(&bad[0]), "[]").unwrap();
    fs::remove_file(house.cached(&bad[1])).unwrap();
    let mut sync = Sync::begin(&house.path("repository"), &house.path("index"), &wanted).unwrap();
    assert_eq!(sync.missing().len(), 3, "two files have one content");
    let mut expected = vec![(bad[0], 2), (bad[1], 9)];
    expected.sort_unstable();
    match sync.fill(&|content| house.cached(content)) {
        Err(SyncError::Lacking(lacking)) => assert_eq!(lacking, expected),
        other => panic!("{other:?}"),
    }
    assert_eq!(house.contents(), ["cookbooks/web/attributes/default.rb"], "nothing half");
    // They are fetched again, and the rest is written.
    let _ = house.wanted(FILES, &[]).unwrap();
    assert_eq!(sync.fill(&|content| house.cached(content)).unwrap().written, 3);
    assert_eq!(house.sync(&wanted).unwrap().kept, FILES.len());
}

#[test]
fn what_is_no_repository_is_refused() {
    let house = House::new();
    let twice = [("nodes/web1.json", "{}"), ("nodes/web1.json", "{}")];
    let refused = house.wanted(FILES, &twice).unwrap_err();
    assert_eq!(refused, WantedError::Twice("nodes/web1.json".to_owned()));
    let below = [("nodes", "{}"), ("nodes/web1.json", "{}")];
    assert!(matches!(house.wanted(FILES, &below), Err(WantedError::Twice(_))));
    let over = [("cookbooks/web/recipes", "{}")];
    assert!(matches!(house.wanted(FILES, &over), Err(WantedError::Twice(_))));
    let deep = format!("{}x", "a/".repeat(100));
    let refused = house.wanted(&[(&deep, "x")], &[]).unwrap_err();
    assert!(refused.to_string().ends_with("is in more than 64 folders"), "{refused}");
    let what = What::Link { target: "default.rb".to_owned() };
    let link = Entry { path: "recipes/link.rb".parse().unwrap(), mode: 0o777, what };
    let refused = Wanted::new(&run(Vec::new()), &[Tree { entries: vec![link] }]).unwrap_err();
    assert_eq!(refused, WantedError::Link("cookbooks/web/recipes/link.rb".to_owned()));
}

#[test]
fn names_that_differ_only_in_case_are_two_files_here() {
    let house = House::new();
    let files = [("README", "large"), ("readme", "small")];
    let wanted = house.wanted(&files, &[]).unwrap();
    house.sync(&wanted).unwrap();
    assert_eq!(house.contents(), ["cookbooks/web/README", "cookbooks/web/readme"]);
    assert_eq!(house.sync(&wanted).unwrap().kept, 2);
    let told = SyncError::SameName("a/README".to_owned(), "a/readme".to_owned()).to_string();
    assert!(told.contains("a/README and a/readme"), "{told}");
}

#[test]
fn a_deep_folder_that_a_run_left_is_removed() {
    let house = House::new();
    let wanted = house.wanted(FILES, &[]).unwrap();
    house.sync(&wanted).unwrap();
    let deep = house.repository(&"d/".repeat(700));
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("file"), "x").unwrap();
    house.sync(&wanted).unwrap();
    assert!(!house.repository("d").exists());
}
