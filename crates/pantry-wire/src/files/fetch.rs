//! Fetching contents: asked for by the batch, taken in their order, resumed from as far as they came.

use std::io;

use async_trait::async_trait;
use pantry_model::protocol::files::{Fetch, MAX_CONTENTS, Pieces, ROOM, Room, Source};
use pantry_model::{MessageType, Sha256};

use super::client::{Answers, FileClient, FileError, not_wanted, understood};
use super::packing::split;

/// Where contents go that are fetched. They are called by their places in what was asked for.
#[async_trait]
pub trait Sink: Send {
    /// From which offset a content is wanted: how much of it is here already.
    async fn from(&mut self, content: usize) -> io::Result<u64>;

    /// Takes the next bytes of a content. Also called once, with none, for one that has no bytes.
    async fn take(&mut self, content: usize, offset: u64, bytes: &[u8]) -> io::Result<()>;
}

/// A content on its way.
struct Wanted {
    content: usize,
    sha256: Sha256,
    size: u64,
    at: u64,
}

impl FileClient {
    /// Fetches contents, each with its length in bytes, into a sink. They come in this order, also over
    /// breaks of the connection; if one cannot be had, those before it have arrived.
    pub async fn fetch(
        &self,
        from: Source,
        contents: &[(Sha256, u64)],
        sink: &mut dyn Sink,
    ) -> Result<(), FileError> {
        for (batch, first) in contents.chunks(MAX_CONTENTS).zip((0..).step_by(MAX_CONTENTS)) {
            let mut wanted = Vec::with_capacity(batch.len());
            for (&(sha256, size), content) in batch.iter().zip(first..) {
                let at = sink.from(content).await?.min(size);
                if size == 0 {
                    sink.take(content, 0, &[]).await?;
                } else if at < size {
                    wanted.push(Wanted { content, sha256, size, at });
                }
            }
            while !wanted.is_empty() {
                let asked = wanted.iter().map(|it| (it.sha256, it.at)).collect();
                let fetch = Fetch { from: from.clone(), contents: asked, room: ROOM };
                let answers = self.begin(MessageType::Fetch, &fetch, &[]).await?;
                let taken = self.take_all(answers, &mut wanted, sink).await;
                wanted.retain(|it| it.at < it.size);
                taken?;
            }
        }
        Ok(())
    }

    /// Takes what comes of a stream, until that is all or the connection is lost.
    async fn take_all(
        &self,
        mut answers: Answers,
        wanted: &mut [Wanted],
        sink: &mut dyn Sink,
    ) -> Result<(), FileError> {
        let mut left: u64 = wanted.iter().map(|it| it.size - it.at).sum();
        while left > 0 {
            let Some(message) = answers.next().await else { return Ok(()) };
            if message.metadata.kind != MessageType::Pieces {
                return Err(not_wanted(&message));
            }
            let pieces: Pieces = understood(&message)?;
            let pieces = split(&pieces, message.payload()).ok_or_else(wrong)?;
            let mut taken = 0;
            for (place, offset, bytes) in pieces {
                let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                let it = usize::try_from(place).ok().and_then(|place| wanted.get_mut(place));
                let it = it.ok_or_else(wrong)?;
                if offset != it.at || length > it.size - it.at {
                    return Err(wrong());
                }
                sink.take(it.content, offset, bytes).await?;
                it.at += length;
                taken += length;
            }
            left = left.saturating_sub(taken);
            if left > 0 {
                self.say(&answers, MessageType::Room, &Room { bytes: taken }, None).await?;
            }
        }
        Ok(())
    }
}

fn wrong() -> FileError {
    FileError::Nonsense("pieces that were not asked for".to_owned())
}
