//! Contents that come and go: what is held is there, and what nothing holds is not, whenever a server
//! was killed and whoever else was at it.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use pantry_blobs::{BlobError, Blobs, Kept, Reading, Received, Spool};
use pantry_model::chef::NewSandbox;
use pantry_model::{Content, Error, Sha256, Timestamp};
use pantry_store::{Change, Kind, Scope, Write};
use pantry_usecases::{Caller, Files, Link, Ticket, UseCases};

use crate::house::{House, app};

const PATIENCE: Duration = Duration::from_secs(20);

async fn caller(usecases: &UseCases, house: &House) -> Caller {
    usecases.caller(&house.admin, Some(&app("shop"))).await.unwrap()
}

async fn shop() -> House {
    let house = House::new().await;
    house.create_application("shop").await.unwrap();
    house
}

async fn content(house: &House, bytes: &'static [u8]) -> Content {
    let mut spool = house.contents.blobs.spool();
    spool.write(Bytes::from_static(bytes)).await.unwrap();
    *spool.finish().await.unwrap().content()
}

/// Uploads bytes through a sandbox of their own, which stays open; gives its id.
async fn upload(usecases: &UseCases, house: &House, bytes: &'static [u8]) -> Result<String, Error> {
    let md5 = content(house, bytes).await.md5;
    let new = NewSandbox { checksums: vec![(md5.to_string(), md5)] };
    let caller = caller(usecases, house).await;
    let made = usecases.create_sandbox(&caller, &new).await?;
    let [(_, Some(Link::Here(link)))] = &made.checksums[..] else { panic!("{made:?}") };
    let (_, query) = link.split_once('?').unwrap();
    let value = |name| query.split('&').find_map(|pair| pair.strip_prefix(name));
    let ticket = Ticket::read(value("expires="), value("signature=")).unwrap();
    let md5 = md5.to_string();
    let mut upload = usecases.begin_upload(&app("shop"), &made.id, &md5, &ticket).await?;
    upload.write(Bytes::from_static(bytes)).await?;
    usecases.finish_upload(upload, None).await?;
    Ok(made.id)
}

/// Deletes a sandbox, as a server does that finds it old.
async fn forget(house: &House, sandbox: String) {
    let scope = Scope::Application(app("shop"));
    let mut write = Write::new(None, Timestamp(0));
    write.changes.push(Change::Delete { scope, kind: Kind::Sandbox, name: sandbox });
    house.usecases.store().commit(write).await.unwrap();
}

async fn is_there(house: &House, content: &Content) -> bool {
    house.contents.blobs.size(&content.sha256).await.unwrap().is_some()
}

#[tokio::test]
async fn what_nothing_holds_is_deleted_behind_the_answer() {
    let house = shop().await;
    let (one, other) = (content(&house, b"one").await, content(&house, b"other").await);
    let sandbox = upload(&house.usecases, &house, b"one").await.unwrap();
    upload(&house.usecases, &house, b"other").await.unwrap();
    forget(&house, sandbox).await;
    house.usecases.collect(vec![one.sha256, other.sha256]);
    let gone = async {
        while is_there(&house, &one).await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, gone).await.unwrap();
    assert!(is_there(&house, &other).await, "a sandbox holds it");
    // It may come again.
    upload(&house.usecases, &house, b"one").await.unwrap();
    assert!(is_there(&house, &one).await);
}

#[tokio::test]
async fn a_server_that_was_killed_finishes_what_it_began() {
    let house = shop().await;
    let store = house.usecases.store();
    let one = content(&house, b"one").await;
    // Killed after nothing, after it was condemned, and after it was deleted.
    for steps in 0..3 {
        let sandbox = upload(&house.usecases, &house, b"one").await.unwrap();
        forget(&house, sandbox).await;
        if steps > 0 {
            assert_eq!(store.condemn_contents(&[one.sha256]).await.unwrap(), [one.sha256]);
        }
        if steps > 1 {
            house.contents.blobs.delete(&one.sha256).await.unwrap();
        }
        let after = house.beside();
        assert_eq!(after.collect_left().await.unwrap(), 1, "{steps}");
        assert!(!is_there(&house, &one).await);
        assert_eq!(store.unheld_contents(10).await.unwrap(), []);
        assert_eq!(after.collect_left().await.unwrap(), 0);
    }
}

#[tokio::test]
async fn what_was_to_be_deleted_when_a_server_was_killed_can_come_again() {
    let house = shop().await;
    let one = content(&house, b"one").await;
    let store = house.usecases.store();
    store.condemn_contents(&[one.sha256]).await.unwrap();
    upload(&house.usecases, &house, b"one").await.unwrap();
    assert!(is_there(&house, &one).await);
}

#[tokio::test]
async fn many_can_be_collected_while_they_come_again() {
    let house = Arc::new(shop().await);
    let one = content(&house, b"one").await;
    let mut uploaded = 0;
    for _ in 0..20 {
        let condemned = [one.sha256];
        let collecting = house.usecases.delete_unheld(&condemned);
        let (sandbox, _) = tokio::join!(upload(&house.usecases, &house, b"one"), collecting);
        match sandbox {
            Ok(sandbox) => {
                assert!(is_there(&house, &one).await);
                forget(&house, sandbox).await;
                uploaded += 1;
            }
            Err(error) => assert!(matches!(error, Error::Unavailable(_)), "{error:?}"),
        }
    }
    assert!(uploaded > 0);
}

/// Where what is put first is deleted by another one, as nothing holds it yet.
struct Crowded {
    blobs: Arc<dyn Blobs>,
    puts: AtomicU32,
}

#[async_trait]
impl Blobs for Crowded {
    fn spool(&self) -> Spool {
        self.blobs.spool()
    }
    async fn put(&self, received: &Received) -> Result<(), BlobError> {
        self.blobs.put(received).await?;
        if self.puts.fetch_add(1, Ordering::SeqCst) == 0 {
            self.blobs.delete(&received.content().sha256).await?;
        }
        Ok(())
    }
    async fn get(&self, of: &Sha256, bytes: Range<u64>) -> Result<Option<Reading>, BlobError> {
        self.blobs.get(of, bytes).await
    }
    async fn size(&self, of: &Sha256) -> Result<Option<u64>, BlobError> {
        self.blobs.size(of).await
    }
    async fn delete(&self, of: &Sha256) -> Result<(), BlobError> {
        self.blobs.delete(of).await
    }
    async fn list(&self, after: Option<Sha256>, limit: usize) -> Result<Vec<Kept>, BlobError> {
        self.blobs.list(after, limit).await
    }
    async fn link(&self, _of: &Sha256, _lifetime: Duration) -> Result<Option<String>, BlobError> {
        Ok(None)
    }
    async fn answers(&self) -> Result<(), BlobError> {
        Ok(())
    }
}

#[tokio::test]
async fn what_was_deleted_before_it_was_held_is_put_again() {
    let house = shop().await;
    let crowded = Arc::new(Crowded { blobs: house.files.blobs.clone(), puts: AtomicU32::new(0) });
    let files = Files { blobs: crowded.clone(), links: house.files.links.clone() };
    let usecases = house.beside_with(files);
    upload(&usecases, &house, b"one").await.unwrap();
    assert_eq!(crowded.puts.load(Ordering::SeqCst), 2);
    assert!(is_there(&house, &content(&house, b"one").await).await);
}
