//! A small broker: it lets machines in, delivers, and keeps what it is told.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pantry_model::protocol::{
    Deliver, Hello, OutputChunks, Ready, Recorded, Report, Reported, Reports, Unwelcome,
    UnwelcomeReason,
};
use pantry_model::{
    CurveKeyPair, CurvePublicKey, JobId, MachineId, Message, MessageType, Order, OutputStream,
    Principal, Stream, Timestamp,
};
use pantry_wire::server::{self, ConnectionId, Directory, Event, Server};
use tokio::sync::mpsc;

/// Longer than anything here takes; waiting for it is a failure.
pub(crate) const DEADLINE: Duration = Duration::from_secs(60);

#[derive(Default)]
pub(crate) struct Keys(Mutex<HashMap<CurvePublicKey, Principal>>);

impl Keys {
    pub(crate) fn admit(&self, key: CurvePublicKey, machine: &MachineId) {
        self.0.lock().unwrap().insert(key, Principal::Machine(machine.clone()));
    }
}

impl Directory for Keys {
    fn owner(&self, key: &CurvePublicKey) -> Option<Principal> {
        self.0.lock().unwrap().get(key).cloned()
    }
}

/// What the broker heard of one job.
#[derive(Default)]
pub(crate) struct Heard {
    /// Every report, in order, each as often as it came.
    pub(crate) reports: Vec<Report>,
    /// The output, in order and without gaps.
    pub(crate) output: Vec<(OutputStream, Vec<u8>)>,
    /// Every output message: its first chunk, and its bytes.
    pub(crate) messages: Vec<(u64, usize)>,
}

impl Heard {
    /// The report that says how it ended.
    pub(crate) fn end(&self) -> Option<&Report> {
        let is_end =
            |report: &&Report| !matches!(report.what, Reported::Accepted | Reported::Started);
        self.reports.iter().find(is_end)
    }

    pub(crate) fn text(&self, stream: OutputStream) -> String {
        let pieces = self.output.iter().filter(|(from, _)| *from == stream);
        let bytes: Vec<u8> = pieces.flat_map(|(_, bytes)| bytes).copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

pub(crate) struct Broker {
    pub(crate) server: Server,
    events: mpsc::Receiver<Event>,
    pub(crate) keys: Arc<Keys>,
    pub(crate) curve: CurveKeyPair,
    pub(crate) machine: MachineId,
    /// Every hello.
    pub(crate) hellos: Vec<Hello>,
    pub(crate) heard: BTreeMap<JobId, Heard>,
    /// Whether it answers hellos with ready, or says that the name is taken.
    pub(crate) welcomes: bool,
    /// Whether it says what it has recorded.
    pub(crate) records: bool,
    /// Output messages that are lost on the way, by their place among all of them.
    pub(crate) loses: Vec<usize>,
    output_messages: usize,
    pub(crate) heartbeats: usize,
    connection: Option<ConnectionId>,
    last_id: u64,
    /// Every event, for whoever looks into a failure.
    log: Vec<String>,
}

fn config(keys: &CurveKeyPair, ports: (u16, u16)) -> server::Config {
    server::Config {
        listen: "127.0.0.1".to_owned(),
        pub_sub_port: Some(ports.0),
        receive_port: ports.1,
        keys: keys.clone(),
        heartbeat: Duration::from_secs(5),
        limits: server::Limits::default(),
    }
}

impl Broker {
    pub(crate) fn start(machine: &MachineId) -> Self {
        let curve = pantry_wire::generate_key_pair();
        let keys = Arc::new(Keys::default());
        let (server, events) = server::bind(config(&curve, (0, 0)), keys.clone()).unwrap();
        Self {
            server,
            events,
            keys,
            curve,
            machine: machine.clone(),
            hellos: Vec::new(),
            heard: BTreeMap::new(),
            welcomes: true,
            records: true,
            loses: Vec::new(),
            output_messages: 0,
            heartbeats: 0,
            connection: None,
            last_id: 0,
            log: Vec::new(),
        }
    }

    /// Ends as a server that is stopped, and starts again on the same ports.
    pub(crate) async fn restart(&mut self) {
        let ports = (self.server.pub_sub_port().unwrap(), self.server.receive_port());
        self.server.clone().close().await;
        let (server, events) = server::bind(config(&self.curve, ports), self.keys.clone()).unwrap();
        (self.server, self.events, self.connection) = (server, events, None);
    }

    pub(crate) fn job(&self, number: u32) -> JobId {
        JobId::new(Timestamp(1_700_000_000_000), number)
    }

    pub(crate) async fn deliver(&mut self, deliver: &Deliver, payload: &[u8]) {
        let message = self.message(MessageType::Deliver).with(deliver);
        let message = match payload.is_empty() {
            true => message,
            false => message.with_bytes(payload.to_vec()),
        };
        self.server.publish(message).await.unwrap();
    }

    /// A delivery of this command to whoever said hello last.
    pub(crate) fn delivery(
        &self,
        number: u32,
        command: &str,
        arguments: serde_json::Value,
    ) -> Deliver {
        Deliver {
            job: self.job(number),
            incarnation: self.hellos.last().unwrap().incarnation,
            order: Order {
                command: command.to_owned(),
                arguments,
                timeout: Duration::from_secs(50),
            },
            time_to_live: Duration::from_secs(600),
        }
    }

    /// A delivery of a shell script.
    pub(crate) fn shell(&self, number: u32, script: &str) -> Deliver {
        let arguments = serde_json::json!({ "program": "sh", "arguments": ["-c", script] });
        self.delivery(number, "exec", arguments)
    }

    /// Delivers, and waits for the end to be recorded with all output.
    pub(crate) async fn carry_out(&mut self, deliver: &Deliver, payload: &[u8]) -> &Heard {
        self.deliver(deliver, payload).await;
        self.over(deliver.job).await
    }

    /// Waits for the end of a job and all its output.
    pub(crate) async fn over(&mut self, job: JobId) -> &Heard {
        self.until(|broker| {
            let Some(heard) = broker.heard.get(&job) else { return false };
            heard.end().is_some_and(|end| end.ending.output_chunks == heard.output.len() as u64)
        })
        .await;
        &self.heard[&job]
    }

    /// Waits for this report.
    pub(crate) async fn reported(&mut self, job: JobId, what: Reported) {
        self.until(|broker| {
            broker.heard.get(&job).is_some_and(|heard| heard.reports.iter().any(|r| r.what == what))
        })
        .await;
    }

    /// Hears what comes until something is so.
    pub(crate) async fn until(&mut self, is_so: impl Fn(&Self) -> bool) {
        let wait = async {
            while !is_so(self) {
                let event = self.events.recv().await.unwrap();
                self.hear(event).await;
            }
        };
        if tokio::time::timeout(DEADLINE, wait).await.is_err() {
            println!("{:#?}", self.log);
            let heard = self.heard.values().map(|heard| (&heard.reports, heard.output.len()));
            panic!("not in time; heard {:#?}", heard.collect::<Vec<_>>());
        }
    }

    /// Says what it has of a job's output.
    pub(crate) async fn record_output(&mut self, job: JobId) {
        let have = self.heard[&job].output.len() as u64;
        self.recorded(Recorded { reports: vec![], output: vec![(job, have)] }).await;
    }

    fn message(&mut self, kind: MessageType) -> Message {
        self.last_id += 1;
        Message::new(Stream::of_machine(&self.machine), self.last_id, kind)
    }

    async fn recorded(&mut self, recorded: Recorded) {
        let message = self.message(MessageType::Recorded).with(&recorded);
        // A connection that is gone says hello again.
        let _ = self.server.send(&self.connection.unwrap(), message).await;
    }

    async fn hear(&mut self, event: Event) {
        self.log.push(format!("{event:?}"));
        let Event::Message { connection, message, .. } = event else { return };
        self.connection = Some(connection);
        match message.metadata.kind {
            MessageType::Hello => {
                let hello: Hello = message.document().unwrap();
                let session = hello.session;
                self.hellos.push(hello);
                let answer = match self.welcomes {
                    true => self.message(MessageType::Ready).with(&Ready { session }),
                    false => {
                        let reason = UnwelcomeReason::IdentityInUse;
                        let unwelcome = Unwelcome { session: Some(session), reason };
                        self.message(MessageType::Unwelcome).with(&unwelcome)
                    }
                };
                self.server.publish(answer).await.unwrap();
            }
            MessageType::Heartbeat => self.heartbeats += 1,
            MessageType::Reports => {
                let reports: Reports = message.document().unwrap();
                let mut recorded = Recorded::default();
                for report in reports.reports {
                    recorded.reports.push((report.job, report.what));
                    self.heard.entry(report.job).or_default().reports.push(report);
                }
                if self.records {
                    self.recorded(recorded).await;
                }
            }
            MessageType::Output => {
                self.output_messages += 1;
                if self.loses.contains(&self.output_messages) {
                    return;
                }
                let chunks: OutputChunks = message.document().unwrap();
                let heard = self.heard.entry(chunks.job).or_default();
                heard.messages.push((chunks.first, message.payload().len()));
                let mut bytes = message.payload();
                for (sequence, (stream, size)) in (chunks.first..).zip(&chunks.chunks) {
                    let (piece, rest) = bytes.split_at(*size);
                    bytes = rest;
                    if sequence == heard.output.len() as u64 {
                        heard.output.push((*stream, piece.to_vec()));
                    }
                }
                assert!(bytes.is_empty());
                if self.records {
                    self.record_output(chunks.job).await;
                }
            }
            other => panic!("a machine does not say {other:?}"),
        }
    }
}
