//! What there is to say to the server: hello and heartbeats, output, reports, facts.

use pantry_model::protocol::{OutputChunks, Reports};
use pantry_model::{Message, MessageType};
use pantry_wire::client::{Client, SendError};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::Agent;
use crate::book::Send;
use crate::job::{JobEvent, JobNews};

/// Messages that wait for the connection.
pub(super) const OUTGOING: usize = 16;
/// Reports in one message.
const REPORTS: usize = 500;
/// Reads of output that may be under way.
const READS: usize = 8;

impl Agent {
    /// Says what there is to say. Whether it waits for room.
    pub(super) fn speak(&mut self, outgoing: &mpsc::Sender<Message>) -> bool {
        let now = Instant::now();
        if self.tidy_at.is_some_and(|at| at <= now) {
            self.tidy_at = None;
            let disk = self.disk.clone();
            self.tasks.spawn(async move { disk.tidy().await });
        }
        if self.hand_on(outgoing) {
            return true;
        }
        let book = &self.book;
        self.unsent.extend(self.session.due(now, || book.open_jobs()));
        if self.session.is_ready() {
            let (sends, wishes) = self.book.output(now, OUTGOING, READS - self.reads.min(READS));
            for send in sends {
                let message = self.output(send);
                self.unsent.push_back(message);
            }
            for wish in wishes {
                self.reads += 1;
                let (disk, news) = (self.disk.clone(), self.workshop.news.clone());
                self.tasks.spawn(async move {
                    let pieces = disk.read(wish.job, wish.from, wish.most).await;
                    let event = JobEvent::Read(wish.from, pieces);
                    // Nobody listens only when the agent is about to end.
                    let _ = news.send(JobNews { job: wish.job, event }).await;
                });
            }
            let reports = self.book.reports(REPORTS, now);
            if !reports.is_empty() {
                let message = self.session.message(MessageType::Reports).with(&Reports { reports });
                self.unsent.push_back(message);
            }
            let facts = self.tell(now);
            self.unsent.extend(facts);
        }
        self.hand_on(outgoing)
    }

    /// Hands on what is to be sent, as far as there is room. Whether something is left.
    fn hand_on(&mut self, outgoing: &mpsc::Sender<Message>) -> bool {
        while !self.unsent.is_empty() {
            let Ok(permit) = outgoing.try_reserve() else { return true };
            if let Some(message) = self.unsent.pop_front() {
                permit.send(message);
            }
        }
        false
    }

    pub(super) fn output(&mut self, send: Send) -> Message {
        let chunks = send.pieces.iter().map(|(stream, bytes)| (*stream, bytes.len())).collect();
        let chunks = OutputChunks { job: send.job, first: send.first, chunks };
        let bytes = send.pieces.into_iter().flat_map(|(_, bytes)| bytes).collect();
        self.session.message(MessageType::Output).with(&chunks).with_bytes(bytes)
    }
}

/// Sends one message after the other; ends when that is not possible any more.
pub(super) async fn send_all(client: Client, mut queue: mpsc::Receiver<Message>) {
    while let Some(message) = queue.recv().await {
        match client.send(message).await {
            Ok(()) => {}
            Err(SendError::Closed) => return,
            Err(error) => tracing::error!(%error, "left out a message"),
        }
    }
}
