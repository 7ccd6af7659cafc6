//! The server that all tests share. Each test here has one of its own, by having the processes that
//! share it put their temporary files into a folder of the test's.

use std::path::PathBuf;
use std::time::Instant;

use pantry_testkit::postgres::{Cluster, Database};
use rustix::process::{Pid, Signal, kill_process};

use crate::child::{Keeper, ends_within, entries, keep, open_folder, parent, server, watch};

#[test]
#[ignore = "an entry for child processes"]
fn keeps_a_database() {
    let database = Database::empty().unwrap();
    assert_eq!(database.sql("SELECT 1").unwrap(), "1\n");
    keep(database.name());
}

const ENTRY: &str = "shared::keeps_a_database";

/// The folder of the server, and its first process.
fn running(folder: &tempfile::TempDir) -> (PathBuf, Pid) {
    let found = entries(folder.path());
    assert_eq!(found.len(), 1, "{found:?}");
    let process = server(&found[0]);
    (found[0].clone(), process)
}

#[test]
fn who_comes_at_once_gets_the_same_and_it_ends_after_all_of_them() {
    let folder = open_folder();
    let children: Vec<_> = (0..4).map(|_| Keeper::spawn(ENTRY, folder.path())).collect();
    let mut keepers: Vec<Keeper> = children.into_iter().map(Keeper::of).collect();
    let mut names: Vec<String> = keepers.iter().map(|keeper| keeper.said.clone()).collect();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 4, "each has its own: {names:?}");

    let (place, id) = running(&folder);
    let (supervisor, process) = (watch(parent(id)), watch(id));
    keepers.pop().unwrap().end();
    keepers.pop().unwrap().kill();
    // It outlives its grace by far while one is there, be it the one who did not start it.
    assert!(!ends_within(&process, 7));
    keepers.pop().unwrap().kill();
    keepers.pop().unwrap().end();
    assert!(!ends_within(&process, 2), "nobody had the time to come");
    assert!(ends_within(&process, 20) && ends_within(&supervisor, 20));
    assert!(!place.exists());
}

#[test]
fn what_was_left_behind_is_replaced() {
    let folder = open_folder();
    let first = Keeper::start(ENTRY, folder.path());
    let (place, id) = running(&folder);
    let (supervisor, process) = (parent(id), watch(id));
    // As after a power failure: nobody is there any more, and the files are.
    let watched = watch(supervisor);
    kill_process(supervisor, Signal::KILL).unwrap();
    kill_process(id, Signal::KILL).unwrap();
    assert!(ends_within(&watched, 20) && ends_within(&process, 20));
    first.kill();
    assert!(place.exists());

    let second = Keeper::start(ENTRY, folder.path());
    let (_, id) = running(&folder);
    let (supervisor, process) = (watch(parent(id)), watch(id));
    second.end();
    assert!(ends_within(&process, 20) && ends_within(&supervisor, 20));
    assert_eq!(entries(folder.path()), Vec::<PathBuf>::new());
}

#[test]
fn who_comes_after_it_was_killed_gets_a_new_one_that_stays() {
    let folder = open_folder();
    let first = Keeper::start(ENTRY, folder.path());
    let (_, id) = running(&folder);
    let old_supervisor = watch(parent(id));
    kill_process(id, Signal::KILL).unwrap();
    let second = Keeper::start(ENTRY, folder.path());
    // The first's supervisor ends, and leaves the second's folder alone.
    first.kill();
    assert!(ends_within(&old_supervisor, 20));
    let (_, id) = running(&folder);
    let (supervisor, process) = (watch(parent(id)), watch(id));
    assert!(!ends_within(&process, 0));
    second.end();
    assert!(ends_within(&process, 20) && ends_within(&supervisor, 20));
    assert_eq!(entries(folder.path()), Vec::<PathBuf>::new());
}

#[test]
fn databases_are_apart_and_dropped() {
    let (one, two) = (Database::empty().unwrap(), Database::empty().unwrap());
    one.sql("CREATE TABLE mine (x int)").unwrap();
    assert!(two.sql("SELECT * FROM mine").is_err());
    let name = one.name().to_owned();
    drop(one);
    let there = format!("SELECT count(*) FROM pg_database WHERE datname = '{name}'");
    let started = Instant::now();
    while two.sql(&there).unwrap() != "0\n" {
        assert!(started.elapsed().as_secs() < 20, "it is never dropped");
    }
}

#[test]
fn text_is_not_sorted_by_bytes_unless_it_is_said() {
    let database = Database::empty().unwrap();
    let cluster = Cluster::running(&[]).unwrap();
    let sorted = |of: &str| format!("SELECT x FROM (VALUES ('a'), ('B')) v (x) ORDER BY x {of}");
    for rows in [database.sql(&sorted("")), cluster.sql("postgres", &sorted(""))] {
        assert_eq!(rows.unwrap(), "a\nB\n");
    }
    assert_eq!(database.sql(&sorted("COLLATE \"C\"")).unwrap(), "B\na\n");
}
