//! The server as the rest of the program holds it.

use std::sync::Arc;
use std::thread;

use pantry_model::{Message, Principal};
use tokio::sync::{mpsc, oneshot};

use super::commands::Command;
use super::config::{Config, Directory, Limits};
use super::event::{ConnectionId, Event};
use super::worker::{Parts, Side, Worker};
use super::zap;
use crate::ffi::{Context, Fault, Socket, number};
use crate::frames::{self, FrameError};
use crate::monitor::Watched;
use crate::options::{self, endpoint, millis, set_family, set_heartbeat, set_keys};

/// How many events wait for their reader before nothing more is read from the network. Each may
/// hold a whole message.
const EVENTS: usize = 128;

/// How many commands wait for the IO thread.
const COMMANDS: usize = 256;

/// How many messages libzmq keeps for one peer that does not read, and of one that is not read.
const QUEUED_TO_PEER: i32 = 256;
pub(crate) const QUEUED_FROM_PEER: i32 = 16;

/// The most bytes of one frame to the publishing port: a subscription is at most 517, and a
/// handshake's command under 1,000.
pub(crate) const MAX_SUBSCRIPTION_BYTES: i64 = 2_048;

/// Descriptors that are left for everything else in the process.
const SPARE_DESCRIPTORS: usize = 256;

/// Why a server could not start.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// The port is taken, or the address is not one of this machine.
    #[error("cannot listen on {address} (`{setting}`): {reason}")]
    Port {
        /// The address with the port.
        address: String,
        /// The setting that holds the port.
        setting: &'static str,
        /// What the system says.
        reason: String,
    },
    /// Something else.
    #[error("cannot set up the server's sockets: {0}")]
    Setup(String),
}

impl From<Fault> for BindError {
    fn from(fault: Fault) -> Self {
        Self::Setup(fault.to_string())
    }
}

/// Why a message was not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The server was closed.
    #[error("the server is closed")]
    Closed,
    /// The connection is over.
    #[error("the connection is over")]
    Gone,
    /// The other side does not read, and what is kept for it is full.
    #[error("the other side does not read what it is sent")]
    Full,
    /// The message cannot travel.
    #[error("the message cannot be sent: {0}")]
    Frames(#[from] FrameError),
}

/// A running server. It stops when the last clone is dropped.
#[derive(Clone, Debug)]
pub struct Server {
    commands: mpsc::Sender<Command>,
    pub_sub_port: Option<u16>,
    receive_port: u16,
}

/// Binds its ports and starts the IO thread.
pub fn bind(
    config: Config,
    directory: Arc<dyn Directory>,
) -> Result<(Server, mpsc::Receiver<Event>), BindError> {
    // Few: connections do not count as sockets here.
    let context = Context::new(32)?;

    let zap = context.socket(number::REP)?;
    zap.set_int(number::LINGER, 0)?;
    zap.bind(zap::ENDPOINT)?;

    let publish = config.pub_sub_port.map(|port| publish(&context, &config, port)).transpose()?;
    let pub_sub_port = publish.as_ref().map(|(_, port)| *port);

    let receive = context.socket(number::ROUTER)?;
    common_options(&receive, &config)?;
    receive.set_int(number::ROUTER_MANDATORY, 1)?;
    receive.set_int(number::RCVHWM, QUEUED_FROM_PEER)?;
    // One frame; CURVE adds a few bytes.
    let frame = config.limits.max_message_bytes.saturating_add(64);
    receive.set_long(number::MAXMSGSIZE, i64::try_from(frame).unwrap_or(i64::MAX))?;
    let receive = Watched::new(&context, receive, "receive")?;
    let setting = match pub_sub_port {
        Some(_) => "networking.receive_port",
        None => "networking.file_service_port",
    };
    let receive_port = listen(&receive.socket, &config.listen, config.receive_port, setting)?;

    let (events, receiver) = mpsc::channel(EVENTS);
    let (sender, commands) = mpsc::channel(COMMANDS);
    let worker = Worker::new(Parts {
        publish: publish.map(|(publish, _)| Side::new(publish)),
        receive: Side::new(receive),
        zap,
        directory,
        limits: within_descriptors(config.limits, config.pub_sub_port.is_some()),
        events,
        commands,
    })
    .map_err(|error| BindError::Setup(error.to_string()))?;
    thread::Builder::new()
        .name("pantry-wire".to_owned())
        .spawn(move || worker.run())
        .map_err(|error| BindError::Setup(error.to_string()))?;
    Ok((Server { commands: sender, pub_sub_port, receive_port }, receiver))
}

/// The socket that publishes, and its port.
fn publish(context: &Context, config: &Config, port: u16) -> Result<(Watched, u16), BindError> {
    let publish = context.socket(number::XPUB)?;
    common_options(&publish, config)?;
    publish.set_int(number::XPUB_MANUAL, 1)?;
    publish.set_long(number::MAXMSGSIZE, MAX_SUBSCRIPTION_BYTES)?;
    let publish = Watched::new(context, publish, "publish")?;
    let port = listen(&publish.socket, &config.listen, port, "networking.pub_sub_port")?;
    Ok((publish, port))
}

fn common_options(socket: &Socket, config: &Config) -> Result<(), Fault> {
    set_family(socket, &config.listen)?;
    socket.set_int(number::CURVE_SERVER, 1)?;
    set_keys(socket, &config.keys)?;
    socket.set_bytes(number::ZAP_DOMAIN, zap::DOMAIN)?;
    set_heartbeat(socket, config.heartbeat)?;
    socket.set_int(number::HANDSHAKE_IVL, millis(config.limits.handshake_within))?;
    socket.set_int(number::BACKLOG, 1_024)?;
    socket.set_int(number::SNDHWM, QUEUED_TO_PEER)?;
    socket.set_int(number::LINGER, options::LINGER)
}

fn listen(socket: &Socket, host: &str, port: u16, setting: &'static str) -> Result<u16, BindError> {
    let wanted = if port == 0 { "*".to_owned() } else { port.to_string() };
    let failed =
        |reason: String| BindError::Port { address: format!("{host}:{port}"), setting, reason };
    socket.bind(&endpoint(host, &wanted)).map_err(|fault| failed(fault.to_string()))?;
    let bound = socket.last_endpoint()?;
    let bound = bound.rsplit(':').next().and_then(|port| port.parse().ok());
    bound.ok_or_else(|| failed("libzmq does not say which port it took".to_owned()))
}

/// A listener that runs out of descriptors would spin, so it must never come to that. Of four, three are
/// for clients that are here, and one for the file service.
fn within_descriptors(mut limits: Limits, publishes: bool) -> Limits {
    let may_open = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    if let Some(may_open) = may_open.and_then(|limit| usize::try_from(limit).ok()) {
        let most = may_open.saturating_sub(SPARE_DESCRIPTORS).max(may_open / 2);
        let most = if publishes { most / 4 * 3 } else { most / 4 };
        limits.max_sockets = limits.max_sockets.min(most);
    }
    limits
}

impl Server {
    /// Publishes on the message's stream. Whoever is not there, or reads too slowly, misses it.
    pub async fn publish(&self, message: Message) -> Result<(), SendError> {
        let frames = frames::encode(&message)?;
        self.commands.send(Command::Publish(frames)).await.map_err(|_| SendError::Closed)
    }

    /// Sends to the peer behind one connection.
    pub async fn send(&self, to: &ConnectionId, message: Message) -> Result<(), SendError> {
        let frames = frames::encode(&message)?;
        let (answer, answered) = oneshot::channel();
        let command = Command::Send(*to, frames, answer);
        self.commands.send(command).await.map_err(|_| SendError::Closed)?;
        answered.await.unwrap_or(Err(SendError::Closed))
    }

    /// Ends all connections of this principal, and those whose owner is not known yet. Call it
    /// after the directory has forgotten the principal's key: when it returns, nothing that is
    /// published from then on reaches the principal, and nothing it sent earlier is reported.
    pub async fn end_connections_of(&self, principal: Principal) {
        let (done, is_done) = oneshot::channel();
        let _ = self.commands.send(Command::EndAllOf(principal, done)).await;
        let _ = is_done.await;
    }

    /// Ends one connection.
    pub async fn end_connection(&self, connection: ConnectionId) {
        let (done, is_done) = oneshot::channel();
        let _ = self.commands.send(Command::End(connection, done)).await;
        let _ = is_done.await;
    }

    /// Stops the server for all handles, and waits until its ports are free.
    pub async fn close(self) {
        let (closed, is_closed) = oneshot::channel();
        let _ = self.commands.send(Command::Close(closed)).await;
        let _ = is_closed.await;
    }

    /// Where clients subscribe, if something is published.
    pub fn pub_sub_port(&self) -> Option<u16> {
        self.pub_sub_port
    }

    /// Where clients and users send.
    pub fn receive_port(&self) -> u16 {
        self.receive_port
    }
}
