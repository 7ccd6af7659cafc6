//! What users ask of the server: each server command has its file here, named as in
//! `pantry-model/commands`.

mod admin;
mod app;
mod client;
mod job;
mod status;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use pantry_model::commands::{Command, admin as a, app as p, client as c, job as j, status as s};
use pantry_model::protocol::{Credit, Failure, Request};
use pantry_model::{Error, Message, MessageType, Principal, Stream, Timestamp};
use pantry_usecases::UseCases;
use pantry_wire::server::ConnectionId;
use tokio::sync::{Semaphore, mpsc};

use crate::machines::Machines;
use crate::watch::send_patiently;

/// How many requests are worked on at once; more are told to come back later.
const AT_ONCE: usize = 256;

/// Who asks, and where the answer goes.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// The connection.
    pub(crate) connection: ConnectionId,
    /// The verified owner of its key.
    pub(crate) principal: Principal,
}

/// What commands work with.
pub(crate) struct Context {
    pub(crate) usecases: UseCases,
    pub(crate) machines: Arc<Machines>,
    pub(crate) version: String,
    pub(crate) started_at: Timestamp,
}

/// A server command's work: from its arguments to its answer.
#[async_trait]
pub(crate) trait Answer: Command {
    /// Does what is asked.
    async fn answer(
        self,
        context: &Context,
        actor: &Principal,
        payload: Vec<u8>,
    ) -> Result<Self::Answer, Error>;
}

/// Watches, by connection and request; their ends by which they are given credit.
type Watches = HashMap<ConnectionId, HashMap<u64, mpsc::Sender<u64>>>;

/// Answers requests, each in a task of its own.
pub(crate) struct Answers {
    context: Arc<Context>,
    room: Arc<Semaphore>,
    watches: Arc<Mutex<Watches>>,
}

impl Answers {
    pub(crate) fn new(usecases: UseCases, machines: Arc<Machines>, version: &str) -> Self {
        let started_at = machines.clock.now();
        let version = version.to_owned();
        let context = Arc::new(Context { usecases, machines, version, started_at });
        Self { context, room: Arc::new(Semaphore::new(AT_ONCE)), watches: Arc::default() }
    }

    /// Answers a request.
    pub(crate) fn answer(&self, caller: Caller, message: Message) {
        let context = self.context.clone();
        let room = self.room.clone().try_acquire_owned();
        let watches = self.watches.clone();
        tokio::spawn(async move {
            let id = message.metadata.id;
            let request: Result<Request, _> = message.document();
            let done = match (&room, request) {
                (Err(_), _) => {
                    let many = "the server is answering too many requests at once".to_owned();
                    Err(Error::Unavailable(many))
                }
                (_, Err(error)) => Err(Error::Invalid(format!("not a request: {error}"))),
                (Ok(_), Ok(request)) if request.command == j::JobWatch::NAME => {
                    match job::begin_watch(&context, &caller, id, request.arguments).await {
                        Ok((answer, watch)) => {
                            // A watch may last for days, so it takes up no room.
                            drop(room);
                            // Credit may come as soon as the answer was sent.
                            let (credits, given) = mpsc::channel(16);
                            enter(&watches, caller.connection, id, credits);
                            reply(&context, &caller, id, Ok(answer)).await;
                            watch.run(given).await;
                            leave(&watches, caller.connection, id);
                            return;
                        }
                        Err(error) => Err(error),
                    }
                }
                (Ok(_), Ok(request)) => {
                    let payload = message.payload().to_vec();
                    dispatch(&context, &caller.principal, request, payload).await
                }
            };
            reply(&context, &caller, id, done).await;
        });
    }

    /// More room for a watch's output. Credit for a watch that is over means nothing.
    pub(crate) fn credit(&self, caller: &Caller, message: &Message) {
        let Ok(Credit { watch, bytes }) = message.document() else { return };
        let watches = lock(&self.watches);
        let credits = watches.get(&caller.connection).and_then(|of| of.get(&watch));
        if let Some(credits) = credits
            && credits.try_send(bytes).is_err()
        {
            tracing::debug!(watch, "gives credit faster than it can be used");
        }
    }

    /// A connection ended, and with it its watches.
    pub(crate) fn left(&self, connection: ConnectionId) {
        lock(&self.watches).remove(&connection);
    }
}

fn lock(watches: &Mutex<Watches>) -> MutexGuard<'_, Watches> {
    watches.lock().unwrap_or_else(PoisonError::into_inner)
}

fn enter(watches: &Mutex<Watches>, connection: ConnectionId, id: u64, credits: mpsc::Sender<u64>) {
    lock(watches).entry(connection).or_default().insert(id, credits);
}

fn leave(watches: &Mutex<Watches>, connection: ConnectionId, id: u64) {
    let mut watches = lock(watches);
    if let Some(of) = watches.get_mut(&connection) {
        of.remove(&id);
        if of.is_empty() {
            watches.remove(&connection);
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

async fn dispatch(
    context: &Context,
    actor: &Principal,
    request: Request,
    payload: Vec<u8>,
) -> Result<serde_json::Value, Error> {
    macro_rules! commands {
        ($($command:ty),* $(,)?) => {
            match request.command.as_str() {
                $(<$command>::NAME => {
                    run::<$command>(context, actor, request.arguments, payload).await
                })*
                other => Err(Error::Invalid(format!(
                    "this server (version {}) has no command `{}`",
                    context.version,
                    other.chars().take(64).collect::<String>()
                ))),
            }
        };
    }
    commands![
        a::LedgerList,
        a::RefusalList,
        p::AppCreate,
        p::AppDelete,
        p::AppList,
        c::ClientCreate,
        c::ClientDelete,
        c::ClientList,
        c::ClientShow,
        j::JobList,
        j::JobShow,
        j::JobStart,
        s::Status,
    ]
}

async fn run<C: Answer>(
    context: &Context,
    actor: &Principal,
    arguments: serde_json::Value,
    payload: Vec<u8>,
) -> Result<serde_json::Value, Error> {
    let command: C = read(arguments)?;
    let answer = command.answer(context, actor, payload).await?;
    serde_json::to_value(answer).map_err(|error| Error::Internal(error.to_string()))
}

fn read<C: Command>(arguments: serde_json::Value) -> Result<C, Error> {
    serde_json::from_value(arguments)
        .map_err(|error| Error::Invalid(format!("the arguments of `{}`: {error}", C::NAME)))
}
