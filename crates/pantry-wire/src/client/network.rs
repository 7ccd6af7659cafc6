//! A network of clients as the rest of the program holds it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use pantry_model::Message;
use tokio::sync::{mpsc, watch};

use super::connection::Parts;
use super::worker::Worker;
use super::{Config, Event};
use crate::bell::Bell;
use crate::ffi::Context;
use crate::frames::{self, FrameError};

/// How many events of one client wait for their reader before nothing more is read for it.
const EVENTS: usize = 64;

/// How many messages wait to be sent.
const OUTGOING: usize = 64;

/// libzmq's sockets for one client: two, a monitor for each, and the monitors' other ends.
const SOCKETS_PER_CLIENT: usize = 6;

/// Why a network could not start.
#[derive(Debug, thiserror::Error)]
#[error("cannot set up the client's sockets: {0}")]
pub struct StartError(String);

/// Why a message was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The network has ended.
    #[error("the client is closed")]
    Closed,
    /// The message cannot travel.
    #[error("the message cannot be sent: {0}")]
    Frames(#[from] FrameError),
}

/// What handles and IO thread share.
pub(crate) struct Shared {
    pub(crate) bell: Arc<Bell>,
    pub(crate) new: Mutex<Vec<Parts>>,
    pub(crate) dropped: AtomicBool,
    pub(crate) over: watch::Sender<bool>,
    ids: AtomicUsize,
}

/// The IO thread of any number of clients. It ends when this and all clients are dropped.
pub struct Network {
    shared: Arc<Shared>,
}

impl Network {
    /// Starts the IO thread, for at most so many clients. A client takes up to ten descriptors.
    pub fn start(max_clients: usize) -> Result<Self, StartError> {
        let failed = |error: &dyn std::fmt::Display| StartError(error.to_string());
        // Those of an earlier attempt are closed in the background, so there is room for two.
        let sockets = max_clients.saturating_mul(2 * SOCKETS_PER_CLIENT);
        let context = Context::new(sockets).map_err(|fault| failed(&fault))?;
        let poller = mio::Poll::new().map_err(|error| failed(&error))?;
        let bell = Bell::new(poller.registry()).map_err(|error| failed(&error))?;
        let shared = Arc::new(Shared {
            bell,
            new: Mutex::new(Vec::new()),
            dropped: AtomicBool::new(false),
            over: watch::Sender::new(false),
            ids: AtomicUsize::new(0),
        });
        let worker = Worker::new(Arc::clone(&shared), poller, context);
        thread::Builder::new()
            .name("pantry-wire".to_owned())
            .spawn(move || worker.run())
            .map_err(|error| failed(&error))?;
        Ok(Self { shared })
    }

    /// A new client. It connects in the background; its events say how that goes.
    pub fn connect(&self, config: Config) -> Result<(Client, mpsc::Receiver<Event>), StartError> {
        if *self.shared.over.borrow() {
            return Err(StartError("their thread has ended".to_owned()));
        }
        let id = self.shared.ids.fetch_add(1, Ordering::Relaxed);
        let (events, receiver) = mpsc::channel(EVENTS);
        let (sender, outgoing) = mpsc::channel(OUTGOING);
        let dropped = Arc::new(AtomicBool::new(false));
        let parts = Parts { id, config, outgoing, events, dropped: Arc::clone(&dropped) };
        self.shared.new.lock().unwrap_or_else(PoisonError::into_inner).push(parts);
        self.shared.bell.ring(id);
        let guard = Arc::new(Guard { id, dropped, bell: Arc::clone(&self.shared.bell) });
        Ok((Client { sender, _guard: guard }, receiver))
    }

    /// Waits until all clients have ended, which they do when they are dropped, and what they sent
    /// has left or had its time. A program that sends and then ends must wait for this.
    pub async fn close(self) {
        let mut over = self.shared.over.subscribe();
        drop(self);
        let _ = over.wait_for(|over| *over).await;
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        self.shared.dropped.store(true, Ordering::Release);
        self.shared.bell.ring(usize::MAX);
    }
}

/// Tells the IO thread when the last clone of a client is gone.
struct Guard {
    id: usize,
    dropped: Arc<AtomicBool>,
    bell: Arc<Bell>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.dropped.store(true, Ordering::Release);
        self.bell.ring(self.id);
    }
}

/// One client. It is closed when the last clone is dropped.
#[derive(Clone)]
pub struct Client {
    sender: mpsc::Sender<Vec<Vec<u8>>>,
    _guard: Arc<Guard>,
}

impl Client {
    /// Sends a message to the server. While there is no connection it waits its turn, and this
    /// waits once many do.
    pub async fn send(&self, message: Message) -> Result<(), SendError> {
        let frames = frames::encode(&message)?;
        self.sender.send(frames).await.map_err(|_| SendError::Closed)
    }
}
