//! What is broken is found, and what nobody needs any more is deleted.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use pantry_model::commands::check::Checking;
use pantry_model::commands::gc::Collecting;
use pantry_model::{Content, Error, Timestamp};
use pantry_store::{Change, Kind, Scope, Write};
use pantry_usecases::UseCases;
use tokio::time::{interval, timeout};

use crate::house::{House, app};
use crate::shelves::for_all;
use crate::standing::of;

const DEADLINE: Duration = Duration::from_secs(30);

/// Long after everything else: files have the times of the real clock.
const LATER: i64 = 4_000_000_000_000;

/// An hour, in milliseconds.
const HOUR: i64 = 60 * 60 * 1000;

async fn keep(house: &House, text: &str) -> Content {
    let mut spool = house.files.blobs.spool();
    spool.write(Bytes::copy_from_slice(text.as_bytes())).await.unwrap();
    let received = spool.finish().await.unwrap();
    house.files.blobs.put(&received).await.unwrap();
    *received.content()
}

fn put(write: &mut Write, kind: Kind, name: &str, body: &str) {
    let (scope, name, body) = (of("shop"), name.to_owned(), body.as_bytes().to_vec());
    write.changes.push(Change::Put { scope, kind, name, body });
}

fn delete(write: &mut Write, kind: Kind, name: &str) {
    write.changes.push(Change::Delete { scope: of("shop"), kind, name: name.to_owned() });
}

fn hold(write: &mut Write, kind: Kind, name: &str, contents: &[Content]) {
    let (scope, name, contents) = (of("shop"), name.to_owned(), contents.to_vec());
    write.changes.push(Change::Hold { scope, kind, name, contents, taken_from: None });
}

async fn commit(house: &House, change: impl FnOnce(&mut Write)) {
    let mut write = Write::new(None, Timestamp(1));
    change(&mut write);
    house.usecases.store().commit(write).await.unwrap();
}

/// Something of each kind that refers to another.
async fn furnished() -> (House, Vec<Content>) {
    let house = House::new().await;
    house.create_application("shop").await.unwrap();
    let mut contents = Vec::new();
    for text in ["one", "two", "three"] {
        contents.push(keep(&house, text).await);
    }
    commit(&house, |write| {
        for (kind, name) in [
            (Kind::CookbookVersion, "apache2/1.0.0"),
            (Kind::CookbookSummary, "apache2/1.0.0"),
            (Kind::CookbookVersion, "apache2/2.0.0"),
            (Kind::CookbookSummary, "apache2/2.0.0"),
            (Kind::CookbookArchive, "apache2/2.0.0"),
            (Kind::CookbookArtifactVersion, "apache2/abc"),
            (Kind::Policy, "web"),
            (Kind::PolicyRevision, "web/1"),
            (Kind::PolicyGroup, "live"),
            (Kind::DataBag, "people"),
            (Kind::DataBagItem, "people/ada"),
            (Kind::Node, "web1"),
            (Kind::NodeInEnvironment, "live/web1"),
        ] {
            put(write, kind, name, "{}");
        }
        put(write, Kind::Cookbook, "apache2", r#"{"versions":2}"#);
        put(write, Kind::CookbookArtifact, "apache2", r#"{"versions":1}"#);
        put(write, Kind::PolicyInGroup, "live/web", r#"{"revision":"1","since":1}"#);
        hold(write, Kind::CookbookVersion, "apache2/1.0.0", &contents[..2]);
        hold(write, Kind::CookbookVersion, "apache2/2.0.0", &contents[1..]);
        hold(write, Kind::CookbookArtifactVersion, "apache2/abc", &contents[..1]);
    })
    .await;
    (house, contents)
}

async fn checked(house: &House, reads: bool) -> Checking {
    let usecases = &house.usecases;
    usecases.check(&house.admin, reads).await.unwrap();
    let mut often = interval(Duration::from_millis(5));
    let work = async {
        loop {
            often.tick().await;
            let now = usecases.checking(&house.admin).await.unwrap();
            if !now.is_at_work {
                assert_eq!(now.error, None);
                return now;
            }
        }
    };
    timeout(DEADLINE, work).await.unwrap()
}

/// What was found, each as its kind, name and problem.
async fn problems(house: &House, reads: bool) -> Vec<String> {
    let now = checked(house, reads).await;
    assert_eq!(now.found, now.problems.len() as u64);
    assert!(now.problems.iter().all(|it| it.application == "shop"), "{now:?}");
    now.problems.into_iter().map(|it| format!("{} {} {}", it.kind, it.name, it.what)).collect()
}

pub(crate) async fn collected(usecases: &UseCases, house: &House) -> Collecting {
    usecases.gc(&house.admin).await.unwrap();
    let mut often = interval(Duration::from_millis(5));
    let work = async {
        loop {
            often.tick().await;
            let now = usecases.collecting(&house.admin).await.unwrap();
            if !now.is_at_work {
                assert_eq!(now.error, None);
                return now;
            }
        }
    };
    timeout(DEADLINE, work).await.unwrap()
}

/// The file of a content.
fn file_of(house: &House, content: &Content) -> PathBuf {
    fn find(directory: &Path, name: &str) -> Option<PathBuf> {
        let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
        for path in entries {
            if path.ends_with(name) {
                return Some(path);
            }
            if path.is_dir()
                && let Some(found) = find(&path, name)
            {
                return Some(found);
            }
        }
        None
    }
    find(house.contents.folder.path(), &content.sha256.to_string()).unwrap()
}

async fn is_kept(house: &House, content: &Content) -> bool {
    house.files.blobs.size(&content.sha256).await.unwrap().is_some()
}

#[tokio::test]
async fn what_is_whole_is_not_complained_about() {
    let (house, _) = furnished().await;
    keep(&house, "being uploaded").await;
    let now = checked(&house, false).await;
    assert_eq!((now.found, now.contents, now.unheld, now.bytes_read), (0, 3, 1, 0), "{now:?}");
    // With the application of the house's own, if there is one.
    assert!(now.applications >= 1 && now.objects >= 15, "{now:?}");
    let now = checked(&house, true).await;
    assert_eq!((now.found, now.bytes_read), (0, 11), "{now:?}");
}

#[tokio::test]
async fn a_content_that_is_missing_is_said_of_all_that_hold_it() {
    let (house, contents) = furnished().await;
    let [one, two, three] = contents.as_slice() else { panic!("{contents:?}") };
    std::fs::remove_file(file_of(&house, two)).unwrap();
    let what = format!("its file {} is missing (SHA-256 {})", two.md5, two.sha256);
    let expected = ["1", "2"].map(|n| format!("cookbook-version apache2/{n}.0.0 {what}"));
    assert_eq!(problems(&house, false).await, expected);
    assert_eq!(problems(&house, true).await, expected);

    keep(&house, "two").await;
    assert_eq!(problems(&house, false).await, Vec::<String>::new());
    let path = file_of(&house, three);
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, "thre").unwrap();
    let what = format!("its file {} has another length (SHA-256 {})", three.md5, three.sha256);
    assert_eq!(problems(&house, false).await, [format!("cookbook-version apache2/2.0.0 {what}")]);
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, "threE").unwrap();
    assert_eq!(problems(&house, false).await, Vec::<String>::new());
    let what = format!("its file {} has other bytes (SHA-256 {})", three.md5, three.sha256);
    assert_eq!(problems(&house, true).await, [format!("cookbook-version apache2/2.0.0 {what}")]);

    // What nobody holds any more is nobody's problem.
    std::fs::remove_file(file_of(&house, one)).unwrap();
    commit(&house, |write| {
        for kind in [Kind::CookbookVersion, Kind::CookbookArtifactVersion] {
            let (scope, parent) = (of("shop"), "apache2".to_owned());
            write.changes.push(Change::DeleteUnder { scope, kind, parent });
        }
        for (kind, name) in [
            (Kind::Cookbook, "apache2"),
            (Kind::CookbookSummary, "apache2/1.0.0"),
            (Kind::CookbookSummary, "apache2/2.0.0"),
            (Kind::CookbookArchive, "apache2/2.0.0"),
            (Kind::CookbookArtifact, "apache2"),
        ] {
            delete(write, kind, name);
        }
    })
    .await;
    assert_eq!(problems(&house, true).await, Vec::<String>::new());
}

#[tokio::test]
async fn what_refers_to_nothing_is_said() {
    for (kind, name, expected) in [
        (
            Kind::Cookbook,
            "apache2",
            &[
                "cookbook-version apache2/1.0.0 its cookbook is missing",
                "cookbook-version apache2/2.0.0 its cookbook is missing",
            ][..],
        ),
        (
            Kind::CookbookVersion,
            "apache2/2.0.0",
            &[
                "cookbook apache2 its versions should be 2, and are 1",
                "cookbook-archive apache2/2.0.0 its version is missing",
                "cookbook-summary apache2/2.0.0 its version is missing",
            ],
        ),
        (
            Kind::CookbookSummary,
            "apache2/1.0.0",
            &["cookbook-version apache2/1.0.0 its summary is missing"],
        ),
        (
            Kind::CookbookArtifact,
            "apache2",
            &["cookbook-artifact-version apache2/abc its cookbook artifact is missing"],
        ),
        (
            Kind::CookbookArtifactVersion,
            "apache2/abc",
            &["cookbook-artifact apache2 its versions should be 1, and are 0"],
        ),
        (Kind::Policy, "web", &["policy-revision web/1 its policy is missing"]),
        (Kind::PolicyRevision, "web/1", &["policy-in-group live/web its revision 1 is missing"]),
        (Kind::PolicyGroup, "live", &["policy-in-group live/web its policy group is missing"]),
        (Kind::DataBag, "people", &["data-bag-item people/ada its data bag is missing"]),
        (Kind::Node, "web1", &["node-in-environment live/web1 its node is missing"]),
    ] {
        let (house, _) = furnished().await;
        commit(&house, |write| delete(write, kind, name)).await;
        assert_eq!(problems(&house, false).await, expected, "{kind:?} {name}");
    }
    let (house, _) = furnished().await;
    commit(&house, |write| {
        put(write, Kind::PolicyInGroup, "live/web", "1");
        put(write, Kind::Cookbook, "empty", "{}");
    })
    .await;
    let expected =
        ["cookbook empty it cannot be read", "policy-in-group live/web it cannot be read"];
    assert_eq!(problems(&house, false).await, expected);
}

#[tokio::test]
async fn of_shelves_only_what_is_broken_is_said() {
    let (house, _) = furnished().await;
    for shelf in ["base", "gone"] {
        house.create_application(shelf).await.unwrap();
        let superuser = house.calls("pivotal", shelf).await;
        house.usecases.create_shelf(&superuser, &app(shelf)).await.unwrap();
        house.usecases.update_shelf(&superuser, &app(shelf), &for_all(true)).await.unwrap();
        house.usecases.grant_shelf(&superuser, &app(shelf), &app("nobody")).await.unwrap();
        let of_shop = house.calls("pivotal", "shop").await;
        house.usecases.attach_shelf(&of_shop, &app(shelf), None).await.unwrap();
    }
    let superuser = house.calls("pivotal", "gone").await;
    house.usecases.delete_application(&superuser, &app("gone")).await.unwrap();
    // What is gone is on a list, and a name that nobody has may use what is there.
    assert_eq!(problems(&house, false).await, Vec::<String>::new());

    commit(&house, |write| {
        put(write, Kind::Shelves, "shelves", "{}");
        put(write, Kind::ShelfGrant, "bank", "{}");
        for (name, id) in [("base", "0"), ("lost", "1")] {
            let body = format!(r#"{{"id":"{}","created_at":0}}"#, id.repeat(32)).into_bytes();
            let (scope, name) = (Scope::Global, name.to_owned());
            write.changes.push(Change::Put { scope, kind: Kind::Shelf, name, body });
        }
    })
    .await;
    let found = checked(&house, false).await.problems.into_iter();
    let found: Vec<_> =
        found.map(|it| format!("{} {} {} {}", it.application, it.kind, it.name, it.what)).collect();
    assert_eq!(
        found,
        [
            "base shelf base it is another application's",
            "shop shelf-grant bank its shelf is missing",
            "shop shelves shelves it cannot be read",
            "_global shelf lost its application is missing",
        ]
    );
}

#[tokio::test]
async fn what_nobody_needs_any_more_is_deleted() {
    let (house, held) = furnished().await;
    let later = house.at(LATER);
    let mut contents = Vec::new();
    for text in ["old", "young", "left", "released", "orphan"] {
        contents.push(keep(&house, text).await);
    }
    let since = |hours: i64| format!(r#"{{"since":{},"checksums":[]}}"#, LATER - hours * HOUR);
    commit(&house, |write| {
        for (kind, name, hours, content) in [
            (Kind::Sandbox, "old", 25, 0),
            (Kind::Sandbox, "young", 23, 1),
            (Kind::Upload, "old", 25, 0),
            (Kind::Upload, "left", 23, 2),
        ] {
            put(write, kind, name, &since(hours));
            hold(write, kind, name, &contents[content..=content]);
        }
        put(write, Kind::Upload, "empty", &since(1));
        put(write, Kind::Sandbox, "empty", &since(1));
        put(write, Kind::Sandbox, "of another version", "{}");
        put(write, Kind::CookbookArtifactVersion, "apache2/gone", "{}");
        hold(write, Kind::CookbookArtifactVersion, "apache2/gone", &contents[3..4]);
    })
    .await;
    commit(&house, |write| delete(write, Kind::CookbookArtifactVersion, "apache2/gone")).await;

    // Files are as old as the machine's clock says, which this one is before.
    let now = collected(&house.usecases, &house).await;
    assert_eq!((now.uploads, now.contents, now.orphans), (1, 1, 0), "{now:?}");
    assert!(is_kept(&house, &contents[4]).await);

    let now = collected(&later, &house).await;
    assert_eq!((now.uploads, now.contents, now.orphans, now.orphan_bytes), (2, 1, 1, 6), "{now:?}");
    let mut kept = Vec::new();
    for content in &contents {
        kept.push(is_kept(&house, content).await);
    }
    assert_eq!(kept, [false, true, true, false, false]);
    for content in &held {
        assert!(is_kept(&house, content).await);
    }
    let store = house.usecases.store();
    let sandboxes = store.names(&of("shop"), Kind::Sandbox).await.unwrap();
    assert_eq!(sandboxes, ["empty", "of another version", "young"]);
    assert_eq!(store.names(&of("shop"), Kind::Upload).await.unwrap(), ["left"]);
    assert_eq!(problems(&house, true).await, Vec::<String>::new());
    let again = collected(&later, &house).await;
    assert_eq!((again.uploads, again.contents, again.orphans), (0, 0, 0), "{again:?}");
}

/// What a server left half done that was killed, another one finishes when it starts.
#[tokio::test]
async fn what_was_condemned_is_deleted_at_the_next_start() {
    let (house, _) = furnished().await;
    let left = keep(&house, "left").await;
    let store = house.usecases.store();
    assert_eq!(store.condemn_contents(&[left.sha256]).await.unwrap(), [left.sha256]);
    let keeper = house.beside();
    let keeper = tokio::spawn(async move { keeper.keep_contents().await });
    let mut often = interval(Duration::from_millis(5));
    let gone = async {
        while !store.unheld_contents(1).await.unwrap().is_empty() {
            often.tick().await;
        }
    };
    timeout(DEADLINE, gone).await.unwrap();
    assert!(!is_kept(&house, &left).await);
    keeper.abort();
}

#[tokio::test]
async fn only_superusers_may_have_it_done() {
    let house = crate::people::staffed().await;
    let (usecases, eve) = (&house.usecases, &house.outsider);
    for refused in [
        usecases.check(eve, false).await.err(),
        usecases.checking(eve).await.err(),
        usecases.gc(eve).await.err(),
        usecases.collecting(eve).await.err(),
    ] {
        assert!(matches!(refused, Some(Error::Forbidden { .. })), "{refused:?}");
    }
}
