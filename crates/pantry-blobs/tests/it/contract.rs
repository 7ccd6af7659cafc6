//! What every place for contents must do, whichever it is.

use bytes::Bytes;
use pantry_blobs::{BlobError, Blobs, Received};
use pantry_model::Sha256;

/// Lengths around those at which something else is done: nothing, memory, a file, several parts.
const LENGTHS: [usize; 8] = [0, 1, 65_536, 65_537, 300_000, 8_388_607, 8_388_608, 20_000_003];

/// Bytes of this length, which are no others'.
pub(crate) fn bytes(length: usize) -> Bytes {
    (0..length).map(|at| (at.wrapping_mul(31) ^ length) as u8).collect()
}

/// What arrives in pieces of this size.
pub(crate) async fn receive(blobs: &dyn Blobs, bytes: &Bytes, piece: usize) -> Received {
    let mut spool = blobs.spool();
    let mut rest = bytes.clone();
    while !rest.is_empty() {
        let piece = rest.split_to(piece.min(rest.len()));
        spool.write(piece).await.unwrap();
    }
    spool.finish().await.unwrap()
}

/// Puts bytes there.
pub(crate) async fn keep(blobs: &dyn Blobs, bytes: &Bytes) -> Sha256 {
    let received = receive(blobs, bytes, 10_000).await;
    blobs.put(&received).await.unwrap();
    received.content().sha256
}

async fn read(blobs: &dyn Blobs, of: &Sha256, range: std::ops::Range<u64>) -> Option<Vec<u8>> {
    let mut reading = blobs.get(of, range).await.unwrap()?;
    let mut all = Vec::new();
    while let Some(part) = reading.next().await {
        all.extend_from_slice(&part.unwrap());
    }
    Some(all)
}

/// All of it, in a place that nobody has used yet.
pub(crate) async fn holds(blobs: &dyn Blobs) {
    digests_are_those_of_the_bytes(blobs).await;
    contents_come_back(blobs).await;
    what_is_not_there_is_none(blobs).await;
    contents_are_listed_in_their_order(blobs).await;
    the_same_can_be_put_again_and_by_many(blobs).await;
    blobs.answers().await.unwrap();
}

async fn digests_are_those_of_the_bytes(blobs: &dyn Blobs) {
    let abc = receive(blobs, &Bytes::from_static(b"abc"), 1).await;
    assert_eq!(abc.content().md5.to_string(), "900150983cd24fb0d6963f7d28e17f72");
    let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(abc.content().sha256.to_string(), sha256);
    // However it arrives.
    let whole = bytes(300_000);
    let expected = *receive(blobs, &whole, 300_000).await.content();
    assert_eq!(expected.size, 300_000);
    for piece in [7_001, 65_536, 65_537, 200_000] {
        assert_eq!(*receive(blobs, &whole, piece).await.content(), expected, "{piece}");
    }
}

async fn contents_come_back(blobs: &dyn Blobs) {
    for length in LENGTHS {
        let whole = bytes(length);
        let of = keep(blobs, &whole).await;
        let size = length as u64;
        assert_eq!(blobs.size(&of).await.unwrap(), Some(size));
        assert!(read(blobs, &of, 0..size).await.unwrap() == whole, "{length}");
        let (start, end) = (size / 3, size - size / 4);
        let part = read(blobs, &of, start..end).await.unwrap();
        assert!(part == whole[start as usize..end as usize], "{length}: {start} to {end}");
        if size > 0 {
            let last = read(blobs, &of, size - 1..size).await.unwrap();
            assert_eq!(last, whole[length - 1..]);
        }
        blobs.delete(&of).await.unwrap();
    }
}

async fn what_is_not_there_is_none(blobs: &dyn Blobs) {
    let of = keep(blobs, &bytes(10)).await;
    blobs.delete(&of).await.unwrap();
    assert_eq!(blobs.size(&of).await.unwrap(), None);
    assert!(read(blobs, &of, 0..10).await.is_none());
    assert!(read(blobs, &of, 0..0).await.is_none());
    blobs.delete(&of).await.unwrap();
    assert_eq!(blobs.list(None, 10).await.unwrap(), []);
}

async fn contents_are_listed_in_their_order(blobs: &dyn Blobs) {
    let mut kept = Vec::new();
    for length in 100..125 {
        kept.push((keep(blobs, &bytes(length)).await, length as u64));
    }
    kept.sort();
    let mut listed = Vec::new();
    let mut after = None;
    loop {
        let page = blobs.list(after, 7).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.sha256);
        assert!(page.len() <= 7 && page.iter().all(|one| one.since.0 > 0));
        listed.extend(page.iter().map(|one| (one.sha256, one.size)));
    }
    assert_eq!(listed, kept);
    for (sha256, _) in kept {
        blobs.delete(&sha256).await.unwrap();
    }
}

async fn the_same_can_be_put_again_and_by_many(blobs: &dyn Blobs) {
    for length in [1000, 200_000] {
        let whole = bytes(length);
        let (one, other) = (receive(blobs, &whole, 999).await, receive(blobs, &whole, 9999).await);
        let both = tokio::join!(blobs.put(&one), blobs.put(&other));
        assert_eq!(both, (Ok::<(), BlobError>(()), Ok(())));
        let of = one.content().sha256;
        assert_eq!(blobs.list(None, 10).await.unwrap().len(), 1);
        // What was received is still there when what was put is not.
        blobs.delete(&of).await.unwrap();
        blobs.put(&one).await.unwrap();
        assert!(read(blobs, &of, 0..length as u64).await.unwrap() == whole);
        blobs.delete(&of).await.unwrap();
    }
}
