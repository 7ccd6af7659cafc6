//! Answers users: each request in a task of its own, and watches for as long as they last.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use pantry_model::commands::Command as _;
use pantry_model::commands::job::JobWatch;
use pantry_model::protocol::{Credit, Failure, Request};
use pantry_model::{CurvePublicKey, Error, Message, MessageType, Principal, Stream};
use pantry_usecases::UseCases;
use pantry_wire::server::ConnectionId;
use tokio::sync::{Semaphore, watch};

use crate::commands::{About, Context, begin_watch, dispatch};
use crate::machines::Machines;
use crate::watch::{Watch, send_patiently};

/// How many requests are worked on at once; more are told to come back later.
const AT_ONCE: usize = 256;

/// How many watches one connection may have.
const WATCHES: usize = 1024;

/// Who asks, and where the answer goes.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The connection.
    pub(crate) connection: ConnectionId,
    /// The verified owner of its key.
    pub(crate) principal: Principal,
    /// The key.
    pub(crate) key: CurvePublicKey,
}

/// Answers requests.
pub(crate) struct Answers {
    context: Arc<Context>,
    room: Arc<Semaphore>,
    watches: Arc<Watches>,
}

impl Answers {
    pub(crate) fn new(usecases: UseCases, machines: Arc<Machines>, about: About) -> Self {
        let started_at = machines.clock.now();
        let context = Arc::new(Context { usecases, machines, about, started_at });
        Self { context, room: Arc::new(Semaphore::new(AT_ONCE)), watches: Arc::default() }
    }

    /// Answers a request.
    pub(crate) fn answer(&self, caller: Caller, message: Message) {
        let context = self.context.clone();
        let room = self.room.clone().try_acquire_owned();
        let watches = self.watches.clone();
        tokio::spawn(async move {
            let id = message.metadata.id;
            // Another server may have taken the key away, and this one not have followed yet.
            match context.usecases.has_key(&caller.principal, &caller.key).await {
                Ok(true) => {}
                Ok(false) => {
                    tracing::info!(user = %caller.principal, "its key was taken away");
                    return context.machines.server.end_connection(caller.connection).await;
                }
                Err(error) => return reply(&context, &caller, id, Err(error)).await,
            }
            let done = match (&room, message.document::<Request>()) {
                (Err(_), _) => {
                    let many = "the server is answering too many requests at once";
                    Err(Error::Unavailable(many.to_owned()))
                }
                (_, Err(error)) => Err(Error::Invalid(format!("not a request: {error}"))),
                (_, Ok(request)) if request.command == JobWatch::NAME => {
                    let begun = begin_watch(&context, &caller, id, request.arguments).await;
                    match begun.and_then(|begun| watches.enter(&caller, id, begun)) {
                        Ok(begun) => {
                            // A watch may last for days, so it takes up no room.
                            drop(room);
                            reply(&context, &caller, id, Ok(begun.answer)).await;
                            begun.watch.run(begun.granted).await;
                            return watches.leave(&caller, id);
                        }
                        Err(error) => Err(error),
                    }
                }
                (_, Ok(request)) => {
                    let payload = message.payload().to_vec();
                    dispatch(&context, &caller.principal, request, payload).await
                }
            };
            reply(&context, &caller, id, done).await;
        });
    }

    /// More room for a watch's output.
    pub(crate) fn credit(&self, caller: &Caller, message: &Message) {
        // What is no credit, or for a watch that is over, means nothing.
        if let Ok(Credit { watch, bytes }) = message.document() {
            self.watches.grant(caller, watch, bytes);
        }
    }

    /// A connection ended, and with it its watches.
    pub(crate) fn left(&self, connection: ConnectionId) {
        self.watches.lock().remove(&connection);
    }
}

/// A watch whose credit can be granted.
struct Begun {
    answer: serde_json::Value,
    watch: Watch,
    granted: watch::Receiver<u64>,
}

/// The watches that go on, by connection and request, with all the credit that each was granted.
#[derive(Default)]
struct Watches(Mutex<HashMap<ConnectionId, HashMap<u64, watch::Sender<u64>>>>);

impl Watches {
    fn lock(&self) -> MutexGuard<'_, HashMap<ConnectionId, HashMap<u64, watch::Sender<u64>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a watch known, so that it can be granted credit as soon as its answer was sent.
    fn enter(
        &self,
        caller: &Caller,
        id: u64,
        (answer, watch): (serde_json::Value, Watch),
    ) -> Result<Begun, Error> {
        let mut watches = self.lock();
        let of_caller = watches.entry(caller.connection).or_default();
        if of_caller.len() >= WATCHES {
            let many = format!("a connection may watch {WATCHES} jobs at once, and not more");
            return Err(Error::Unavailable(many));
        }
        let (credit, granted) = watch::channel(0);
        of_caller.insert(id, credit);
        Ok(Begun { answer, watch, granted })
    }

    fn grant(&self, caller: &Caller, id: u64, bytes: u64) {
        if let Some(credit) = self.lock().get(&caller.connection).and_then(|of| of.get(&id)) {
            credit.send_modify(|granted| *granted = granted.saturating_add(bytes));
        }
    }

    fn leave(&self, caller: &Caller, id: u64) {
        let mut watches = self.lock();
        if let Some(of_caller) = watches.get_mut(&caller.connection) {
            of_caller.remove(&id);
            if of_caller.is_empty() {
                watches.remove(&caller.connection);
            }
        }
    }
}

async fn reply(
    context: &Context,
    caller: &Caller,
    id: u64,
    done: Result<serde_json::Value, Error>,
) {
    let kind = if done.is_ok() { MessageType::Reply } else { MessageType::Failure };
    let message = Message::new(Stream::of_server(), context.machines.next_id(), kind).reply_to(id);
    let message = match done {
        Ok(answer) => message.with(&answer),
        Err(error) => {
            let (code, text) = (error.code(), error.to_string());
            tracing::info!(user = %caller.principal, ?code, error = %text, "a request failed");
            message.with(&Failure { code, message: text })
        }
    };
    // Whoever is gone needs no answer.
    drop(send_patiently(&context.machines, caller.connection, message).await);
}
