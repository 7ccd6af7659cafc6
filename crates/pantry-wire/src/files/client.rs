//! A connection to the file service: requests and streams side by side, each with the answers to it.
//!
//! What goes on when the connection is lost is told to each of them by the end of its answers; it then
//! waits until there is a connection again, and begins anew from as far as it had come. Only when there
//! has been none for a while is it given up.

use std::collections::HashMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pantry_model::commands::Command;
use pantry_model::protocol::{Failure, Request};
use pantry_model::{Message, MessageType, Principal, Stream};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;
use tokio::time::timeout;

use crate::client::{Client, Config, Event, Network, StartError};

/// Why nothing was carried.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The server says no.
    #[error("{}", .0.message)]
    Refused(Failure),
    /// There is no connection, and has been none for a while.
    #[error(
        "the server's file service cannot be reached at {address} (`networking.file_service_port`): {reason}"
    )]
    Unreachable {
        /// Host and port.
        address: String,
        /// How it looks from here.
        reason: &'static str,
    },
    /// What was to be read or written here could not be.
    #[error("{0}")]
    Local(#[from] io::Error),
    /// The server says what has no meaning.
    #[error("the file service said what has no meaning here: {0}")]
    Nonsense(String),
    /// The network's thread has ended.
    #[error("the connection to the file service is closed")]
    Closed,
}

/// How the connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// It stands, for the so many-eth time.
    Up(u64),
    /// It does not, and this is why.
    Down(&'static str),
}

/// A connection to the file service. Cheap to clone; it is closed with its last clone.
#[derive(Clone)]
pub struct FileClient(Arc<Inner>);

struct Inner {
    client: Client,
    principal: Principal,
    address: String,
    patience: Duration,
    shared: Arc<Shared>,
    standing: watch::Receiver<Standing>,
    last_id: AtomicU64,
    hearing: AbortHandle,
}

/// What the clones and the task that hears have in common.
#[derive(Default)]
struct Shared(Mutex<HashMap<u64, mpsc::UnboundedSender<Message>>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, mpsc::UnboundedSender<Message>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.hearing.abort();
    }
}

/// The answers to one message. The server sends no more than it was given room for, so they have all
/// the room that they need.
pub(super) struct Answers {
    id: u64,
    shared: Arc<Shared>,
    arriving: mpsc::UnboundedReceiver<Message>,
}

impl Answers {
    /// What they answer.
    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// The next one; `None` if the connection was lost.
    pub(super) async fn next(&mut self) -> Option<Message> {
        self.arriving.recv().await
    }

    /// The next one that is here already.
    pub(super) fn at_hand(&mut self) -> Option<Message> {
        self.arriving.try_recv().ok()
    }
}

impl Drop for Answers {
    fn drop(&mut self) {
        self.shared.lock().remove(&self.id);
    }
}

impl FileClient {
    /// Connects in the background, to the port that the configuration names as where the server receives.
    /// Whatever is asked for waits for that at most this long; and as long again whenever the connection
    /// is lost.
    pub fn open(network: &Network, config: Config, patience: Duration) -> Result<Self, StartError> {
        let config = Config { pub_sub_port: None, ..config };
        let principal = config.principal.clone();
        let address = format!("{}:{}", config.host, config.receive_port);
        let (client, events) = network.connect(config)?;
        let shared = Arc::new(Shared::default());
        let (says, standing) = watch::channel(Standing::Down("it has not answered yet"));
        let hearing = hear(events, Arc::clone(&shared), says, (client.clone(), principal.clone()));
        let hearing = tokio::spawn(hearing).abort_handle();
        let last_id = AtomicU64::new(0);
        let inner =
            Inner { client, principal, address, patience, shared, standing, last_id, hearing };
        Ok(Self(Arc::new(inner)))
    }

    /// Asks for a command. It is asked for again if the connection was lost before the answer.
    pub async fn request<C: Command>(
        &self,
        command: &C,
        payload: Vec<u8>,
    ) -> Result<C::Answer, FileError> {
        let arguments = serde_json::to_value(command).map_err(nonsense)?;
        let request = Request { command: C::NAME.to_owned(), arguments };
        loop {
            let mut answers = self.begin(MessageType::Request, &request, &payload).await?;
            let Some(answer) = answers.next().await else { continue };
            return match answer.metadata.kind {
                MessageType::Reply => understood(&answer),
                _ => Err(not_wanted(&answer)),
            };
        }
    }

    /// Sends what begins something, once there is a connection.
    pub(super) async fn begin(
        &self,
        kind: MessageType,
        document: &impl Serialize,
        payload: &[u8],
    ) -> Result<Answers, FileError> {
        let answers = loop {
            let standing = self.connected().await?;
            let id = self.next_id();
            let (sender, arriving) = mpsc::unbounded_channel();
            self.0.shared.lock().insert(id, sender);
            let answers = Answers { id, shared: Arc::clone(&self.0.shared), arriving };
            // Lost in this moment, its answers would not be ended by that.
            if *self.0.standing.borrow() == standing {
                break answers;
            }
        };
        let id = answers.id();
        let mut message = self.message(id, kind).with(document);
        if !payload.is_empty() {
            message = message.with_bytes(payload.to_vec());
        }
        self.send(message).await?;
        Ok(answers)
    }

    /// Sends something that belongs to what this began.
    pub(super) async fn say(
        &self,
        to: &Answers,
        kind: MessageType,
        document: &impl Serialize,
        bytes: Option<Vec<u8>>,
    ) -> Result<(), FileError> {
        let mut message = self.message(self.next_id(), kind).reply_to(to.id()).with(document);
        if let Some(bytes) = bytes {
            message = message.with_bytes(bytes);
        }
        self.send(message).await
    }

    fn next_id(&self) -> u64 {
        self.0.last_id.fetch_add(1, Ordering::Relaxed) + 1
    }

    fn message(&self, id: u64, kind: MessageType) -> Message {
        Message::new(Stream::of_server(), id, kind).from(self.0.principal.clone())
    }

    async fn send(&self, message: Message) -> Result<(), FileError> {
        self.0.client.send(message).await.map_err(|error| match error {
            crate::client::SendError::Closed => FileError::Closed,
            error @ crate::client::SendError::Frames(_) => FileError::Nonsense(error.to_string()),
        })
    }

    /// Waits until the connection stands.
    async fn connected(&self) -> Result<Standing, FileError> {
        let mut standing = self.0.standing.clone();
        let is_up = |now: &Standing| matches!(now, Standing::Up(_));
        match timeout(self.0.patience, standing.wait_for(is_up)).await {
            Ok(Ok(up)) => Ok(*up),
            Ok(Err(_)) => Err(FileError::Closed),
            Err(_) => match *self.0.standing.borrow() {
                up @ Standing::Up(_) => Ok(up),
                Standing::Down(reason) => {
                    Err(FileError::Unreachable { address: self.0.address.clone(), reason })
                }
            },
        }
    }
}

/// Hands each message to whoever began what it answers.
async fn hear(
    mut events: mpsc::Receiver<Event>,
    shared: Arc<Shared>,
    says: watch::Sender<Standing>,
    (client, principal): (Client, Principal),
) {
    let mut connections = 0;
    while let Some(event) = events.recv().await {
        let down = match event {
            Event::Message(message) => {
                let begun =
                    message.metadata.reply_to.and_then(|id| shared.lock().get(&id).cloned());
                let unheard = match begun {
                    Some(begun) => begun.send(message).err().map(|unheard| unheard.0),
                    None => Some(message),
                };
                // Whoever began it has given it up.
                if let Some(MessageType::Pieces) = unheard.as_ref().map(|it| it.metadata.kind)
                    && let Some(id) = unheard.and_then(|it| it.metadata.reply_to)
                {
                    let stop = Message::new(Stream::of_server(), 0, MessageType::Stop);
                    let _closed = client.send(stop.from(principal.clone()).reply_to(id)).await;
                }
                continue;
            }
            Event::Connected => {
                connections += 1;
                says.send_replace(Standing::Up(connections));
                continue;
            }
            Event::Lost => "the connection was lost",
            Event::Unreachable { .. } => "nobody answers there",
            Event::HandshakeFailed { .. } => "who answers there has not the server's key",
            Event::Refused { .. } => "the server does not know this key",
        };
        says.send_replace(Standing::Down(down));
        // The end of their answers is how they hear of it.
        shared.lock().clear();
    }
}

/// A message's document.
pub(super) fn understood<T: DeserializeOwned>(message: &Message) -> Result<T, FileError> {
    message.document().map_err(nonsense)
}

fn nonsense(error: serde_json::Error) -> FileError {
    FileError::Nonsense(error.to_string())
}

/// What a message means that is not what was waited for.
pub(super) fn not_wanted(message: &Message) -> FileError {
    match (message.metadata.kind, message.document::<Failure>()) {
        (MessageType::Failure, Ok(failure)) => FileError::Refused(failure),
        (kind, _) => FileError::Nonsense(format!("a message of type {kind:?}")),
    }
}
