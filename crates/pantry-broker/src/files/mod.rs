//! The file service: contents to machines and users, and from them.
//!
//! It has a socket and an IO thread of its own ([`FileService::run`]), so that large files delay no
//! job. A connection is a task (`session`), and so is each of its streams: one that sends (`send`) or
//! one that takes (`take`). Each stream has in flight no more than its share of what all may have
//! together ([`Shares`]), so that a thousand machines that fetch at once take no more memory than one.

mod requests;
mod send;
mod session;
mod shares;
mod take;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use pantry_model::commands::user::HttpAddress;
use pantry_model::protocol::Failure;
use pantry_model::{Error, Message, MessageType, Stream};
use pantry_usecases::UseCases;
use pantry_wire::server::{ConnectionId, Event, SendError, Server};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::sleep;

use session::{Letter, Session};
use shares::Shares;
use take::Parked;

/// How many messages of one connection may wait. What its streams may have in flight fits.
const LETTER_BOX: usize = 1_024;

/// How long to wait when a connection takes no more messages for now.
const CROWDED: Duration = Duration::from_millis(10);

/// The file service.
pub struct FileService {
    house: Arc<House>,
    sessions: HashMap<ConnectionId, mpsc::Sender<Letter>>,
    tasks: JoinSet<()>,
}

/// What all connections share.
struct House {
    usecases: UseCases,
    server: Server,
    http: Option<HttpAddress>,
    bytes_per_job: u64,
    shares: Shares,
    parked: Parked,
    last_id: AtomicU64,
}

/// The other side is gone.
struct Gone;

impl FileService {
    /// A file service on these sockets. `http` is where the Chef Server API is served, if it is; and
    /// `bytes_per_job` is the most that a job may carry, or bring from a machine.
    pub fn new(
        usecases: UseCases,
        server: Server,
        http: Option<HttpAddress>,
        bytes_per_job: u64,
    ) -> Self {
        let (shares, parked, last_id) = Default::default();
        let house = House { usecases, server, http, bytes_per_job, shares, parked, last_id };
        Self { house: Arc::new(house), sessions: HashMap::new(), tasks: JoinSet::new() }
    }

    /// Runs until the sockets are closed.
    pub async fn run(mut self, mut events: mpsc::Receiver<Event>) {
        while let Some(event) = events.recv().await {
            match event {
                Event::Message { connection, principal, key, message, .. } => {
                    let letters = self.sessions.entry(connection).or_insert_with(|| {
                        let (letters, arriving) = mpsc::channel(LETTER_BOX);
                        let house = Arc::clone(&self.house);
                        let session = Session::new(house, connection, principal, key);
                        self.tasks.spawn(session.run(arriving));
                        letters
                    });
                    if letters.try_send(Letter(message)).is_err() {
                        tracing::warn!(%connection, "says more than it was given room for, or goes on after its end");
                        self.house.server.end_connection(connection).await;
                    }
                }
                Event::Left { connection, .. } => drop(self.sessions.remove(&connection)),
                Event::Refused { who, address, what } => {
                    tracing::info!(who, address, %what, "refused by the file service");
                }
                Event::Granted { .. } => {}
            }
            while self.tasks.try_join_next().is_some() {}
        }
        self.tasks.shutdown().await;
    }
}

impl House {
    /// Sends something that answers a message, and waits while the connection takes no more.
    async fn answer(
        &self,
        (connection, id): (ConnectionId, u64),
        kind: MessageType,
        document: &impl Serialize,
        bytes: Option<Vec<u8>>,
    ) -> Result<(), Gone> {
        let number = self.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        let mut message =
            Message::new(Stream::of_server(), number, kind).reply_to(id).with(document);
        if let Some(bytes) = bytes {
            message = message.with_bytes(bytes);
        }
        loop {
            // Copied only in the rare case that it must be said again.
            match self.server.send(&connection, message.clone()).await {
                Ok(()) => return Ok(()),
                Err(SendError::Full) => sleep(CROWDED).await,
                Err(_) => return Err(Gone),
            }
        }
    }

    /// Says that what a message has begun failed.
    async fn fail(&self, to: (ConnectionId, u64), error: &Error) {
        let failure = Failure { code: error.code(), message: error.to_string() };
        tracing::info!(connection = %to.0, code = ?failure.code, error = %failure.message, "refused");
        // Whoever is gone needs no answer.
        drop(self.answer(to, MessageType::Failure, &failure, None).await);
    }
}
