//! Clients by the thousand in one process: they speak the protocol as an agent does, and answer
//! `echo`, but keep nothing on disk. Files that are pushed to them they fetch, and throw away.

use std::io;
use std::sync::{Arc, Weak};
use std::time::Duration;

use async_trait::async_trait;
use pantry_model::commands::echo::Echo;
use pantry_model::commands::file::FilePush;
use pantry_model::protocol::files::Source;
use pantry_model::protocol::{Deliver, Hello, OutputChunks, Report, Reported, Reports};
use pantry_model::tree::Tree;
use pantry_model::{
    CurveKeyPair, CurvePublicKey, Ending, Incarnation, MachineId, Message, MessageType,
    OutputStream, Principal, Stream,
};
use pantry_wire::client::{Backoff, Client, Config, Event, Network, StartError};
use pantry_wire::files::{FileClient, Sink};
use tokio::sync::mpsc;

/// Where the server is.
#[derive(Clone, Debug)]
pub struct Server {
    /// Its host.
    pub host: String,
    /// Where it publishes.
    pub pub_sub_port: u16,
    /// Where it receives.
    pub receive_port: u16,
    /// Where its file service is.
    pub file_service_port: u16,
    /// Its public key.
    pub key: CurvePublicKey,
}

/// What a simulated client tells whoever started it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// Its connections are made and its hello is said.
    Connected,
    /// Its streams are granted.
    Ready,
    /// It has answered a delivery.
    Answered,
}

/// How long a simulated client waits for the file service.
const FILES_PATIENCE: Duration = Duration::from_secs(60);

/// How often a simulated client says that it is there.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// Starts a client on a network that it may share with thousands. It ends with the network.
pub fn start(
    network: &Arc<Network>,
    server: &Server,
    machine: MachineId,
    keys: CurveKeyPair,
    news: mpsc::UnboundedSender<News>,
) -> Result<(), StartError> {
    let principal = Principal::Machine(machine.clone());
    let config = Config {
        host: server.host.clone(),
        pub_sub_port: Some(server.pub_sub_port),
        receive_port: server.receive_port,
        server_key: server.key,
        keys,
        principal: principal.clone(),
        heartbeat: HEARTBEAT,
        backoff: Backoff::default(),
    };
    let network_of = Arc::downgrade(network);
    let files = Config { receive_port: server.file_service_port, ..config.clone() };
    let files = (network_of, files);
    let (client, events) = network.connect(config)?;
    // Any number will do, as long as it is this machine's own.
    let incarnation = Incarnation(
        machine
            .to_string()
            .bytes()
            .fold(7, |sum, byte| u64::wrapping_add(u64::wrapping_mul(sum, 31), u64::from(byte))),
    );
    let simulated =
        Simulated { client, machine, principal, incarnation, news, files, session: 0, last_id: 0 };
    tokio::spawn(simulated.run(events));
    Ok(())
}

struct Simulated {
    client: Client,
    machine: MachineId,
    principal: Principal,
    incarnation: Incarnation,
    news: mpsc::UnboundedSender<News>,
    /// How it reaches the file service.
    files: (Weak<Network>, Config),
    session: u64,
    last_id: u64,
}

impl Simulated {
    async fn run(mut self, mut events: mpsc::Receiver<Event>) {
        let mut heartbeats = tokio::time::interval(HEARTBEAT);
        loop {
            tokio::select! {
                event = events.recv() => match event {
                    Some(Event::Connected) => {
                        self.session += 1;
                        self.hello().await;
                        self.tell(News::Connected);
                    }
                    Some(Event::Message(message)) => self.hear(&message).await,
                    Some(_) => {}
                    None => return,
                },
                _ = heartbeats.tick() => {
                    if self.session > 0 {
                        let message = self.message(MessageType::Heartbeat);
                        self.say(message).await;
                    }
                }
            }
        }
    }

    async fn hello(&mut self) {
        let hello = Hello {
            session: self.session,
            incarnation: self.incarnation,
            version: "simulated".to_owned(),
            heartbeat: HEARTBEAT,
            open: Vec::new(),
        };
        let message = self.message(MessageType::Hello).with(&hello);
        self.say(message).await;
    }

    async fn hear(&mut self, message: &Message) {
        match message.metadata.kind {
            MessageType::Ready => self.tell(News::Ready),
            MessageType::Unwelcome => self.hello().await,
            MessageType::Deliver => {
                let Ok(deliver) = message.document::<Deliver>() else { return };
                let text = match serde_json::from_value(deliver.order.arguments.clone()) {
                    Ok(push) => self.fetch(&push, &deliver).await,
                    Err(_) => {
                        let echo = serde_json::from_value(deliver.order.arguments.clone());
                        Ok(echo.map_or_else(|_| String::new(), |Echo { text }| text))
                    }
                };
                self.answer(&deliver, text).await;
                self.tell(News::Answered);
            }
            _ => {}
        }
    }

    /// Fetches what is pushed to it.
    async fn fetch(&self, push: &FilePush, deliver: &Deliver) -> Result<String, String> {
        let (network, config) = &self.files;
        let network = network.upgrade().ok_or("the network has ended")?;
        let client = FileClient::open(&network, config.clone(), FILES_PATIENCE);
        let client = client.map_err(|error| error.to_string())?;
        let (from, mut tree) = (Source::Job(deliver.job), Kept::default());
        let document = [(push.tree, push.tree_size)];
        let fetched = client.fetch(from.clone(), &document, &mut tree).await;
        fetched.map_err(|error| error.to_string())?;
        let tree = Tree::read(&tree.0).map_err(|error| error.to_string())?;
        let contents: Vec<_> = tree.contents().collect();
        let mut bytes = Counted::default();
        let fetched = client.fetch(from, &contents, &mut bytes).await;
        fetched.map_err(|error| error.to_string())?;
        Ok(format!("{} bytes", bytes.0))
    }

    async fn answer(&mut self, deliver: &Deliver, text: Result<String, String>) {
        let (what, text) = match text {
            Ok(text) => (Reported::Succeeded, text),
            Err(text) => (Reported::Failed, text),
        };
        let bytes = format!("{text}\n").into_bytes();
        let job = deliver.job;
        let chunks = vec![(OutputStream::Stdout, bytes.len())];
        let ending = Ending {
            exit_code: Some(0),
            output_bytes: bytes.len() as u64,
            output_chunks: 1,
            ..Ending::default()
        };
        let output = OutputChunks { job, first: 0, chunks };
        let message = self.message(MessageType::Output).with(&output).with_bytes(bytes);
        self.say(message).await;
        let reports = Reports { reports: vec![Report { job, what, ending }] };
        let message = self.message(MessageType::Reports).with(&reports);
        self.say(message).await;
    }

    fn message(&mut self, kind: MessageType) -> Message {
        self.last_id += 1;
        let stream = Stream::of_machine(&self.machine);
        Message::new(stream, self.last_id, kind).from(self.principal.clone())
    }

    async fn say(&self, message: Message) {
        // A connection that is lost is made again, and then everything begins anew.
        drop(self.client.send(message).await);
    }

    fn tell(&self, news: News) {
        // Whoever does not listen any more does not want to know.
        let _ = self.news.send(news);
    }
}

/// A content that is kept in memory.
#[derive(Default)]
struct Kept(Vec<u8>);

#[async_trait]
impl Sink for Kept {
    async fn from(&mut self, _: usize) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }

    async fn take(&mut self, _: usize, _: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.extend(bytes);
        Ok(())
    }
}

/// Contents that are thrown away, and counted.
#[derive(Default)]
struct Counted(u64);

#[async_trait]
impl Sink for Counted {
    async fn from(&mut self, _: usize) -> io::Result<u64> {
        Ok(0)
    }

    async fn take(&mut self, _: usize, _: u64, bytes: &[u8]) -> io::Result<()> {
        self.0 += bytes.len() as u64;
        Ok(())
    }
}
