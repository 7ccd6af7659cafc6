//! What is read into a tree.

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;

use pantry_files::{FilesError, Limits, Named, Owners, Stop, Strictness, list, scan};
use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::house::House;

#[test]
fn a_tree_has_everything_below_and_each_content_once() {
    let house = House::new();
    house.write("site/index.html", "hi", 0o644);
    house.write("site/bin/run", "run", 0o4755);
    house.write("site/copy.html", "hi", 0o600);
    house.write("one", "1", 0o640);
    symlink("../index.html", house.path("site/bin/index")).unwrap();
    fs::create_dir(house.path("site/empty")).unwrap();
    let scanned = house.scan(&["site", "one"], Strictness::Refused).unwrap();
    let shown: Vec<_> = scanned
        .tree
        .entries
        .iter()
        .map(|entry| format!("{} {:o}", entry.path, entry.mode & 0o7000))
        .collect();
    let paths = ["one 0", "site 0", "site/bin 0", "site/bin/index 0", "site/bin/run 4000"];
    assert_eq!(shown[..5], paths);
    assert_eq!(shown[5..], ["site/copy.html 0", "site/empty 0", "site/index.html 0"]);
    assert_eq!(scanned.contents.len(), 3);
    assert_eq!(scanned.tree.contents().count(), 4);
    let file = scanned.origins[0].open().unwrap();
    house.write("one", "22", 0o640);
    assert!(matches!(scanned.origins[0].check(&file), Err(FilesError::Changed(_))));
    assert!(matches!(scanned.origins[0].open(), Err(FilesError::Changed(_))));
    fs::remove_file(house.path("one")).unwrap();
    assert!(matches!(scanned.origins[0].open(), Err(FilesError::Changed(_))));
}

#[test]
fn what_a_tree_cannot_hold_is_refused_or_left_out() {
    let house = House::new();
    house.write("d/good", "good", 0o644);
    symlink("/etc/passwd", house.path("d/absolute")).unwrap();
    // Within the tree, but not within what was named.
    symlink("../x", house.path("d/beside")).unwrap();
    mknodat(CWD, house.path("d/pipe"), FileType::Fifo, Mode::from_raw_mode(0o600), 0).unwrap();
    let odd = house.path("d").join(std::ffi::OsStr::from_bytes(b"odd\xff"));
    fs::write(&odd, "odd").unwrap();
    let scanned = house.scan(&["d"], Strictness::LeftOut).unwrap();
    let paths: Vec<_> = scanned.tree.entries.iter().map(|it| it.path.to_string()).collect();
    assert_eq!(paths, ["d", "d/good"]);
    assert_eq!(scanned.notes.len(), 4, "{:?}", scanned.notes);
    for (path, part) in [("absolute", "leads out"), ("beside", "leads out"), ("pipe", "neither")] {
        let note = scanned.notes.iter().find(|it| it.contains(path)).unwrap();
        assert!(note.contains(part), "{note}");
    }
    assert!(house.scan(&["d"], Strictness::Refused).is_err());
    fs::remove_file(&odd).unwrap();
    fs::remove_file(house.path("d/pipe")).unwrap();
    let error = house.scan(&["d"], Strictness::Refused).unwrap_err().to_string();
    assert!(error.contains("is a link that leads out of what is sent"), "{error}");
}

#[test]
fn there_are_limits_and_an_end() {
    let house = House::new();
    for number in 0..10 {
        house.write(&format!("d/{number}"), "1234567890", 0o644);
    }
    let named = [Named { name: "d".to_owned(), path: house.path("d") }];
    let read = |limits, stop: &Stop| {
        scan(&named, limits, Strictness::LeftOut, stop, &|_| {}).unwrap_err().to_string()
    };
    let go_on = Stop::default();
    let error = read(Limits { entries: 10, bytes: 1000 }, &go_on);
    assert!(error.starts_with("there are more than 10 files"), "{error}");
    let error = read(Limits { entries: 11, bytes: 99 }, &go_on);
    assert!(error.starts_with("there are more than 99 bytes"), "{error}");
    go_on.stop();
    let error = read(Limits { entries: 11, bytes: 100 }, &go_on);
    assert_eq!(error, "it was ended before it was done");
    let error = house.scan(&["d/../d", "d"], Strictness::Refused).unwrap_err().to_string();
    assert!(error.ends_with("would both be called d"), "{error}");
    assert!(matches!(house.scan(&["no"], Strictness::LeftOut), Err(FilesError::Missing(_))));
}

#[test]
fn a_list_is_of_what_is_in_a_folder() {
    let house = House::new();
    house.write("d/b", "123", 0o640);
    fs::create_dir(house.path("d/a")).unwrap();
    symlink("/nowhere", house.path("d/c")).unwrap();
    let mut owners = Owners::default();
    let shown = std::path::Path::new("/shown");
    let all = list(shown, &house.path("d"), 10, &mut owners).unwrap();
    let short: Vec<_> = all
        .iter()
        .map(|it| format!("{} {} {:?}", it.path, it.kind, it.target.as_deref()))
        .collect();
    assert_eq!(
        short,
        ["/shown/a folder None", "/shown/b file None", "/shown/c link Some(\"/nowhere\")"]
    );
    assert_eq!((all[1].size, all[1].mode), (3, 0o640));
    let one = list(shown, &house.path("d/b"), 10, &mut owners).unwrap();
    assert_eq!((one.len(), one[0].path.as_str()), (1, "/shown"));
    assert!(matches!(list(shown, &house.path("d"), 2, &mut owners), Err(FilesError::TooMany(2))));
    assert!(list(shown, std::path::Path::new("/"), 1000, &mut owners).unwrap().len() > 3);
}
