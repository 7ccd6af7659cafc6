//! Clients by the thousand in one process: they speak the protocol as an agent does, and answer
//! `echo`, but keep nothing on disk.

use std::time::Duration;

use pantry_model::commands::echo::Echo;
use pantry_model::protocol::{Deliver, Hello, OutputChunks, Report, Reported, Reports};
use pantry_model::{
    CurveKeyPair, CurvePublicKey, Ending, Incarnation, MachineId, Message, MessageType,
    OutputStream, Principal, Stream,
};
use pantry_wire::client::{Backoff, Client, Config, Event, Network, StartError};
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

/// How often a simulated client says that it is there.
const HEARTBEAT: Duration = Duration::from_secs(30);

/// Starts a client on a network that it may share with thousands. It ends with the network.
pub fn start(
    network: &Network,
    server: &Server,
    machine: MachineId,
    keys: CurveKeyPair,
    news: mpsc::UnboundedSender<News>,
) -> Result<(), StartError> {
    let principal = Principal::Machine(machine.clone());
    let (client, events) = network.connect(Config {
        host: server.host.clone(),
        pub_sub_port: Some(server.pub_sub_port),
        receive_port: server.receive_port,
        server_key: server.key,
        keys,
        principal: principal.clone(),
        heartbeat: HEARTBEAT,
        backoff: Backoff::default(),
    })?;
    // Any number will do, as long as it is this machine's own.
    let incarnation = Incarnation(
        machine
            .to_string()
            .bytes()
            .fold(7, |sum, byte| u64::wrapping_add(u64::wrapping_mul(sum, 31), u64::from(byte))),
    );
    let simulated =
        Simulated { client, machine, principal, incarnation, news, session: 0, last_id: 0 };
    tokio::spawn(simulated.run(events));
    Ok(())
}

struct Simulated {
    client: Client,
    machine: MachineId,
    principal: Principal,
    incarnation: Incarnation,
    news: mpsc::UnboundedSender<News>,
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
                self.answer(&deliver).await;
                self.tell(News::Answered);
            }
            _ => {}
        }
    }

    async fn answer(&mut self, deliver: &Deliver) {
        let text = serde_json::from_value(deliver.order.arguments.clone());
        let text = text.map_or_else(|_| String::new(), |Echo { text }| text);
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
        let reports = Reports { reports: vec![Report { job, what: Reported::Succeeded, ending }] };
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
