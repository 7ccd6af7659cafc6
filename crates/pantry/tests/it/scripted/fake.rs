//! A server that answers from a script, over the real wire.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use pantry_model::protocol::{Credit, Failure, Request, WatchEvent};
use pantry_model::{
    ApplicationName, CurveKeyPair, CurvePublicKey, Delivery, DeliveryState, Ending, ErrorCode,
    Identity, Job, JobId, Message, MessageType, Order, OutputStream, Principal, Stream, Target,
    Timestamp,
};
use pantry_wire::server::{self, Config, ConnectionId, Directory, Event, Limits, Server};
use serde_json::Value;

use super::process::Place;

/// What the server says to a request.
pub(crate) enum Answer {
    Reply(Value),
    Failure(ErrorCode, &'static str),
    /// A reply with a job, then events, as far as there is credit.
    Watch(Vec<(WatchEvent, Vec<u8>)>),
    /// As `Watch`; when credit is given back, the server goes away and comes back at the same ports.
    WatchAndRestart(Vec<(WatchEvent, Vec<u8>)>),
}

/// Decides on the command's name, its arguments and its payload.
pub(crate) trait Script: FnMut(&str, &Value, &[u8]) -> Answer + Send + 'static {}
impl<T: FnMut(&str, &Value, &[u8]) -> Answer + Send + 'static> Script for T {}

struct Keys(Mutex<HashMap<CurvePublicKey, Principal>>);

impl Directory for Keys {
    fn owner(&self, key: &CurvePublicKey) -> Option<Principal> {
        self.0.lock().unwrap().get(key).cloned()
    }
}

/// A request: the command's name, its arguments, and its payload.
pub(crate) type Asked = (String, Value, Vec<u8>);

/// The running server. It ends with the test.
pub(crate) struct Fake {
    pub(crate) receive_port: u16,
    pub(crate) server_key: CurvePublicKey,
    pub(crate) admin: CurveKeyPair,
    /// What was asked, in order.
    pub(crate) asked: Arc<Mutex<Vec<Asked>>>,
    _stop: tokio::sync::oneshot::Sender<()>,
}

impl Fake {
    pub(crate) fn start(script: impl Script) -> Self {
        let keys = pantry_wire::generate_key_pair();
        let admin = pantry_wire::generate_key_pair();
        let owners = HashMap::from([(admin.public, Principal::User("admin".parse().unwrap()))]);
        let directory = Arc::new(Keys(Mutex::new(owners)));
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let (ready, is_ready) = mpsc::channel();
        let (server_keys, asking) = (keys.clone(), Arc::clone(&asked));
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async move {
                tokio::select! {
                    () = serve(server_keys, directory, script, asking, ready) => {}
                    _ = stopped => {}
                }
            });
        });
        let receive_port = is_ready.recv_timeout(Duration::from_secs(20)).unwrap();
        Self { receive_port, server_key: keys.public, admin, asked, _stop: stop }
    }

    /// A place whose `.pantry/keys.yml` opens this server.
    pub(crate) fn place(&self) -> Place {
        let place = Place::new();
        place.write_secret(".pantry/keys.yml", &self.keys_yml(self.server_key, &self.admin));
        place
    }

    pub(crate) fn keys_yml(&self, server_key: CurvePublicKey, keys: &CurveKeyPair) -> String {
        format!(
            "user: admin\nserver: {{public_key: \"{server_key}\", receive_port: {}}}\n\
             curve: {{public_key: \"{}\", secret_key: \"{}\"}}\n",
            self.receive_port,
            keys.public,
            keys.secret.expose_text()
        )
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

/// A watch under way.
struct Watch {
    request: u64,
    to: ConnectionId,
    credit: u64,
    events: std::collections::VecDeque<(WatchEvent, Vec<u8>)>,
    then_restart: bool,
}

async fn serve(
    keys: CurveKeyPair,
    directory: Arc<Keys>,
    mut script: impl Script,
    asked: Arc<Mutex<Vec<Asked>>>,
    ready: mpsc::Sender<u16>,
) {
    let (mut pub_sub_port, mut receive_port) = (0, 0);
    loop {
        let config = Config {
            listen: "127.0.0.1".to_owned(),
            pub_sub_port: Some(pub_sub_port),
            receive_port,
            keys: keys.clone(),
            heartbeat: Duration::from_secs(5),
            limits: Limits::default(),
        };
        let (server, mut events) = server::bind(config, directory.clone()).unwrap();
        (pub_sub_port, receive_port) = (server.pub_sub_port().unwrap(), server.receive_port());
        let _ = ready.send(receive_port);
        let mut watches: Vec<Watch> = Vec::new();
        let mut restart = false;
        while !restart {
            let Some(event) = events.recv().await else { return };
            let Event::Message { connection, message, .. } = event else { continue };
            if message.metadata.kind == MessageType::Credit {
                let credit: Credit = message.document().unwrap();
                let watch = watches.iter_mut().find(|watch| watch.request == credit.watch);
                if let Some(watch) = watch {
                    watch.credit += credit.bytes;
                    send_events(&server, watch).await;
                    restart = watch.then_restart;
                }
                continue;
            }
            let request: Request = message.document().unwrap();
            let payload = message.payload().to_vec();
            let answer = script(&request.command, &request.arguments, &payload);
            asked.lock().unwrap().push((request.command, request.arguments.clone(), payload));
            let id = message.metadata.id;
            let (scripted, then_restart) = match answer {
                Answer::Reply(value) => {
                    answer_with(&server, &connection, id, MessageType::Reply, &value).await;
                    continue;
                }
                Answer::Failure(code, text) => {
                    let failure = Failure { code, message: text.to_owned() };
                    answer_with(&server, &connection, id, MessageType::Failure, &failure).await;
                    continue;
                }
                Answer::Watch(events) => (events, false),
                Answer::WatchAndRestart(events) => (events, true),
            };
            answer_with(&server, &connection, id, MessageType::Reply, &job()).await;
            let credit = request.arguments["credit"].as_u64().unwrap();
            let events = scripted.into();
            let mut watch = Watch { request: id, to: connection, credit, events, then_restart };
            send_events(&server, &mut watch).await;
            watches.push(watch);
        }
        server.close().await;
    }
}

async fn send_events(server: &Server, watch: &mut Watch) {
    while let Some((_, bytes)) = watch.events.front() {
        if bytes.len() as u64 > watch.credit {
            return;
        }
        let Some((event, bytes)) = watch.events.pop_front() else { return };
        watch.credit -= bytes.len() as u64;
        let mut message = Message::new(Stream::of_server(), 0, MessageType::Event)
            .reply_to(watch.request)
            .with(&event);
        if !bytes.is_empty() {
            message = message.with_bytes(bytes);
        }
        // Whoever asked may have had enough.
        if server.send(&watch.to, message).await.is_err() {
            return;
        }
    }
}

async fn answer_with(
    server: &Server,
    to: &ConnectionId,
    id: u64,
    kind: MessageType,
    document: &impl serde::Serialize,
) {
    let message = Message::new(Stream::of_server(), 0, kind).reply_to(id).with(document);
    server.send(to, message).await.unwrap();
}

/// The job that all scripts are about.
pub(crate) const JOB: &str = "0123456789abcdef";

pub(crate) fn job() -> Job {
    Job {
        id: JOB.parse::<JobId>().unwrap(),
        application: "shop".parse::<ApplicationName>().unwrap(),
        actor: Principal::User("admin".parse().unwrap()),
        target: Target::default(),
        order: Order {
            command: "exec".to_owned(),
            arguments: serde_json::json!({"program": "uptime", "arguments": []}),
            timeout: Duration::from_secs(60),
        },
        created_at: Timestamp(1_000_000),
        expires_at: Timestamp(4_600_000),
    }
}

/// The answer to the start of that job.
pub(crate) fn started(deliveries: u64) -> Answer {
    Answer::Reply(serde_json::json!([
        {"job": JOB, "application": "shop", "deliveries": deliveries}
    ]))
}

pub(crate) fn delivery(
    identity: &str,
    state: DeliveryState,
    online: bool,
    ending: Ending,
) -> (WatchEvent, Vec<u8>) {
    let mut delivery = Delivery::new(identity.parse().unwrap(), None, Timestamp(2_000_000));
    delivery.state = state;
    delivery.ending = ending;
    (WatchEvent::Delivery { delivery, online }, Vec::new())
}

pub(crate) fn output(
    identity: &str,
    first: u64,
    stream: OutputStream,
    bytes: &[u8],
) -> (WatchEvent, Vec<u8>) {
    let identity: Identity = identity.parse().unwrap();
    let chunks = bytes.chunks(32 * 1024).map(|chunk| (stream, chunk.len())).collect();
    (WatchEvent::Output { identity, first, chunks }, bytes.to_vec())
}

pub(crate) fn done() -> (WatchEvent, Vec<u8>) {
    (WatchEvent::Done, Vec::new())
}
