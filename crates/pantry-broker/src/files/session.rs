//! One connection: what it says goes to the stream that it is for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pantry_model::protocol::Request;
use pantry_model::protocol::files::{Fetch, MAX_PIECES_BYTES, Room, Store};
use pantry_model::{CurvePublicKey, Error, JobId, Message, MessageType, Principal, Sha256};
use pantry_usecases::{HeldFiles, RunContent, RunContents, UseCases};
use pantry_wire::server::ConnectionId;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinSet};

use super::{House, requests, send, take};

/// How many streams and requests one connection may have at once.
const AT_ONCE: usize = 32;

/// How many messages with pieces may wait for one stream: as many as fit into its room.
const PIECES: usize = 256;

/// What a connection's task is told.
pub(super) struct Letter(pub(super) Box<Message>);

/// A connection, for its streams.
pub(super) struct Peer {
    pub(super) house: Arc<House>,
    pub(super) connection: ConnectionId,
    pub(super) principal: Principal,
    /// What jobs carry of which this connection has fetched.
    jobs: Mutex<HashMap<JobId, Carried>>,
}

/// What a job carries to this machine.
#[derive(Clone)]
pub(super) enum Carried {
    /// Files, which stay as they are while the job lasts.
    Files(Arc<HeldFiles>),
    /// What a run of Chef was when it was prepared.
    Run(RunContents),
}

impl Carried {
    /// A content of it.
    pub(super) fn content(&self, of: &Sha256) -> Option<RunContent> {
        match self {
            Self::Files(files) => files.get(of).map(|size| RunContent::Kept { size: *size }),
            Self::Run(run) => run.content(of),
        }
    }
}

/// A connection.
pub(super) struct Session {
    peer: Arc<Peer>,
    key: CurvePublicKey,
    streams: HashMap<u64, Begun>,
    tasks: JoinSet<u64>,
}

/// What goes on on it.
enum Begun {
    Sending(watch::Sender<u64>, AbortHandle),
    Taking(mpsc::Sender<Box<Message>>),
    Answering,
}

/// A connection says what it may not.
struct Misbehaves(&'static str);

impl Session {
    pub(super) fn new(
        house: Arc<House>,
        connection: ConnectionId,
        principal: Principal,
        key: CurvePublicKey,
    ) -> Self {
        let peer = Peer { house, connection, principal, jobs: Mutex::default() };
        let (streams, tasks) = Default::default();
        Self { peer: Arc::new(peer), key, streams, tasks }
    }

    /// Runs until the connection ends.
    pub(super) async fn run(mut self, mut arriving: mpsc::Receiver<Letter>) {
        let peer = Arc::clone(&self.peer);
        // Another server may have taken the key away, and this one not have followed yet.
        match peer.house.usecases.has_key(&peer.principal, &self.key).await {
            Ok(true) => {}
            Ok(false) => return peer.house.server.end_connection(peer.connection).await,
            Err(error) => {
                tracing::warn!(%error, "a connection to the file service ends");
                return peer.house.server.end_connection(peer.connection).await;
            }
        }
        loop {
            tokio::select! {
                letter = arriving.recv() => {
                    let Some(Letter(message)) = letter else { break };
                    if let Err(Misbehaves(what)) = self.take(message) {
                        tracing::warn!(principal = %peer.principal, what, "misbehaves; its connection is ended");
                        peer.house.server.end_connection(peer.connection).await;
                        break;
                    }
                }
                Some(ended) = self.tasks.join_next() => {
                    if let Ok(id) = ended {
                        self.streams.remove(&id);
                    }
                }
            }
        }
        // Those that take hear of it so, and keep what they have for a while.
        self.streams.retain(|_, begun| {
            if let Begun::Sending(_, task) = begun {
                task.abort();
            }
            false
        });
        while self.tasks.join_next().await.is_some() {}
    }

    fn take(&mut self, message: Box<Message>) -> Result<(), Misbehaves> {
        let (id, of) = (message.metadata.id, message.metadata.reply_to);
        let of = of.and_then(|of| self.streams.get(&of));
        match message.metadata.kind {
            MessageType::Fetch => {
                let fetch: Fetch = read(&message)?;
                self.enter(id)?;
                let (room, granted) = watch::channel(fetch.room);
                let peer = Arc::clone(&self.peer);
                let task = self.tasks.spawn(async move {
                    send::run(&peer, id, fetch, granted).await;
                    id
                });
                self.streams.insert(id, Begun::Sending(room, task));
            }
            MessageType::Store => {
                let store: Store = read(&message)?;
                self.enter(id)?;
                let (pieces, arriving) = mpsc::channel(PIECES);
                let peer = Arc::clone(&self.peer);
                self.tasks.spawn(async move {
                    take::run(&peer, id, store, arriving).await;
                    id
                });
                self.streams.insert(id, Begun::Taking(pieces));
            }
            MessageType::Request => {
                let request: Request = read(&message)?;
                self.enter(id)?;
                let peer = Arc::clone(&self.peer);
                self.tasks.spawn(async move {
                    requests::answer(&peer, id, request, message.payload()).await;
                    id
                });
                self.streams.insert(id, Begun::Answering);
            }
            MessageType::Room => {
                let room: Room = read(&message)?;
                // One that is over needs none.
                if let Some(Begun::Sending(granted, _)) = of {
                    granted.send_modify(|all| *all = all.saturating_add(room.bytes));
                }
            }
            MessageType::Pieces => {
                if message.payload().len() > MAX_PIECES_BYTES {
                    return Err(Misbehaves("a message of too many pieces"));
                }
                // One that is over needs none.
                if let Some(Begun::Taking(pieces)) = of
                    && let Err(TrySendError::Full(_)) = pieces.try_send(message)
                {
                    return Err(Misbehaves("more pieces than it was given room for"));
                }
            }
            MessageType::Stop => {
                if let Some(id) = message.metadata.reply_to
                    && let Some(Begun::Sending(_, task)) = self.streams.remove(&id)
                {
                    task.abort();
                }
            }
            _ => return Err(Misbehaves("a message that the file service does not know")),
        }
        Ok(())
    }

    /// Whether one more stream may begin, by this id.
    fn enter(&self, id: u64) -> Result<(), Misbehaves> {
        if self.streams.contains_key(&id) {
            return Err(Misbehaves("two messages with one id"));
        }
        if self.streams.len() >= AT_ONCE {
            return Err(Misbehaves("too many streams at once"));
        }
        Ok(())
    }
}

impl Peer {
    pub(super) fn usecases(&self) -> &UseCases {
        &self.house.usecases
    }

    /// What a job carries to the machine that this is.
    pub(super) async fn carried(&self, job: JobId) -> Result<Carried, Error> {
        let Principal::Machine(machine) = &self.principal else {
            return Err(Error::UnknownJob(job));
        };
        if let Some(known) = self.jobs().get(&job) {
            return Ok(known.clone());
        }
        let found = Carried::Files(Arc::new(self.usecases().files_of_job(machine, job).await?));
        self.jobs().insert(job, found.clone());
        Ok(found)
    }

    /// A run of Chef was prepared, in the place of what it was before.
    pub(super) fn prepared(&self, job: JobId, run: RunContents) {
        self.jobs().insert(job, Carried::Run(run));
    }

    fn jobs(&self) -> MutexGuard<'_, HashMap<JobId, Carried>> {
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read<T: DeserializeOwned>(message: &Message) -> Result<T, Misbehaves> {
    message.document().map_err(|_| Misbehaves("a message of a wrong form"))
}
