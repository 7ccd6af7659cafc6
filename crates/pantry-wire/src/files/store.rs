//! Sending contents to the server: what it wants of them, as fast as it gives room.

use std::collections::HashSet;
use std::io;

use async_trait::async_trait;
use pantry_model::protocol::files::{Kept, MAX_CONTENTS, Pieces, Place, Room, Store, Wanted};
use pantry_model::{Message, MessageType, Sha256};

use super::client::{Answers, FileClient, FileError, not_wanted, understood};
use super::packing::Packing;

/// Where contents come from that are sent. They are called by their places in what was offered.
#[async_trait]
pub trait Supply: Send {
    /// Exactly these bytes of a content.
    async fn read(&mut self, content: usize, offset: u64, length: usize) -> io::Result<Vec<u8>>;
}

/// What was heard of a stream, and what is left of it.
struct Stream<'a> {
    /// Those of the batch that the server does not have, by their places in what was offered.
    offered: &'a [usize],
    /// Places in the stream.
    kept: HashSet<u32>,
    packing: Packing,
    room: u64,
}

impl FileClient {
    /// Sends contents, each with its length in bytes, and returns when the server has them on disk. What
    /// it has already is not sent.
    pub async fn store(
        &self,
        to: Place,
        contents: &[(Sha256, u64)],
        supply: &mut dyn Supply,
    ) -> Result<(), FileError> {
        for (batch, first) in contents.chunks(MAX_CONTENTS).zip((0..).step_by(MAX_CONTENTS)) {
            let mut left: Vec<usize> = (first..first + batch.len()).collect();
            while !left.is_empty() {
                let offer = left.iter().filter_map(|at| contents.get(*at).copied()).collect();
                let offer = Store { to: to.clone(), contents: offer };
                let answers = self.begin(MessageType::Store, &offer, &[]).await?;
                let kept = self.send_all(answers, &offer, &left, supply).await?;
                let places = std::mem::take(&mut left);
                left.extend(
                    (0..).zip(places).filter(|(at, _)| !kept.contains(at)).map(|(_, at)| at),
                );
            }
        }
        Ok(())
    }

    /// Sends what the server wants of an offer, until it has all or the connection is lost; answers which
    /// it has.
    async fn send_all(
        &self,
        mut answers: Answers,
        offer: &Store,
        offered: &[usize],
        supply: &mut dyn Supply,
    ) -> Result<HashSet<u32>, FileError> {
        let (kept, packing) = Default::default();
        let mut stream = Stream { offered, kept, packing, room: 0 };
        let Some(first) = answers.next().await else { return Ok(stream.kept) };
        stream.begin(&first, offer)?;
        while stream.kept.len() < offer.contents.len() {
            while let Some(message) = answers.at_hand() {
                stream.note(&message)?;
            }
            let pieces = stream.packing.next(stream.room);
            if pieces.is_empty() {
                if stream.kept.len() < offer.contents.len() {
                    match answers.next().await {
                        Some(message) => stream.note(&message)?,
                        None => break,
                    }
                }
                continue;
            }
            let mut bytes = Vec::new();
            for &(place, offset, length) in &pieces {
                let content =
                    usize::try_from(place).ok().and_then(|place| stream.offered.get(place));
                let content = content.copied().ok_or_else(wrong)?;
                let length = usize::try_from(length).unwrap_or(usize::MAX);
                bytes.append(&mut supply.read(content, offset, length).await?);
            }
            stream.room =
                stream.room.saturating_sub(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
            self.say(&answers, MessageType::Pieces, &Pieces { pieces }, Some(bytes)).await?;
        }
        Ok(stream.kept)
    }
}

impl Stream<'_> {
    /// Takes the answer to the offer.
    fn begin(&mut self, message: &Message, offer: &Store) -> Result<(), FileError> {
        if message.metadata.kind != MessageType::Wanted {
            return Err(not_wanted(message));
        }
        let wanted: Wanted = understood(message)?;
        if wanted.from.len() != offer.contents.len() {
            return Err(wrong());
        }
        self.room = wanted.room;
        for ((place, from), (_, size)) in (0..).zip(wanted.from).zip(&offer.contents) {
            match from {
                None => drop(self.kept.insert(place)),
                Some(from) => self.packing.add(place, from, *size),
            }
        }
        Ok(())
    }

    fn note(&mut self, message: &Message) -> Result<(), FileError> {
        match message.metadata.kind {
            MessageType::Room => {
                let room: Room = understood(message)?;
                self.room = self.room.saturating_add(room.bytes);
            }
            MessageType::Kept => self.kept.extend(understood::<Kept>(message)?.contents),
            _ => return Err(not_wanted(message)),
        }
        Ok(())
    }
}

fn wrong() -> FileError {
    FileError::Nonsense("an answer to what was not offered".to_owned())
}
