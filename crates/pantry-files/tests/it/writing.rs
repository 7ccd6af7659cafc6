//! What is written where a tree says, and what is not.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};

use pantry_files::{FilesError, Held, Places, Stop, Writing, Written};
use pantry_model::tree::{Entry, Tree, What};

use crate::house::{House, below, is_root};

/// A site to send.
fn house() -> House {
    let house = House::new();
    house.write("site/index.html", "hi", 0o644);
    house.write("site/bin/run", "run", 0o4750);
    house.write("site/copy.html", "hi", 0o600);
    symlink("../index.html", house.path("site/bin/index")).unwrap();
    fs::create_dir(house.path("site/empty")).unwrap();
    fs::set_permissions(house.path("site/empty"), fs::Permissions::from_mode(0o711)).unwrap();
    house
}

const SITE: [&str; 6] = [
    "bin/",
    "bin/index -> ../index.html",
    "bin/run \"run\"",
    "copy.html \"hi\"",
    "empty/",
    "index.html \"hi\"",
];

#[test]
fn what_was_read_is_there_and_the_second_time_nothing_changes() {
    let house = house();
    let site = house.send(&["site"]);
    let order = house.order(&site, "srv/www/here", false);
    let written = house.carry_out(order.clone()).unwrap();
    assert_eq!(below(&house.path("srv/www/here")), SITE);
    assert_eq!(written, Written { files: 4, changed: 4, folders: 5, bytes: 7 });
    // That a program runs as its owner is not carried.
    assert_eq!(house.mode("srv/www/here/bin/run"), 0o750);
    assert_eq!(house.mode("srv/www/here/empty"), 0o711);
    assert_eq!(house.mode("srv/www"), 0o755);

    let plan = house.plan(order.clone()).unwrap();
    assert!(plan.lacks().is_empty());
    let again = Writing::begin(plan, Stop::default()).unwrap().finish().unwrap();
    assert_eq!(again, Written { files: 4, changed: 0, folders: 0, bytes: 7 });

    house.write("srv/www/here/index.html", "HI", 0o644);
    house.write("srv/www/here/copy.html", "hi", 0o777);
    house.write("srv/www/here/own", "mine", 0o600);
    fs::remove_file(house.path("srv/www/here/bin/index")).unwrap();
    let plan = house.plan(order.clone()).unwrap();
    assert_eq!(plan.lacks().len(), 1, "only one content differs");
    drop(plan);
    let written = house.carry_out(order).unwrap();
    assert_eq!(written, Written { files: 4, changed: 3, folders: 0, bytes: 7 });
    assert_eq!(house.mode("srv/www/here/copy.html"), 0o600);
    assert_eq!(house.read("srv/www/here/own"), "mine", "what the tree does not name stays");
}

#[test]
fn a_mode_is_for_files_and_says_all_bits() {
    let house = house();
    let site = house.send(&["site"]);
    let mut order = house.order(&site, "into", true);
    order.mode = Some(0o4711);
    house.carry_out(order).unwrap();
    assert_eq!(house.mode("into/site/bin/run"), 0o4711);
    assert_eq!(house.mode("into/site/index.html"), 0o4711);
    assert_eq!(house.mode("into/site/empty"), 0o711);
}

#[test]
fn an_owner_takes_root() {
    let house = house();
    let site = house.send(&["site"]);
    let mut order = house.order(&site, "to", false);
    (order.owner, order.group) = (Some(12_345), Some(54_321));
    let written = house.carry_out(order.clone());
    if is_root() {
        written.unwrap();
        for path in ["to", "to/bin", "to/bin/run"] {
            let metadata = house.path(path).metadata().unwrap();
            assert_eq!((metadata.uid(), metadata.gid()), (12_345, 54_321), "{path}");
        }
        order.owner = Some(12_346);
        assert_eq!(house.carry_out(order).unwrap().changed, 3, "all files, not the link");
    } else {
        assert!(matches!(written, Err(FilesError::NotRoot(_))));
        assert!(!house.path("to").exists());
    }
}

#[test]
fn nothing_is_written_through_a_link_below() {
    let house = house();
    let site = house.send(&["site"]);
    fs::create_dir(house.path("elsewhere")).unwrap();
    for (there, is_refused) in [("bin", true), ("empty", true), ("index.html", true)] {
        fs::create_dir(house.path("to")).unwrap();
        symlink(house.path("elsewhere"), house.path("to").join(there)).unwrap();
        let written = house.carry_out(house.order(&site, "to", false));
        let path = house.path("to").join(there);
        assert!(
            matches!(&written, Err(FilesError::Link(at)) if *at == path) == is_refused,
            "{there}: {written:?}"
        );
        assert!(house.names("elsewhere").is_empty());
        assert_eq!(house.names("to").len(), 1, "nothing has appeared");
        fs::remove_dir_all(house.path("to")).unwrap();
    }
    // The path itself is resolved as ever, and a link to a file makes way.
    symlink(house.path("elsewhere"), house.path("to")).unwrap();
    house.write("other", "other", 0o600);
    symlink("../other", house.path("elsewhere/index.html")).unwrap();
    house.carry_out(house.order(&site, "to", false)).unwrap();
    assert_eq!(below(&house.path("elsewhere")), SITE);
    assert_eq!(house.read("other"), "other");
}

#[test]
fn what_is_in_the_way_is_found_before_anything_is_written() {
    let house = house();
    let site = house.send(&["site"]);
    fs::create_dir_all(house.path("a/index.html")).unwrap();
    house.write("b/bin", "a file", 0o600);
    house.write("file", "a file", 0o600);
    symlink("nowhere", house.path("dangling")).unwrap();
    for (to, part) in [
        ("a", "a/index.html is a folder"),
        ("b", "b/bin is no folder"),
        ("file", "file is no folder"),
        ("file/deep/er", "file is no folder"),
        ("dangling", "dangling is a link to something that is not there"),
    ] {
        let error = house.carry_out(house.order(&site, to, false)).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    }
    assert_eq!((house.names("a").len(), house.names("b").len()), (1, 1));
    let two = house.send(&["site", "file"]);
    let error = house.carry_out(house.order(&two, "c", false)).unwrap_err().to_string();
    assert!(error.ends_with("is to be the path of one thing, and 2 are sent"), "{error}");
}

#[test]
fn what_is_not_finished_leaves_nothing() {
    let house = house();
    let site = house.send(&["site"]);
    house.write("to/site/index.html", "old", 0o644);
    let plan = house.plan(house.order(&site, "to", true)).unwrap();
    let lacks = plan.lacks();
    let mut writing = Writing::begin(plan, Stop::default()).unwrap();
    let (first, second) = (&lacks[0].0, &lacks[1].0);
    writing.put(first, Held::Copy(&house.content(first))).unwrap();
    fs::write(house.content(second), "damaged").unwrap();
    let damaged = writing.put(second, Held::Copy(&house.content(second)));
    assert!(matches!(damaged, Err(FilesError::Damaged(it)) if it == *second));
    assert_eq!(house.read("to/site/index.html"), "old");
    drop(writing);
    assert_eq!(below(&house.path("to")), ["site/", "site/index.html \"old\""]);

    // What was not put at all is noticed.
    let plan = house.plan(house.order(&site, "to", true)).unwrap();
    let writing = Writing::begin(plan, Stop::default()).unwrap();
    assert!(matches!(writing.finish(), Err(FilesError::Missing(_))));
    assert_eq!(below(&house.path("to")), ["site/", "site/index.html \"old\""]);
}

#[test]
fn a_content_that_is_not_needed_any_more_is_moved() {
    let house = house();
    let site = house.send(&["site"]);
    let plan = house.plan(house.order(&site, "to", false)).unwrap();
    let lacks = plan.lacks();
    let mut writing = Writing::begin(plan, Stop::default()).unwrap();
    for (content, _) in &lacks {
        writing.put(content, Held::Take(&house.content(content))).unwrap();
        assert!(!house.content(content).exists());
        writing.put(content, Held::Take(&house.content(content))).unwrap();
    }
    writing.finish().unwrap();
    assert_eq!(below(&house.path("to")), SITE);
}

#[test]
fn only_some_places_are_open() {
    let house = house();
    let site = house.send(&["site"]);
    let file = house.send(&["site/index.html"]);
    fs::create_dir_all(house.path("open")).unwrap();
    fs::create_dir(house.path("shut")).unwrap();
    symlink("../shut", house.path("open/out")).unwrap();
    let ask = |scanned, to, into| {
        let mut order = house.order(scanned, to, into);
        order.places = Places(vec![house.path("open")]);
        house.carry_out(order)
    };
    for (scanned, to, into) in [
        (&site, "shut", true),
        (&site, "shut/site", false),
        (&site, "open/out", true),
        (&site, "open/../shut", true),
        (&file, "open/out/x", false),
        (&file, "opened", false),
    ] {
        let error = ask(scanned, to, into).unwrap_err();
        assert!(matches!(error, FilesError::Outside(_)), "{to}: {error}");
    }
    assert!(house.names("shut").is_empty());
    ask(&site, "open", false).unwrap();
    ask(&file, "open/deep/file", false).unwrap();
    ask(&file, "open", true).unwrap();
}

#[test]
fn a_tree_may_not_lead_out_of_the_one_thing_that_it_is() {
    let house = house();
    let mut site = house.send(&["site"]);
    let what = What::Link { target: "../../x".to_owned() };
    let path = "site/bin/out".parse().unwrap();
    site.tree.entries.push(Entry { path, mode: 0o777, what });
    site.tree.sort();
    let error = house.carry_out(house.order(&site, "to", false)).unwrap_err().to_string();
    assert!(error.contains("leads out of it"), "{error}");
    site.tree = Tree { entries: vec![] };
    assert_eq!(house.carry_out(house.order(&site, "to", true)).unwrap(), Written::default());
}

#[test]
fn many_files_and_long_names_are_written() {
    let house = House::new();
    for number in 0..100 {
        house.write(&format!("many/{}/{number}", number % 7), &number.to_string(), 0o644);
    }
    let long = "é".repeat(127);
    house.write(&format!("many/{long}"), "long", 0o644);
    let many = house.send(&["many"]);
    house.carry_out(house.order(&many, "to", false)).unwrap();
    assert_eq!(below(&house.path("to")), below(&house.path("many")));
}

#[test]
fn two_who_write_the_same_do_not_disturb_each_other() {
    let house = house();
    let site = house.send(&["site"]);
    let begin = |tag: &str| {
        let mut order = house.order(&site, "new/to", false);
        order.tag = tag.to_owned();
        house.plan(order).unwrap()
    };
    let plans = ["job-1", "job-2"].map(begin);
    let lacks = plans[0].lacks();
    let [mut one, mut other] = plans.map(|plan| Writing::begin(plan, Stop::default()).unwrap());
    for (content, _) in lacks {
        one.put(&content, Held::Copy(&house.content(&content))).unwrap();
        other.put(&content, Held::Take(&house.content(&content))).unwrap();
    }
    assert_eq!(one.finish().unwrap().changed, 4);
    assert_eq!(other.finish().unwrap().changed, 4);
    assert_eq!(below(&house.path("new/to")), SITE);
}
