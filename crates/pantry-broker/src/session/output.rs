//! What the machine's programs write.

use std::sync::Arc;

use pantry_model::protocol::{OutputChunks, Recorded};
use pantry_model::{Chunk, Message};
use pantry_store::OutputBatch;
use pantry_wire::server::ConnectionId;

use super::Session;
use crate::changes::Change;

impl Session {
    /// Stores output, then says how far it has come.
    pub(super) async fn take_output(&mut self, connection: ConnectionId, message: &Message) {
        let output: OutputChunks = match message.document() {
            Ok(output) => output,
            Err(error) => {
                self.misbehaves(connection, &format!("sent output of a wrong form: {error}")).await;
                return;
            }
        };
        let Some(chunks) = split(&output, message.payload()) else {
            self.misbehaves(connection, "sent output that is not as long as it says").await;
            return;
        };
        let job = output.job;
        let known = match self.find(job).await {
            Ok(known) => known,
            Err(error) => return self.complain("its output", &error),
        };
        if !known {
            // Nothing is kept of it, and the machine need not send more.
            let output = vec![(job, u64::MAX)];
            return self.acknowledge(connection, Recorded { output, ..Recorded::default() }).await;
        }
        let machine = self.machine.clone();
        let batch = OutputBatch { machine, job, chunks: chunks.clone() };
        match self.usecases.store().append_output(vec![batch]).await {
            Ok(next) => {
                let next = next.first().copied().flatten();
                if let Some(tracked) = self.deliveries.get_mut(&job) {
                    tracked.next_chunk = next;
                }
                let identity = self.machine.identity.clone();
                let change = Change::Output { identity, chunks: Arc::new(chunks) };
                self.machines.changes.publish(job, change);
                let output = vec![(job, next.unwrap_or(u64::MAX))];
                self.acknowledge(connection, Recorded { output, ..Recorded::default() }).await;
            }
            Err(error) => self.complain("its output", &error),
        }
        self.forget_if_final(job);
    }
}

/// The chunks, each with its bytes; `None` if the lengths do not fit.
fn split(output: &OutputChunks, bytes: &[u8]) -> Option<Vec<Chunk>> {
    let mut rest = bytes;
    let mut chunks = Vec::with_capacity(output.chunks.len());
    let mut sequence = output.first;
    for &(stream, length) in &output.chunks {
        if length > Chunk::MAX_BYTES {
            return None;
        }
        let (bytes, after) = rest.split_at_checked(length)?;
        chunks.push(Chunk { sequence, stream, bytes: bytes.to_vec() });
        rest = after;
        sequence = sequence.checked_add(1)?;
    }
    rest.is_empty().then_some(chunks)
}

#[cfg(test)]
mod tests {
    use pantry_model::{JobId, OutputStream, Timestamp};

    use super::*;

    fn output(chunks: Vec<(OutputStream, usize)>) -> OutputChunks {
        OutputChunks { job: JobId::new(Timestamp(1), 2), first: 7, chunks }
    }

    #[test]
    fn chunks_get_their_bytes_and_places() {
        let two = output(vec![(OutputStream::Stdout, 2), (OutputStream::Stderr, 3)]);
        let chunks = split(&two, b"hiyou").unwrap();
        assert_eq!((chunks[0].sequence, chunks[0].bytes.as_slice()), (7, &b"hi"[..]));
        assert_eq!((chunks[1].sequence, chunks[1].bytes.as_slice()), (8, &b"you"[..]));
        assert_eq!(chunks[1].stream, OutputStream::Stderr);
    }

    #[test]
    fn lengths_that_do_not_fit_are_refused() {
        let one = output(vec![(OutputStream::Stdout, 2)]);
        assert_eq!(split(&one, b"h"), None);
        assert_eq!(split(&one, b"hey"), None);
        let huge = output(vec![(OutputStream::Stdout, Chunk::MAX_BYTES + 1)]);
        assert_eq!(split(&huge, &vec![0; Chunk::MAX_BYTES + 1]), None);
        let mut last = output(vec![(OutputStream::Stdout, 0)]);
        last.first = u64::MAX;
        assert_eq!(split(&last, b""), None);
    }
}
