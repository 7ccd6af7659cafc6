//! A conversation with the server, as a user: a request and its answer, and the events of a watch.
//!
//! One request is open at a time, besides any number of watches. A question is asked again when the
//! connection was lost and came back; something that changes anything is not, since nobody knows
//! whether it was done.

use std::collections::VecDeque;
use std::time::Duration;

use pantry_model::commands::Command;
use pantry_model::protocol::{Credit, Failure, Request};
use pantry_model::{Message, MessageType, Principal, Stream};
use pantry_wire::client::{Backoff, Client, Config, Event, Network};
use pantry_wire::files::FileClient;
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout_at};

use crate::credentials::Credentials;
use crate::errors::CliError;

/// How long to try to reach the server, unless `--connect-timeout` says.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How long to try, unless `--connect-timeout` says, where the machine answers that nobody listens
/// on the port: long enough for a server that is just starting.
const NOBODY_LISTENS: Duration = Duration::from_secs(1);

/// How long the server has to answer a request.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(60);

/// How often the wire makes sure that the other side is there.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// What was heard.
#[derive(Debug)]
pub(crate) enum Heard {
    /// A message.
    Message(Box<Message>),
    /// The connection is gone.
    Lost,
    /// The connection is back; what was watched must be asked for again.
    Back,
}

/// How long the file service is tried, at first and whenever the connection was lost.
const FILES_PATIENCE: Duration = Duration::from_secs(60);

/// A connection to the server.
pub(crate) struct Connection {
    client: Client,
    events: mpsc::Receiver<Event>,
    // Dropped last: its thread carries the clients' sockets.
    network: Network,
    credentials: Credentials,
    next_id: u64,
    /// From when on it is enough to hear that nobody listens; none once it was connected.
    give_up_at: Option<Instant>,
    /// Messages that came while the answer to a request was waited for.
    waiting: VecDeque<Box<Message>>,
}

impl Connection {
    /// Connects, and returns when both sides have recognized each other.
    pub(crate) async fn open(
        credentials: Credentials,
        patience: Option<Duration>,
    ) -> Result<Self, CliError> {
        let network = Network::start(2).map_err(|error| CliError::Wire(error.to_string()))?;
        let config = config(&credentials, credentials.server.receive_port);
        let (client, events) =
            network.connect(config).map_err(|error| CliError::Wire(error.to_string()))?;
        let waiting = VecDeque::new();
        let started = Instant::now();
        let give_up_at = Some(started + patience.unwrap_or(NOBODY_LISTENS));
        let mut connection =
            Self { client, events, network, credentials, next_id: 1, give_up_at, waiting };
        let deadline = started + patience.unwrap_or(CONNECT_TIMEOUT);
        match timeout_at(deadline, connection.until_connected()).await {
            Ok(connected) => connected.map(|()| connection),
            Err(_) => Err(CliError::NotThere { address: connection.address() }),
        }
    }

    /// A connection to the server's file service.
    pub(crate) fn files(&self) -> Result<FileClient, CliError> {
        let config = config(&self.credentials, self.credentials.server.file_service_port);
        FileClient::open(&self.network, config, FILES_PATIENCE)
            .map_err(|error| CliError::Wire(error.to_string()))
    }

    /// Where the server is, and how its machines reach it.
    pub(crate) fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    fn address(&self) -> String {
        let server = &self.credentials.server;
        format!("{}:{}", server.server_host, server.receive_port)
    }

    async fn until_connected(&mut self) -> Result<(), CliError> {
        loop {
            if let Heard::Back = self.hear().await? {
                return Ok(());
            }
        }
    }

    /// Asks for something that changes nothing.
    pub(crate) async fn ask<C: Command>(&mut self, command: &C) -> Result<C::Answer, CliError> {
        self.within_reason(async |connection| {
            loop {
                let id = connection.send_request(command, None).await?;
                match connection.answer(id).await {
                    Err(CliError::Lost) => connection.until_connected().await?,
                    answered => return answered.and_then(|answer| read::<C::Answer>(&answer)),
                }
            }
        })
        .await
    }

    /// Asks for a change, once.
    pub(crate) async fn change<C: Command>(
        &mut self,
        command: &C,
        payload: Option<Vec<u8>>,
    ) -> Result<C::Answer, CliError> {
        self.within_reason(async |connection| {
            let id = connection.send_request(command, payload).await?;
            connection.answer(id).await.and_then(|answer| read::<C::Answer>(&answer))
        })
        .await
    }

    async fn within_reason<T>(
        &mut self,
        work: impl AsyncFnOnce(&mut Self) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        tokio::time::timeout(ANSWER_TIMEOUT, work(self)).await.unwrap_or(Err(CliError::NoAnswer))
    }

    /// Sends a request and gives its id, which the answers carry as `reply_to`.
    pub(crate) async fn send_request<C: Command>(
        &mut self,
        command: &C,
        payload: Option<Vec<u8>>,
    ) -> Result<u64, CliError> {
        let arguments =
            serde_json::to_value(command).map_err(|error| CliError::Nonsense(error.to_string()))?;
        let request = Request { command: C::NAME.to_owned(), arguments };
        let mut message = self.message(MessageType::Request).with(&request);
        if let Some(payload) = payload {
            message = message.with_bytes(payload);
        }
        let id = message.metadata.id;
        self.send(message).await?;
        Ok(id)
    }

    /// Gives a watch more room.
    pub(crate) async fn give_credit(&mut self, watch: u64, bytes: u64) -> Result<(), CliError> {
        let message = self.message(MessageType::Credit).with(&Credit { watch, bytes });
        self.send(message).await
    }

    fn message(&mut self, kind: MessageType) -> Message {
        let id = self.next_id;
        self.next_id += 1;
        Message::new(Stream::of_server(), id, kind)
            .from(Principal::User(self.credentials.user.clone()))
    }

    async fn send(&mut self, message: Message) -> Result<(), CliError> {
        self.client.send(message).await.map_err(|error| CliError::Wire(error.to_string()))
    }

    /// The next thing that is heard. May be cancelled without loss.
    pub(crate) async fn next(&mut self) -> Result<Heard, CliError> {
        match self.waiting.pop_front() {
            Some(message) => Ok(Heard::Message(message)),
            None => self.hear().await,
        }
    }

    async fn answer(&mut self, id: u64) -> Result<Box<Message>, CliError> {
        loop {
            match self.hear().await? {
                Heard::Message(message) if message.metadata.reply_to == Some(id) => {
                    return match message.metadata.kind {
                        MessageType::Reply => Ok(message),
                        _ => Err(failure(&message)),
                    };
                }
                Heard::Message(message) => self.waiting.push_back(message),
                Heard::Lost => return Err(CliError::Lost),
                Heard::Back => {}
            }
        }
    }

    async fn hear(&mut self) -> Result<Heard, CliError> {
        loop {
            let Some(event) = self.events.recv().await else {
                return Err(CliError::Wire("its thread has ended".to_owned()));
            };
            match event {
                Event::Message(message) => return Ok(Heard::Message(Box::new(message))),
                Event::Connected => {
                    self.give_up_at = None;
                    return Ok(Heard::Back);
                }
                Event::Lost => return Ok(Heard::Lost),
                Event::Unreachable { .. } => {
                    if self.give_up_at.is_some_and(|at| at <= Instant::now()) {
                        return Err(CliError::NotThere { address: self.address() });
                    }
                }
                Event::Refused { .. } => {
                    return Err(CliError::KeyRefused {
                        address: self.address(),
                        user: self.credentials.user.to_string(),
                        path: self.credentials.path.clone(),
                    });
                }
                Event::HandshakeFailed { .. } => {
                    return Err(CliError::OtherServer {
                        address: self.address(),
                        path: self.credentials.path.clone(),
                    });
                }
            }
        }
    }
}

/// How a user reaches one of the server's ports.
fn config(credentials: &Credentials, port: u16) -> Config {
    Config {
        host: credentials.server.server_host.clone(),
        pub_sub_port: None,
        receive_port: port,
        server_key: credentials.server_key,
        keys: credentials.keys.clone(),
        principal: Principal::User(credentials.user.clone()),
        heartbeat: HEARTBEAT,
        backoff: Backoff { first: Duration::from_millis(100), most: Duration::from_secs(2) },
    }
}

/// The document of a reply.
pub(crate) fn read<T: serde::de::DeserializeOwned>(message: &Message) -> Result<T, CliError> {
    message.document().map_err(|error| CliError::Nonsense(error.to_string()))
}

/// What a message that is no reply says went wrong.
pub(crate) fn failure(message: &Message) -> CliError {
    match message.metadata.kind {
        MessageType::Failure => match read::<Failure>(message) {
            Ok(failure) => CliError::Server(failure),
            Err(error) => error,
        },
        other => CliError::Nonsense(format!("{other:?} is no answer to a request")),
    }
}
