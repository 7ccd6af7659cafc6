//! A stream of contents from whoever stores them.
//!
//! What has arrived is put on disk by itself and held together with what arrived meanwhile, in one
//! write; only then is it said to be kept. What was cut short by a lost connection stays for a while,
//! and is gone on with.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use pantry_model::protocol::files::{Kept, MAX_CONTENTS, Pieces, Room, Store, Wanted};
use pantry_model::{Error, Message, MessageType, Sha256};
use pantry_usecases::{ArrivedFile, FileUpload, Storing};
use pantry_wire::files::split;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::Gone;
use super::session::Peer;

/// How many files are put on disk at once, of one stream.
const AT_ONCE: usize = 8;

/// How many files are held by one write, at most.
const BATCH: usize = 256;

/// Room is given at least by so much, in bytes, if there is that.
const LEAST_ROOM: u64 = 64 * 1024;

/// How long what has arrived of a file stays when its connection is lost, and of how many files.
const PARKED_FOR: Duration = Duration::from_secs(10 * 60);
const MOST_PARKED: usize = 256;

/// What has arrived of files whose connection was lost, by the name of where they go.
#[derive(Default)]
pub(super) struct Parked(Mutex<HashMap<(String, Sha256), (Instant, Arriving)>>);

/// A file on its way.
pub(super) struct Arriving {
    upload: FileUpload,
    at: u64,
}

impl Parked {
    fn park(&self, storing: &Storing, sha256: Sha256, arriving: Arriving) {
        let mut parked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        parked.retain(|_, (since, _)| now.saturating_duration_since(*since) < PARKED_FOR);
        if parked.len() < MOST_PARKED {
            parked.insert((storing.name().to_owned(), sha256), (now, arriving));
        }
    }

    fn take_up(&self, storing: &Storing, sha256: Sha256) -> Option<Arriving> {
        let mut parked = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        parked.remove(&(storing.name().to_owned(), sha256)).map(|(_, arriving)| arriving)
    }
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

/// Takes what is offered.
pub(super) async fn run(peer: &Peer, id: u64, store: Store, pieces: mpsc::Receiver<Box<Message>>) {
    let failed = |error: Error| async move {
        peer.house.fail((peer.connection, id), &error).await;
    };
    let mut taking = match Taking::begin(peer, id, store).await {
        Ok(taking) => taking,
        Err(error) => return failed(error).await,
    };
    let outcome = taking.take_all(pieces).await;
    taking.park();
    if let Err(Stop::Failed(error)) = outcome {
        failed(error).await;
    }
}

struct Taking<'a> {
    peer: &'a Peer,
    id: u64,
    storing: Storing,
    contents: Vec<(Sha256, u64)>,
    open: HashMap<u32, Arriving>,
    /// Being put on disk.
    putting: JoinSet<(u32, Result<ArrivedFile, Error>)>,
    /// On disk, and to be held.
    arrived: Vec<(u32, ArrivedFile)>,
    /// How many are still to be held.
    left: usize,
    /// How many bytes may still come.
    room: u64,
}

impl<'a> Taking<'a> {
    async fn begin(peer: &'a Peer, id: u64, store: Store) -> Result<Self, Error> {
        let Store { to, contents } = store;
        if contents.len() > MAX_CONTENTS {
            let many = format!("more than {MAX_CONTENTS} contents in one stream");
            return Err(Error::Invalid(many));
        }
        let storing = peer.usecases().begin_storing(&peer.principal, &to).await?;
        let mut all = storing.held.clone();
        all.extend(contents.iter().copied());
        let bytes = all.values().fold(0, |sum: u64, size| sum.saturating_add(*size));
        let most = peer.house.bytes_per_job;
        if bytes > most {
            let what = format!(
                "a job carries at most {most} bytes of files, and brings no more from a machine \
                 (`networking.limits.bytes_per_job`)"
            );
            return Err(Error::Invalid(what));
        }
        let (open, putting, arrived) = Default::default();
        let (left, room) = (contents.len(), 0);
        Ok(Self { peer, id, storing, contents, open, putting, arrived, left, room })
    }

    async fn take_all(&mut self, mut pieces: mpsc::Receiver<Box<Message>>) -> Result<(), Stop> {
        let (house, to) = (&self.peer.house, (self.peer.connection, self.id));
        let mut share = house.shares.enter();
        self.room = share.room();
        share.set(self.room);
        let from = self.wanted();
        self.left = from.iter().flatten().count();
        let sized = (0..).zip(from.iter().zip(&self.contents));
        let empty: Vec<u32> = sized
            .filter(|(_, (from, (_, size)))| from.is_some() && *size == 0)
            .map(|(place, _)| place)
            .collect();
        let wanted = Wanted { from, room: self.room };
        house.answer(to, MessageType::Wanted, &wanted, None).await?;
        // Those without any bytes have arrived.
        for place in empty {
            self.write(place, 0, &[]).await?;
        }
        while self.left > 0 {
            let is_full = self.putting.len() >= AT_ONCE;
            tokio::select! {
                message = pieces.recv(), if !is_full => {
                    let message = message.ok_or(Stop::Gone)?;
                    let bytes = self.take(&message).await?;
                    share.set(self.room);
                    // What has come is written, so as much may come again, or as little as there is.
                    let more = share.room().min(bytes.max(LEAST_ROOM));
                    if more > 0 {
                        self.room += more;
                        share.set(self.room);
                        house.answer(to, MessageType::Room, &Room { bytes: more }, None).await?;
                    }
                }
                Some(put) = self.putting.join_next() => {
                    if let Ok((place, file)) = put {
                        self.arrived.push((place, file?));
                    }
                }
            }
            if self.arrived.len() >= BATCH || (self.putting.is_empty() && !self.arrived.is_empty())
            {
                self.hold().await?;
            }
        }
        Ok(())
    }

    /// From where each content is wanted; `None` if it is there. What was parked is taken up.
    fn wanted(&mut self) -> Vec<Option<u64>> {
        let mut from = Vec::with_capacity(self.contents.len());
        let mut asked = HashSet::new();
        for (place, (sha256, _)) in (0..).zip(&self.contents) {
            if self.storing.held.contains_key(sha256) || !asked.insert(*sha256) {
                from.push(None);
                continue;
            }
            let arriving = self.peer.house.parked.take_up(&self.storing, *sha256);
            from.push(Some(arriving.as_ref().map_or(0, |it| it.at)));
            if let Some(arriving) = arriving {
                self.open.insert(place, arriving);
            }
        }
        from
    }

    /// Takes the pieces of a message; answers how many bytes those were.
    async fn take(&mut self, message: &Message) -> Result<u64, Error> {
        let wrong = |_| Error::Invalid("pieces of a wrong form".to_owned());
        let pieces: Pieces = message.document().map_err(wrong)?;
        let bytes = u64::try_from(message.payload().len()).unwrap_or(u64::MAX);
        self.room = self.room.checked_sub(bytes).ok_or_else(|| unasked("without room"))?;
        let pieces =
            split(&pieces, message.payload()).ok_or_else(|| unasked("of wrong lengths"))?;
        for (place, offset, bytes) in pieces {
            self.write(place, offset, bytes).await?;
        }
        Ok(bytes)
    }

    async fn write(&mut self, place: u32, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        let at = usize::try_from(place).unwrap_or(usize::MAX);
        let &(sha256, size) = self.contents.get(at).ok_or_else(|| unasked("of no content"))?;
        let usecases = self.peer.usecases();
        let begin = || Arriving { upload: usecases.begin_file(), at: 0 };
        let mut arriving = self.open.remove(&place).unwrap_or_else(begin);
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if arriving.at != offset || length > size - arriving.at {
            return Err(unasked("out of order"));
        }
        arriving.upload.write(Bytes::copy_from_slice(bytes)).await?;
        arriving.at += length;
        if arriving.at < size {
            self.open.insert(place, arriving);
            return Ok(());
        }
        let usecases = usecases.clone();
        self.putting
            .spawn(async move { (place, usecases.keep_file(arriving.upload, &sha256).await) });
        Ok(())
    }

    /// Holds what has arrived, and says so.
    async fn hold(&mut self) -> Result<(), Stop> {
        let (places, files): (Vec<u32>, Vec<ArrivedFile>) =
            std::mem::take(&mut self.arrived).into_iter().unzip();
        self.peer.usecases().hold_files(&self.storing, &files).await?;
        self.left = self.left.saturating_sub(places.len());
        let (to, kept) = ((self.peer.connection, self.id), Kept { contents: places });
        Ok(self.peer.house.answer(to, MessageType::Kept, &kept, None).await?)
    }

    /// Keeps what has come of files for when their sender is back.
    fn park(&mut self) {
        for (place, arriving) in self.open.drain() {
            let at = usize::try_from(place).unwrap_or(usize::MAX);
            if let Some((sha256, _)) = self.contents.get(at).filter(|_| arriving.at > 0) {
                self.peer.house.parked.park(&self.storing, *sha256, arriving);
            }
        }
    }
}

fn unasked(how: &str) -> Error {
    Error::Invalid(format!("pieces came {how}"))
}
