//! Output: in order, once, without gaps, and by offset.

use pantry_model::{Chunk, Job, OutputStream};

use super::Database;
use super::samples::{identity, job, machine, open_app, send};
use crate::{OutputBatch, Store};

/// Chunks of these sequence numbers, of alternating streams, that say which they are.
pub(super) fn chunks(numbers: impl IntoIterator<Item = u64>) -> Vec<Chunk> {
    let chunk = |sequence| {
        let stream = if sequence % 2 == 0 { OutputStream::Stdout } else { OutputStream::Stderr };
        Chunk { sequence, stream, bytes: format!("chunk {sequence:4}").into_bytes() }
    };
    numbers.into_iter().map(chunk).collect()
}

/// A batch of them, from this machine of the job's application.
pub(super) fn batch(job: &Job, name: &str, numbers: impl IntoIterator<Item = u64>) -> OutputBatch {
    let machine = machine(job.application.as_str(), name);
    OutputBatch { machine, job: job.id, chunks: chunks(numbers) }
}

async fn append(store: &impl Store, batch: OutputBatch) -> Option<u64> {
    store.append_output(vec![batch]).await.unwrap()[0]
}

async fn all(store: &impl Store, job: &Job, name: &str) -> Vec<Chunk> {
    store.output(job.id, &identity(name), 0, usize::MAX).await.unwrap()
}

/// Any bytes, of both streams.
pub async fn comes_back_in_order(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let job = send(&store, "shop", 1, &["a"]).await;
    assert_eq!(all(&store, &job, "a").await, []);
    let mut odd = batch(&job, "a", 0..3);
    odd.chunks[0].bytes = vec![0, 255, 10, 254];
    odd.chunks[1].bytes = vec![b'x'; Chunk::MAX_BYTES];
    odd.chunks[2].bytes = vec![];
    let rest = batch(&job, "a", 3..300);
    let expected: Vec<Chunk> = odd.chunks.iter().chain(&rest.chunks).cloned().collect();
    // Two batches of one delivery in one call follow each other.
    let wanted = store.append_output(vec![odd, rest]).await.unwrap();
    assert_eq!(wanted, [Some(3), Some(300)]);
    assert!(all(&store, &job, "a").await == expected);
}

/// What is there already stays as it is.
pub async fn is_appended_once(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let job = send(&store, "shop", 1, &["a"]).await;
    assert_eq!(append(&store, batch(&job, "a", 0..4)).await, Some(4));
    let mut again = batch(&job, "a", 2..6);
    again.chunks[0].bytes = b"something else".to_vec();
    assert_eq!(append(&store, again).await, Some(6));
    assert_eq!(append(&store, batch(&job, "a", 0..2)).await, Some(6));
    assert_eq!(append(&store, batch(&job, "a", [])).await, Some(6));
    assert_eq!(all(&store, &job, "a").await, chunks(0..6));
}

/// What comes after one is not taken, and the answer says what is wanted instead.
pub async fn has_no_gaps(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let job = send(&store, "shop", 1, &["a"]).await;
    assert_eq!(append(&store, batch(&job, "a", 1..3)).await, Some(0));
    assert_eq!(append(&store, batch(&job, "a", [0, 1, 3, 2])).await, Some(2));
    assert_eq!(append(&store, batch(&job, "a", [u64::MAX])).await, Some(2));
    assert_eq!(all(&store, &job, "a").await, chunks(0..2));
}

/// As much as there is room for, and at least one chunk.
pub async fn is_read_in_pieces(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    let job = send(&store, "shop", 1, &["a"]).await;
    append(&store, batch(&job, "a", 0..10)).await;
    let size = chunks([0])[0].bytes.len();
    for (from, max_bytes, expected) in [
        (0, 3 * size, 0..3),
        (3, 3 * size + size - 1, 3..6),
        (6, 1, 6..7),
        (7, 0, 7..8),
        (8, usize::MAX, 8..10),
        (10, 99, 0..0),
        (u64::MAX, 99, 0..0),
    ] {
        let found = store.output(job.id, &identity("a"), from, max_bytes).await.unwrap();
        assert_eq!(found, chunks(expected), "from {from}, {max_bytes} bytes");
    }
}

/// Whoever is not its machine has no delivery to append to, and reads nothing.
pub async fn belongs_to_one_delivery(database: &impl Database) {
    let store = database.open().await;
    open_app(&store, "shop").await;
    open_app(&store, "shop2").await;
    let first = send(&store, "shop", 1, &["a", "b"]).await;
    let other = job("shop", 9);
    let forged = OutputBatch { machine: machine("shop2", "a"), ..batch(&first, "a", 0..1) };
    let batches =
        vec![batch(&first, "a", 0..1), forged, batch(&first, "c", 0..1), batch(&other, "a", 0..1)];
    assert_eq!(store.append_output(batches).await.unwrap(), [Some(1), None, None, None]);
    assert_eq!(all(&store, &first, "a").await, chunks(0..1));
    for name in ["b", "c"] {
        assert_eq!(all(&store, &first, name).await, []);
    }
    assert_eq!(all(&store, &other, "a").await, []);
}
