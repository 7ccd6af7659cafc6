//! Which document holds which contents: what is asked about it, and how it ends.

use pantry_model::{Content, Md5, Sha256};

use super::Database;
use super::samples::{create_app, delete_app, only, open_app, put, scope, write};
use crate::{Change, Kind, Scope, Store, StoreError, Write};

/// The kinds whose contents can be read, as they are mostly asked for.
const VERSIONS: [Kind; 2] = [Kind::CookbookVersion, Kind::CookbookArtifactVersion];

/// The content with this number; both its hashes sort as their numbers do.
pub(super) fn content(number: u32) -> Content {
    let (mut md5, mut sha256) = ([0; 16], [0; 32]);
    md5[12..].copy_from_slice(&number.to_be_bytes());
    sha256[28..].copy_from_slice(&number.to_be_bytes());
    Content { md5: Md5(md5), sha256: Sha256(sha256), size: u64::from(number) * 10 }
}

/// Another content under the MD5 of the one with this number.
fn forged(number: u32) -> Content {
    let mut forged = content(number);
    forged.sha256.0[0] = 255;
    forged
}

pub(super) fn hold(scope: &Scope, kind: Kind, name: &str, contents: &[Content]) -> Change {
    let (scope, name, contents) = (scope.clone(), name.to_owned(), contents.to_vec());
    Change::Hold { scope, kind, name, contents, taken_from: None }
}

fn take(scope: &Scope, kind: Kind, name: &str, contents: &[Content], from: Kind) -> Change {
    let (scope, name, contents) = (scope.clone(), name.to_owned(), contents.to_vec());
    Change::Hold { scope, kind, name, contents, taken_from: Some(from) }
}

fn release(scope: &Scope, kind: Kind, name: &str) -> Change {
    Change::Release { scope: scope.clone(), kind, name: name.to_owned() }
}

/// Makes a document that holds these.
pub(super) fn holder(scope: &Scope, kind: Kind, name: &str, contents: &[Content]) -> Write {
    let mut write = only(put(scope, kind, name, b"{}"));
    write.changes.push(hold(scope, kind, name, contents));
    write
}

async fn held_by(store: &impl Store, scope: &Scope, kind: Kind, name: &str) -> Vec<Content> {
    store.contents_of(scope, kind, name).await.unwrap()
}

/// What is held anywhere, in order.
pub(super) async fn all_held(store: &impl Store) -> Vec<Sha256> {
    let held = store.held_contents(None, u32::MAX).await.unwrap();
    held.into_iter().map(|(sha256, _)| sha256).collect()
}

/// By MD5, whatever the order was; what is held again is held once.
pub async fn are_what_a_document_holds(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let (shop, kind) = (scope("shop"), Kind::CookbookVersion);
    store.commit(holder(&shop, kind, "a/1", &[content(3), content(1)])).await.unwrap();
    let again = [content(2), content(3), content(2)];
    store.commit(only(hold(&shop, kind, "a/1", &again))).await.unwrap();
    store.commit(only(hold(&shop, kind, "a/1", &[]))).await.unwrap();
    let all = [content(1), content(2), content(3)];
    assert_eq!(held_by(&store, &shop, kind, "a/1").await, all);
    assert_eq!(held_by(&store, &shop, kind, "a/2").await, []);
    assert_eq!(held_by(&store, &shop, Kind::Sandbox, "a/1").await, []);
    assert_eq!(held_by(&store, &scope("nowhere"), kind, "a/1").await, []);
}

/// In the order in which they are asked for; what is asked for twice comes twice.
pub async fn come_with_the_documents_that_hold_them(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let (shop, kind) = (scope("shop"), Kind::CookbookVersion);
    store.commit(holder(&shop, kind, "a/1", &[content(3), content(1), content(2)])).await.unwrap();
    store.commit(only(put(&shop, kind, "a/2", b"nothing"))).await.unwrap();
    store.commit(holder(&shop, kind, "b/1", &[content(2)])).await.unwrap();
    store.commit(holder(&shop, Kind::Sandbox, "c/1", &[content(4)])).await.unwrap();
    let asked = ["b/1", "a/3", "a/2", "a/1", "c/1", "a\0", "b/1"].map(str::to_owned);
    let found = store.documents_with_contents(&shop, kind, &asked).await.unwrap();
    assert_eq!(found.len(), asked.len());
    for (name, found) in asked.iter().zip(found) {
        let document = store.document(&shop, kind, name).await.unwrap();
        let held = held_by(&store, &shop, kind, name).await;
        assert_eq!(found, document.map(|document| (document, held)), "{name:?}");
    }
    // More than are looked up on the thread of whoever asks.
    let many = vec!["a/1".to_owned(); 100];
    let found = store.documents_with_contents(&shop, kind, &many).await.unwrap();
    let held = [1, 2, 3].map(content);
    assert!(found.len() == 100 && found.iter().all(|one| one.as_ref().unwrap().1 == held));
    let nowhere = scope("nowhere");
    let found = store.documents_with_contents(&nowhere, kind, &asked[..2]).await.unwrap();
    assert_eq!(found, [None, None]);
    assert_eq!(store.documents_with_contents(&shop, kind, &[]).await.unwrap(), []);
}

/// In the order in which they are asked for, and only of the scope.
pub async fn are_found_by_their_md5(database: &impl Database) {
    let store = database.open().await;
    for name in ["shop", "yard"] {
        open_app(&store, name).await;
    }
    let (shop, yard) = (scope("shop"), scope("yard"));
    store.commit(holder(&shop, Kind::Sandbox, "s", &[content(1), content(2)])).await.unwrap();
    store.commit(holder(&shop, Kind::Upload, "s", &[content(2)])).await.unwrap();
    store.commit(holder(&yard, Kind::Sandbox, "s", &[content(3)])).await.unwrap();
    let asked = [3, 2, 9, 1, 2].map(|number| content(number).md5);
    let found = store.contents(&shop, &asked).await.unwrap();
    let two = Some(content(2));
    assert_eq!(found, [None, two, None, Some(content(1)), two]);
    assert_eq!(store.contents(&yard, &asked[..1]).await.unwrap(), [Some(content(3))]);
    assert_eq!(store.contents(&scope("nowhere"), &asked[..2]).await.unwrap(), [None, None]);
    assert_eq!(store.contents(&shop, &[]).await.unwrap(), []);
}

/// Of the kinds that are asked for, and of the scope; who else holds it makes no difference.
pub async fn have_a_size_for_those_who_may_read_them(database: &impl Database) {
    let store = database.open().await;
    for name in ["shop", "yard"] {
        open_app(&store, name).await;
    }
    let (shop, yard) = (scope("shop"), scope("yard"));
    let size = async |scope: &Scope, number: u32, kinds: [Kind; 2]| {
        store.content_size(scope, &content(number).sha256, kinds).await.unwrap()
    };
    store.commit(holder(&shop, Kind::Sandbox, "s", &[content(1), content(2)])).await.unwrap();
    store.commit(holder(&yard, Kind::CookbookVersion, "a/1", &[content(1)])).await.unwrap();
    assert_eq!(size(&shop, 1, VERSIONS).await, None);
    assert_eq!(size(&shop, 1, [Kind::Sandbox, Kind::Upload]).await, Some(10));
    assert_eq!(size(&yard, 1, VERSIONS).await, Some(10));
    store.commit(holder(&shop, Kind::CookbookVersion, "a/1", &[content(1)])).await.unwrap();
    store.commit(holder(&shop, Kind::CookbookArtifactVersion, "a/1", &[content(2)])).await.unwrap();
    assert_eq!(size(&shop, 1, VERSIONS).await, Some(10));
    assert_eq!(size(&shop, 2, VERSIONS).await, Some(20));
    assert_eq!(size(&shop, 9, VERSIONS).await, None);
    assert_eq!(size(&scope("nowhere"), 1, VERSIONS).await, None);
}

/// What one lets go of, another one still has.
pub async fn are_held_as_long_as_anyone_holds_them(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let (shop, kind) = (scope("shop"), Kind::CookbookVersion);
    store.commit(holder(&shop, kind, "a/1", &[content(1), content(2)])).await.unwrap();
    store.commit(holder(&shop, kind, "a/2", &[content(2), content(3)])).await.unwrap();
    store.commit(only(release(&shop, kind, "a/1"))).await.unwrap();
    store.commit(only(release(&shop, kind, "a/1"))).await.unwrap();
    store.commit(only(release(&shop, kind, "never"))).await.unwrap();
    assert_eq!(held_by(&store, &shop, kind, "a/1").await, []);
    assert_eq!(all_held(&store).await, [2, 3].map(|number| content(number).sha256));
    let asked = [1, 2].map(|number| content(number).md5);
    assert_eq!(store.contents(&shop, &asked).await.unwrap(), [None, Some(content(2))]);
    // As one write, which is how a document's contents are replaced.
    let mut replace = only(release(&shop, kind, "a/2"));
    replace.changes.push(hold(&shop, kind, "a/2", &[content(3), content(4)]));
    store.commit(replace).await.unwrap();
    assert_eq!(held_by(&store, &shop, kind, "a/2").await, [content(3), content(4)]);
    assert_eq!(all_held(&store).await, [3, 4].map(|number| content(number).sha256));
}

/// From all others of the kind in the scope, and nothing else from them.
pub async fn are_taken_over(database: &impl Database) {
    let store = database.open().await;
    for name in ["shop", "yard"] {
        open_app(&store, name).await;
    }
    let (shop, yard, version) = (scope("shop"), scope("yard"), Kind::CookbookVersion);
    let both = [content(1), content(2)];
    for (scope, kind, name) in [
        (&shop, Kind::Upload, "one"),
        (&shop, Kind::Upload, "two"),
        (&shop, Kind::Sandbox, "open"),
        (&shop, version, "a/1"),
        (&yard, Kind::Upload, "one"),
    ] {
        store.commit(holder(scope, kind, name, &both)).await.unwrap();
    }
    let mut taking = only(put(&shop, version, "a/2", b"{}"));
    taking.changes.push(take(&shop, version, "a/2", &[content(1), content(3)], Kind::Upload));
    store.commit(taking).await.unwrap();
    assert_eq!(held_by(&store, &shop, version, "a/2").await, [content(1), content(3)]);
    assert_eq!(held_by(&store, &shop, Kind::Upload, "one").await, [content(2)]);
    assert_eq!(held_by(&store, &shop, Kind::Upload, "two").await, [content(2)]);
    assert_eq!(held_by(&store, &shop, Kind::Sandbox, "open").await, both);
    assert_eq!(held_by(&store, &shop, version, "a/1").await, both);
    assert_eq!(held_by(&store, &yard, Kind::Upload, "one").await, both);
    // Who takes them is not taken from.
    let own = take(&shop, Kind::Upload, "one", &[content(2)], Kind::Upload);
    store.commit(only(own)).await.unwrap();
    assert_eq!(held_by(&store, &shop, Kind::Upload, "one").await, [content(2)]);
    assert_eq!(held_by(&store, &shop, Kind::Upload, "two").await, []);
}

/// However it goes.
pub async fn go_with_their_document(database: &impl Database) {
    let store = database.open().await;
    for name in ["shop", "yard"] {
        open_app(&store, name).await;
    }
    let (shop, kind) = (scope("shop"), Kind::CookbookVersion);
    for (number, name) in (1..).zip(["a/1", "a/2", "b/1"]) {
        store.commit(holder(&shop, kind, name, &[content(number)])).await.unwrap();
    }
    store.commit(holder(&scope("yard"), kind, "a/1", &[content(4)])).await.unwrap();
    let left = async || all_held(&store).await;
    let numbered = |numbers: &[u32]| -> Vec<Sha256> {
        numbers.iter().map(|number| content(*number).sha256).collect()
    };
    assert_eq!(left().await, numbered(&[1, 2, 3, 4]));
    let delete = Change::Delete { scope: shop.clone(), kind, name: "b/1".to_owned() };
    store.commit(only(delete)).await.unwrap();
    assert_eq!(left().await, numbered(&[1, 2, 4]));
    let under = Change::DeleteUnder { scope: shop.clone(), kind, parent: "a".to_owned() };
    store.commit(only(under)).await.unwrap();
    assert_eq!(left().await, numbered(&[4]));
    store.commit(delete_app("yard")).await.unwrap();
    assert_eq!(left().await, []);
    store.commit(create_app("yard")).await.unwrap();
    let asked = [content(4).md5];
    assert_eq!(store.contents(&scope("yard"), &asked).await.unwrap(), [None]);
}

/// Another name and another body are still the same document.
pub async fn stay_when_their_document_changes(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let (shop, kind) = (scope("shop"), Kind::Sandbox);
    store.commit(holder(&shop, kind, "a", &[content(1)])).await.unwrap();
    store.commit(only(put(&shop, kind, "a", b"another"))).await.unwrap();
    let (from, to) = ("a".to_owned(), "b".to_owned());
    store.commit(only(Change::Rename { scope: shop.clone(), kind, name: from, to })).await.unwrap();
    assert_eq!(held_by(&store, &shop, kind, "a").await, []);
    assert_eq!(held_by(&store, &shop, kind, "b").await, [content(1)]);
}

/// In one application, and for as long as something holds it; another one may mean another.
pub async fn mean_one_by_an_md5(database: &impl Database) {
    let store = database.open().await;
    for name in ["shop", "yard"] {
        open_app(&store, name).await;
    }
    let (shop, kind) = (scope("shop"), Kind::CookbookVersion);
    store.commit(holder(&shop, kind, "a/1", &[content(1)])).await.unwrap();
    store.commit(holder(&shop, kind, "b/1", &[content(1)])).await.unwrap();
    let moved =
        |name: &str| Err(StoreError::Moved { scope: scope("shop"), kind, name: name.to_owned() });
    let forge = |name: &str, contents: &[Content]| holder(&shop, kind, name, contents);
    assert_eq!(store.commit(forge("c/1", &[content(2), forged(1)])).await, moved("c/1"));
    assert_eq!(store.commit(forge("a/1", &[forged(1)])).await, moved("a/1"));
    assert_eq!(store.commit(forge("c/1", &[content(2), forged(2)])).await, moved("c/1"));
    let mut twice = forge("c/1", &[content(2)]);
    twice.changes.extend(forge("d/1", &[forged(2)]).changes);
    assert_eq!(store.commit(twice).await, moved("d/1"));
    assert_eq!(store.names(&shop, kind).await.unwrap(), ["a/1", "b/1"]);
    assert_eq!(all_held(&store).await, [content(1).sha256]);

    store.commit(holder(&scope("yard"), kind, "a/1", &[forged(1)])).await.unwrap();
    let asked = [content(1).md5];
    assert_eq!(store.contents(&shop, &asked).await.unwrap(), [Some(content(1))]);
    assert_eq!(store.contents(&scope("yard"), &asked).await.unwrap(), [Some(forged(1))]);

    let mut replace = only(release(&shop, kind, "a/1"));
    replace.changes.push(release(&shop, kind, "b/1"));
    replace.changes.push(hold(&shop, kind, "a/1", &[forged(1)]));
    store.commit(replace).await.unwrap();
    assert_eq!(store.contents(&shop, &asked).await.unwrap(), [Some(forged(1))]);
}

/// And nothing of the write is done.
pub async fn are_held_by_what_is_there(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let (shop, kind) = (scope("shop"), Kind::Sandbox);
    let mut nobody = only(put(&shop, kind, "a", b"{}"));
    nobody.changes.push(hold(&shop, kind, "b", &[content(1)]));
    let moved = StoreError::Moved { scope: shop.clone(), kind, name: "b".to_owned() };
    assert_eq!(store.commit(nobody).await, Err(moved));
    assert_eq!(store.names(&shop, kind).await.unwrap().len(), 0);
    assert_eq!(all_held(&store).await, []);
    let nowhere = only(hold(&scope("nowhere"), kind, "a", &[content(1)]));
    let missing = StoreError::NoSuchApplication("nowhere".parse().unwrap());
    assert_eq!(store.commit(nowhere).await, Err(missing.clone()));
    let released = store.commit(only(release(&scope("nowhere"), kind, "a"))).await;
    assert_eq!(released, Err(missing));
}

/// Each once, whoever holds it, with its length, in pages.
pub async fn are_listed_in_pages(database: &impl Database) {
    let store = database.open().await;
    for name in ["shop", "yard"] {
        open_app(&store, name).await;
    }
    let numbers: Vec<Content> = (1..=7).map(content).collect();
    store.commit(holder(&scope("shop"), Kind::Sandbox, "a", &numbers[..5])).await.unwrap();
    store.commit(holder(&scope("yard"), Kind::Upload, "a", &numbers[3..])).await.unwrap();
    let expected: Vec<_> = numbers.iter().map(|one| (one.sha256, one.size)).collect();
    for limit in [1, 2, 7, 8] {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = store.held_contents(after, limit).await.unwrap();
            assert!(page.len() <= usize::try_from(limit).unwrap());
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            found.extend(page);
        }
        assert_eq!(found, expected, "by {limit}");
    }
}

/// As many as the largest manifest may have, in one write.
pub async fn are_held_by_the_thousand(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let (shop, kind) = (scope("shop"), Kind::CookbookVersion);
    let many: Vec<Content> = (1..=3_000).rev().map(content).collect();
    store.commit(holder(&shop, Kind::Upload, "u", &many[..2_000])).await.unwrap();
    let mut write = write();
    for name in ["a/1", "a/2"] {
        write.changes.push(put(&shop, kind, name, b"{}"));
        write.changes.push(take(&shop, kind, name, &many, Kind::Upload));
    }
    store.commit(write).await.unwrap();
    let found = held_by(&store, &shop, kind, "a/2").await;
    assert!(found.iter().eq(many.iter().rev()), "{} contents", found.len());
    assert_eq!(held_by(&store, &shop, Kind::Upload, "u").await, []);
    let asked: Vec<Md5> = many.iter().map(|one| one.md5).collect();
    let found = store.contents(&shop, &asked).await.unwrap();
    assert!(found.into_iter().eq(many.into_iter().map(Some)));
}
