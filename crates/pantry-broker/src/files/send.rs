//! A stream of contents to whoever has asked for them.

use bytes::Bytes;
use pantry_model::protocol::files::{Fetch, MAX_CONTENTS, Pieces, Source};
use pantry_model::{Error, MessageType, Sha256};
use pantry_usecases::{Reading, RunContent};
use pantry_wire::files::Packing;
use tokio::sync::watch;

use super::Gone;
use super::session::{Carried, Peer};

/// The content that is being read.
struct Open {
    place: u32,
    reading: Reading,
    rest: Bytes,
}

/// Why a stream ends early.
enum Stop {
    Failed(Error),
    Gone,
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Gone> for Stop {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

/// Sends what is asked for, as room is granted.
pub(super) async fn run(peer: &Peer, id: u64, fetch: Fetch, granted: watch::Receiver<u64>) {
    if let Err(Stop::Failed(error)) = give(peer, id, fetch, granted).await {
        peer.house.fail((peer.connection, id), &error).await;
    }
}

async fn give(
    peer: &Peer,
    id: u64,
    fetch: Fetch,
    mut granted: watch::Receiver<u64>,
) -> Result<(), Stop> {
    let (contents, mut packing) = find(peer, &fetch).await?;
    let mut share = peer.house.shares.enter();
    let mut sent = 0_u64;
    let mut open = None;
    while !packing.is_empty() {
        // The first room is given before anything has come; what was given since is what has.
        let all = *granted.borrow_and_update();
        share.set((sent + fetch.room).saturating_sub(all));
        let room = all.saturating_sub(sent).min(share.room());
        let pieces = packing.next(room);
        if pieces.is_empty() {
            granted.changed().await.map_err(|_| Stop::Gone)?;
            continue;
        }
        let bytes: usize = pieces.iter().map(|piece| usize::try_from(piece.2).unwrap_or(0)).sum();
        let mut body = Vec::with_capacity(bytes);
        for &(place, offset, length) in &pieces {
            let at = usize::try_from(place).unwrap_or(usize::MAX);
            let (content, (sha256, _)) =
                contents.get(at).zip(fetch.contents.get(at)).ok_or(Stop::Gone)?;
            let piece = (place, offset, length);
            read(peer, (sha256, content), piece, &mut open, &mut body).await?;
        }
        sent += u64::try_from(bytes).unwrap_or(u64::MAX);
        let (to, pieces) = ((peer.connection, id), Pieces { pieces });
        peer.house.answer(to, MessageType::Pieces, &pieces, Some(body)).await?;
    }
    Ok(())
}

/// What is asked for, if the other side may have it.
async fn find(peer: &Peer, fetch: &Fetch) -> Result<(Vec<RunContent>, Packing), Error> {
    if fetch.contents.len() > MAX_CONTENTS {
        let many = format!("more than {MAX_CONTENTS} contents in one stream");
        return Err(Error::Invalid(many));
    }
    let (mut contents, mut packing) =
        (Vec::with_capacity(fetch.contents.len()), Packing::default());
    let carried = match &fetch.from {
        Source::Job(job) => peer.carried(*job).await?,
        Source::Delivery(job, identity) => {
            let files = peer.usecases().files_of_delivery(&peer.principal, *job, identity);
            Carried::Files(files.await?.into())
        }
    };
    for (place, (sha256, offset)) in (0..).zip(&fetch.contents) {
        let found = carried.content(sha256).ok_or(Error::NoSuchContent(*sha256))?;
        let size = match &found {
            RunContent::Kept { size } => *size,
            RunContent::Made(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
        };
        packing.add(place, *offset, size);
        contents.push(found);
    }
    Ok((contents, packing))
}

/// Appends a piece of a content.
async fn read(
    peer: &Peer,
    (sha256, content): (&Sha256, &RunContent),
    (place, offset, length): (u32, u64, u32),
    open: &mut Option<Open>,
    body: &mut Vec<u8>,
) -> Result<(), Error> {
    let mut left = usize::try_from(length).unwrap_or(usize::MAX);
    let size = match content {
        RunContent::Made(bytes) => {
            let from = usize::try_from(offset).unwrap_or(usize::MAX);
            let piece = bytes.get(from..from.saturating_add(left)).unwrap_or_default();
            body.extend_from_slice(piece);
            return Ok(());
        }
        RunContent::Kept { size } => *size,
    };
    let mut reading = match open.take().filter(|open| open.place == place) {
        Some(open) => open,
        None => {
            let reading = peer.usecases().read_held(sha256, offset, size).await?;
            let reading = reading.ok_or(Error::NoSuchContent(*sha256))?;
            Open { place, reading, rest: Bytes::new() }
        }
    };
    while left > 0 {
        if reading.rest.is_empty() {
            let next = reading.reading.next().await;
            reading.rest = next.ok_or(Error::NoSuchContent(*sha256))?.map_err(broken)?;
        }
        let piece = reading.rest.split_to(left.min(reading.rest.len()));
        body.extend_from_slice(&piece);
        left -= piece.len();
    }
    *open = Some(reading);
    Ok(())
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::Unavailable(format!("a file cannot be read: {error}"))
}
