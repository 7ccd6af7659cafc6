//! The file service: what is stored for a job, carried by it and brought by it, and who may not.

use std::io;
use std::time::Duration;

use async_trait::async_trait;
use pantry_model::commands::file::FilePull;
use pantry_model::commands::{ClientCommand as _, client};
use pantry_model::protocol::files::{
    Fetch, MAX_PIECES_BYTES, Pieces, Place, Source, Store, Wanted,
};
use pantry_model::protocol::{Failure, Reported};
use pantry_model::{Ending, ErrorCode, JobId, MessageType, Principal, Sha256};
use pantry_usecases::NewJob;
use pantry_wire::files::{Contents, FileError, Sink, Supply};
use sha2::Digest as _;

use crate::house::{House, job_for_web1, web1};

/// Contents in memory.
struct Files(Vec<Vec<u8>>);

impl Files {
    /// These, and two that are large and not alike.
    fn with_large(small: &[&[u8]]) -> Self {
        let large = |seed: u8| (0..3_000_000_u32).map(|at| (at % 251) as u8 ^ seed).collect();
        let small = small.iter().map(|bytes| bytes.to_vec());
        Self(small.chain([large(0), large(7)]).collect())
    }

    fn named(&self) -> Vec<(Sha256, u64)> {
        self.0.iter().map(|bytes| (sha256(bytes), bytes.len() as u64)).collect()
    }
}

fn sha256(bytes: &[u8]) -> Sha256 {
    Sha256(sha2::Sha256::digest(bytes).into())
}

#[async_trait]
impl Supply for Files {
    async fn read(&mut self, content: usize, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let from = offset as usize;
        Ok(self.0[content][from..from + length].to_vec())
    }
}

/// Takes so many bytes, and then fails.
struct Short(usize);

#[async_trait]
impl Sink for Short {
    async fn from(&mut self, _: usize) -> io::Result<u64> {
        Ok(0)
    }

    async fn take(&mut self, _: usize, _: u64, bytes: &[u8]) -> io::Result<()> {
        self.0 = self.0.checked_sub(bytes.len()).ok_or_else(|| io::Error::other("full"))?;
        Ok(())
    }
}

const MINUTE: Duration = Duration::from_secs(60);

/// A job for web1 that carries what the administrator has stored under this number.
fn carrying(number: u64) -> NewJob {
    NewJob { staged: Some(number), ..job_for_web1(MINUTE) }
}

/// A job that brings files from web1.
fn bringing() -> NewJob {
    let mut new = job_for_web1(MINUTE);
    new.order.command = FilePull::NAME.to_owned();
    new
}

fn refused(outcome: Result<(), FileError>) -> Failure {
    match outcome {
        Err(FileError::Refused(failure)) => failure,
        other => panic!("{other:?}"),
    }
}

async fn start(house: &House, new: NewJob) -> JobId {
    house.usecases.start_job(&house.admin, new).await.unwrap()[0].job
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_carries_what_was_stored_for_it() {
    let house = House::new().await;
    let mut files = Files::with_large(&[b"one", b"", b"two", b"one"]);
    let named = files.named();
    let admin = house.admin_files();
    admin.store(Place::Staged(7), &named, &mut files).await.unwrap();
    // What is there is not sent again.
    admin.store(Place::Staged(7), &named, &mut Files(Vec::new())).await.unwrap();
    let job = start(&house, carrying(7)).await;

    let folder = tempfile::tempdir().unwrap();
    let contents = Contents::open(folder.path().join("c")).unwrap();
    let arrived = std::sync::atomic::AtomicU64::new(0);
    let progress = |bytes| {
        arrived.fetch_add(bytes, std::sync::atomic::Ordering::Relaxed);
    };
    let web1 = house.web1_files();
    contents.fetch(&web1, Source::Job(job), &named, &progress).await.unwrap();
    for (bytes, (name, size)) in files.0.iter().zip(&named) {
        assert!(contents.has(name, *size));
        assert_eq!(contents.read(name, *size).unwrap().as_ref(), Some(bytes));
    }
    assert_eq!(arrived.into_inner(), 6_000_006);
    assert_eq!(std::fs::read_dir(folder.path().join("c/incoming")).unwrap().count(), 0);

    // The number is free again.
    let again = house.usecases.start_job(&house.admin, carrying(7)).await.unwrap_err();
    assert_eq!(again.to_string(), "nothing is stored under the number 7");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_came_before_a_break_does_not_come_again() {
    let house = House::new().await;
    let mut files = Files::with_large(&[]);
    let named = files.named();
    house.admin_files().store(Place::Staged(1), &named, &mut files).await.unwrap();
    let job = start(&house, carrying(1)).await;
    let folder = tempfile::tempdir().unwrap();
    let contents = Contents::open(folder.path().join("c")).unwrap();
    // As an agent leaves it that was killed: one content in part, one wrong, one with too much.
    let incoming = |at: usize| folder.path().join("c/incoming").join(named[at].0.to_string());
    std::fs::write(incoming(0), &files.0[0][..2_000_000]).unwrap();
    std::fs::write(incoming(1), vec![0; 2_999_999]).unwrap();
    let arrived = std::sync::atomic::AtomicU64::new(0);
    let progress = |bytes| {
        arrived.fetch_add(bytes, std::sync::atomic::Ordering::Relaxed);
    };
    contents.fetch(&house.web1_files(), Source::Job(job), &named, &progress).await.unwrap();
    for (bytes, (name, size)) in files.0.iter().zip(&named) {
        assert_eq!(contents.read(name, *size).unwrap().as_ref(), Some(bytes));
    }
    // The rest of the first; of the second its last byte, and then, since it was wrong, all.
    assert_eq!(arrived.into_inner(), 1_000_000 + 1 + 3_000_000);

    // Over a connection that is ended in the middle, again and again.
    let contents = Contents::open(folder.path().join("d")).unwrap();
    let client = house.web1_files();
    let (cut, when) = tokio::sync::mpsc::unbounded_channel();
    let progress = move |_| {
        let _over = cut.send(());
    };
    let cutting = {
        let (wire, mut when) = (house.file_wire.clone(), when);
        tokio::spawn(async move {
            let (mut heard, mut cuts) = (0, 0);
            while when.recv().await.is_some() {
                heard += 1;
                if heard % 6 == 0 && cuts < 3 {
                    cuts += 1;
                    wire.end_connections_of(Principal::Machine(web1())).await;
                }
            }
            cuts
        })
    };
    contents.fetch(&client, Source::Job(job), &named, &progress).await.unwrap();
    drop(progress);
    assert_eq!(cutting.await.unwrap(), 3);
    assert_eq!(contents.read(&named[1].0, 3_000_000).unwrap().as_ref(), Some(&files.0[1]));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_job_brings_files_from_its_machine_to_whoever_may_see_it() {
    let house = House::new().await;
    let job = start(&house, bringing()).await;
    let mut files = Files::with_large(&[b"log"]);
    let named = files.named();
    house.web1_files().store(Place::Delivery(job), &named, &mut files).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let contents = Contents::open(folder.path().to_owned()).unwrap();
    let from = Source::Delivery(job, web1().identity);
    contents.fetch(&house.admin_files(), from.clone(), &named, &|_| ()).await.unwrap();
    assert_eq!(contents.read(&named[2].0, 3_000_000).unwrap().as_ref(), Some(&files.0[2]));
    // Not the machine, which is no user.
    let outcome = house.web1_files().fetch(from, &named, &mut Short(9)).await;
    assert_eq!(refused(outcome).code, ErrorCode::UnknownJob);
    // And not before it was brought, nor anything else.
    let other = (sha256(b"other"), 5);
    let from = Source::Delivery(job, web1().identity);
    let outcome = house.admin_files().fetch(from, &[other], &mut Short(9)).await;
    assert!(refused(outcome).message.contains("is not there"));
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_has_or_stores_what_is_not_theirs() {
    let house = House::new().await;
    let mut files = Files(vec![b"secret".to_vec()]);
    let named = files.named();
    let (admin, machine) = (house.admin_files(), house.web1_files());
    admin.store(Place::Staged(1), &named, &mut files).await.unwrap();
    let job = start(&house, carrying(1)).await;
    // Another job's machine knows the SHA-256, which helps nobody.
    let other = house.start_job(60_000).await;
    let outcome = machine.fetch(Source::Job(other), &named, &mut Short(9)).await;
    assert!(refused(outcome).message.contains("is not there"));
    let nowhere: JobId = "0000000000000000".parse().unwrap();
    let outcome = machine.fetch(Source::Job(nowhere), &named, &mut Short(9)).await;
    assert_eq!(refused(outcome).code, ErrorCode::UnknownJob);
    // What is carried is for machines.
    let outcome = admin.fetch(Source::Job(job), &named, &mut Short(9)).await;
    assert_eq!(refused(outcome).code, ErrorCode::UnknownJob);
    // A machine stores nothing for users' jobs, nor for a job that brings nothing.
    for place in [Place::Staged(1), Place::Delivery(job), Place::Delivery(nowhere)] {
        refused(machine.store(place, &named, &mut files).await);
    }
    refused(admin.store(Place::Delivery(job), &named, &mut files).await);
    // Too much, by what was announced.
    let huge = [(sha256(b"x"), 9 * 1024 * 1024)];
    let told = refused(admin.store(Place::Staged(2), &huge, &mut files).await);
    assert!(told.message.contains("networking.limits.bytes_per_job"), "{}", told.message);
    // What is not what it is called.
    let wrong = [(sha256(b"public"), 6)];
    let told = refused(admin.store(Place::Staged(2), &wrong, &mut files).await);
    assert!(told.message.contains("has the SHA-256"), "{}", told.message);

    // When the delivery is over, so is its claim.
    let mut peer = house.web1(1).await;
    peer.report(job, Reported::Succeeded, Ending::default()).await;
    house.delivery(job, |it| it.state.is_final()).await;
    let outcome = house.web1_files().fetch(Source::Job(job), &named, &mut Short(9)).await;
    assert_eq!(refused(outcome).code, ErrorCode::UnknownJob);
    // And with the key goes the connection.
    let delete = client::ClientDelete { machine: web1() };
    house.usecases.delete_machine(&house.admin, &delete.machine).await.unwrap();
    let outcome = machine.fetch(Source::Job(other), &named, &mut Short(9)).await;
    assert!(matches!(outcome, Err(FileError::Unreachable { .. })), "{outcome:?}");
    house.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_says_what_makes_no_sense_is_refused_or_put_out() {
    let house = House::new().await;
    let job = start(&house, bringing()).await;
    let store = Store { to: Place::Delivery(job), contents: vec![(sha256(b"abc"), 3)] };
    let wrong_pieces =
        [(vec![(0, 0, 4)], 4), (vec![(0, 1, 2)], 2), (vec![(1, 0, 3)], 3), (vec![(0, 0, 3)], 2)];
    for (pieces, bytes) in wrong_pieces {
        let mut peer = house.web1_at_files().await;
        let id = peer.say(MessageType::Store, &store).await;
        let wanted: Wanted = peer.message(MessageType::Wanted).await.document().unwrap();
        assert_eq!(wanted.from, [Some(0)]);
        peer.answer(Some(id), MessageType::Pieces, &Pieces { pieces }, vec![b'a'; bytes]).await;
        peer.message(MessageType::Failure).await;
    }
    let mut peer = house.web1_at_files().await;
    let id = peer.say(MessageType::Store, &store).await;
    peer.message(MessageType::Wanted).await;
    let many = vec![0; MAX_PIECES_BYTES + 1];
    peer.answer(Some(id), MessageType::Pieces, &Pieces { pieces: Vec::new() }, many).await;
    peer.ended().await;
    for kind in [MessageType::Hello, MessageType::Fetch, MessageType::Store] {
        let mut peer = house.web1_at_files().await;
        peer.say(kind, &"what").await;
        peer.ended().await;
    }
    // Endless streams: of each the room is spent, and they wait; too many are too many.
    let mut peer = house.web1_at_files().await;
    let fetch = Fetch { from: Source::Job(job), contents: Vec::new(), room: 0 };
    for _ in 0..200 {
        peer.say(MessageType::Store, &store).await;
    }
    peer.ended().await;
    let mut peer = house.web1_at_files().await;
    peer.say(MessageType::Fetch, &fetch).await;
    house.close().await;
}
