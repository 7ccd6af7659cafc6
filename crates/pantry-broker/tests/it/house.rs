//! A broker, and peers whose every word a test chooses.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::time::Duration;

use pantry_broker::{About, Broker, FileService, KnownKeys, Machines};
use pantry_model::commands::Command;
use pantry_model::commands::client::ClientCreate;
use pantry_model::protocol::{Deliver, Hello, Ready, Report, Reported, Reports, Request};
use pantry_model::{
    Clock, CurveKeyPair, CurvePublicKey, Delivery, Ending, EnvironmentName, Incarnation, JobId,
    MachineId, Message, MessageType, Order, Placement, Principal, Stream, Target, Timestamp,
};
use pantry_sign::SealKey;
use pantry_store::{Store, Write};
use pantry_testkit::contents::{self, TestContents};
use pantry_testkit::stores::{self, TestStore};
use pantry_usecases::first_start::FirstKeys;
use pantry_usecases::{
    Files, KeyRing, Links, NewApplication, NewJob, Random, UseCases, Workshop, first_start,
};
use pantry_wire::client::{Backoff, Client, Config, Event, Network};
use pantry_wire::files::FileClient;
use pantry_wire::{generate_key_pair, server};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(20);

/// How long the file service is waited for.
const SOON: Duration = Duration::from_secs(5);

/// A clock that the test sets.
pub(crate) struct TestClock(pub(crate) AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

struct Counter(AtomicU32);

impl Random for Counter {
    fn number(&self) -> u32 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// The most that a job may carry here, in bytes.
const BYTES_PER_JOB: u64 = 8 * 1024 * 1024;

/// A broker with the application `shop`, and one client in it: `web1`.
pub(crate) struct House {
    pub(crate) usecases: UseCases,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) admin: Principal,
    network: Network,
    wire: server::Server,
    pub(crate) file_wire: server::Server,
    broker: JoinHandle<()>,
    service: JoinHandle<()>,
    server_key: CurvePublicKey,
    admin_keys: CurveKeyPair,
    web1_keys: CurveKeyPair,
    pub(crate) files: Files,
    /// The directory is there as long as this is.
    _contents: TestContents,
    place: TestStore,
}

pub(crate) fn web1() -> MachineId {
    MachineId { application: "shop".parse().unwrap(), identity: "web1".parse().unwrap() }
}

impl House {
    pub(crate) async fn new() -> Self {
        let place = stores::open().await.unwrap();
        let store = Arc::clone(&place.store);
        let clock = Arc::new(TestClock(AtomicI64::new(1_000_000_000)));
        let (server_keys, admin_keys) = (generate_key_pair(), generate_key_pair());
        let public = admin_keys.public;
        let random = Arc::new(Counter(AtomicU32::new(0)));
        let first = FirstKeys {
            administrator: public,
            administrator_rsa: "no key".to_owned(),
            superuser_rsa: "no key".to_owned(),
            web_rsa: "no key".to_owned(),
        };
        first_start::create(store.as_ref(), clock.as_ref(), random.as_ref(), first).await.unwrap();
        let ring = Arc::new(KeyRing::load(store.as_ref()).await.unwrap());
        let server_key = server_keys.public;
        let config = server::Config {
            listen: "127.0.0.1".to_owned(),
            pub_sub_port: Some(0),
            receive_port: 0,
            keys: server_keys,
            heartbeat: Duration::from_secs(10),
            limits: server::Limits::default(),
        };
        let file_config = server::Config { pub_sub_port: None, ..config.clone() };
        let known = Arc::new(KnownKeys(ring.clone()));
        let (wire, events) = server::bind(config, known.clone()).unwrap();
        let (file_wire, file_events) = server::bind(file_config, known).unwrap();
        let machines = Machines::new(wire.clone(), file_wire.clone(), clock.clone());
        let machines = Arc::new(machines);
        let workshop = Workshop::start().unwrap();
        let contents = contents::open().unwrap();
        let links = Links::new(SealKey::new(&[1; 32]));
        let files = Files { blobs: Arc::clone(&contents.blobs), links };
        let usecases = UseCases::new(
            store.clone(),
            clock.clone(),
            random,
            ring,
            machines.clone(),
            workshop,
            files.clone(),
        );
        let about = About { version: "test".to_owned(), http: None };
        let broker = tokio::spawn(Broker::new(usecases.clone(), machines, about).run(events));
        let service = FileService::new(usecases.clone(), file_wire.clone(), None, BYTES_PER_JOB);
        let service = tokio::spawn(service.run(file_events));

        let admin: Principal = "u/admin".parse().unwrap();
        let caller = usecases.caller(&admin, None).await.unwrap();
        let new = NewApplication { name: web1().application, full_name: None };
        usecases.create_application(&caller, new).await.unwrap();
        let web1_keys = generate_key_pair();
        let placement =
            Placement { environment: EnvironmentName::default_name(), roles: Default::default() };
        let create = ClientCreate { machine: web1(), placement, key: web1_keys.public };
        usecases.create_machine(&admin, create).await.unwrap();
        let network = Network::start(16).unwrap();
        Self {
            usecases,
            store,
            clock,
            admin,
            network,
            wire,
            file_wire,
            broker,
            service,
            server_key,
            admin_keys,
            web1_keys,
            files,
            _contents: contents,
            place,
        }
    }

    /// Connects with web1's key, and says nothing yet.
    pub(crate) async fn connect_web1(&self) -> Peer {
        self.connect(Principal::Machine(web1()), self.web1_keys.clone()).await
    }

    /// web1 with this incarnation, let in.
    pub(crate) async fn web1(&self, incarnation: u64) -> Peer {
        let mut peer = self.connect_web1().await;
        peer.hello(1, incarnation, &[]).await;
        peer.ready(1).await;
        peer
    }

    /// Connects as the administrator.
    pub(crate) async fn connect_admin(&self) -> Peer {
        self.connect(self.admin.clone(), self.admin_keys.clone()).await
    }

    async fn connect(&self, principal: Principal, keys: CurveKeyPair) -> Peer {
        let mut peer = self.knock(principal, keys);
        while !matches!(peer.event().await, Event::Connected) {}
        peer
    }

    /// Tries to get in with a key that nobody has, until it is refused.
    pub(crate) async fn knock_with_an_unknown_key(&self, principal: Principal) {
        let mut peer = self.knock(principal, generate_key_pair());
        while !matches!(peer.event().await, Event::Refused { .. }) {}
    }

    fn knock(&self, principal: Principal, keys: CurveKeyPair) -> Peer {
        let config = Config {
            host: "127.0.0.1".to_owned(),
            // Users only send.
            pub_sub_port: self
                .wire
                .pub_sub_port()
                .filter(|_| matches!(principal, Principal::Machine(_))),
            receive_port: self.wire.receive_port(),
            server_key: self.server_key,
            keys,
            principal: principal.clone(),
            heartbeat: Duration::from_secs(5),
            backoff: Backoff::default(),
        };
        let (client, events) = self.network.connect(config).unwrap();
        Peer { client, events, principal, last_id: 0 }
    }

    /// web1's way to the file service, and the administrator's.
    pub(crate) fn web1_files(&self) -> FileClient {
        self.files_of(Principal::Machine(web1()), self.web1_keys.clone())
    }

    pub(crate) fn admin_files(&self) -> FileClient {
        self.files_of(self.admin.clone(), self.admin_keys.clone())
    }

    fn files_of(&self, principal: Principal, keys: CurveKeyPair) -> FileClient {
        FileClient::open(&self.network, self.file_config(principal, keys), SOON).unwrap()
    }

    fn file_config(&self, principal: Principal, keys: CurveKeyPair) -> Config {
        Config {
            host: "127.0.0.1".to_owned(),
            pub_sub_port: None,
            receive_port: self.file_wire.receive_port(),
            server_key: self.server_key,
            keys,
            principal,
            heartbeat: Duration::from_secs(5),
            backoff: Backoff { first: Duration::from_millis(50), most: Duration::from_millis(200) },
        }
    }

    /// web1 on the file service, to say what no agent says.
    pub(crate) async fn web1_at_files(&self) -> Peer {
        let principal = Principal::Machine(web1());
        let config = self.file_config(principal.clone(), self.web1_keys.clone());
        let (client, events) = self.network.connect(config).unwrap();
        let mut peer = Peer { client, events, principal, last_id: 0 };
        while !matches!(peer.event().await, Event::Connected) {}
        peer
    }

    /// Closes the sockets, waits until the broker has ended, and gives what it has left.
    pub(crate) async fn close(self) -> TestStore {
        self.wire.close().await;
        self.file_wire.close().await;
        self.broker.await.unwrap();
        self.service.await.unwrap();
        self.place
    }

    /// Starts a job for web1 with this time to live in milliseconds.
    pub(crate) async fn start_job(&self, time_to_live: u64) -> JobId {
        let new = job_for_web1(Duration::from_millis(time_to_live));
        self.usecases.start_job(&self.admin, new).await.unwrap()[0].job
    }

    /// The delivery of a job to web1, once it is as wanted.
    pub(crate) async fn delivery(
        &self,
        job: JobId,
        wanted: impl Fn(&Delivery) -> bool,
    ) -> Delivery {
        let look = async {
            loop {
                let found = self.store.delivery(job, &web1().identity).await.unwrap().unwrap();
                if wanted(&found) {
                    return found;
                }
                // A commit of nothing: the store's own queue lets time pass, and not a guess of it.
                self.store.commit(Write::new(None, Timestamp(0))).await.unwrap();
            }
        };
        match timeout(PATIENCE, look).await {
            Ok(found) => found,
            Err(_) => panic!("{:?}", self.store.delivery(job, &web1().identity).await),
        }
    }
}

/// A machine or a user that says what the test says.
pub(crate) struct Peer {
    client: Client,
    events: mpsc::Receiver<Event>,
    principal: Principal,
    last_id: u64,
}

impl Peer {
    pub(crate) async fn event(&mut self) -> Event {
        timeout(PATIENCE, self.events.recv()).await.expect("nothing is heard").expect("it ended")
    }

    /// From now on, claims to be somebody else.
    pub(crate) fn claim(&mut self, principal: Principal) {
        self.principal = principal;
    }

    /// The next message of this kind; what comes before it is passed over.
    pub(crate) async fn message(&mut self, kind: MessageType) -> Message {
        self.message_of(&[kind]).await
    }

    /// The next message of one of these kinds.
    pub(crate) async fn message_of(&mut self, kinds: &[MessageType]) -> Message {
        loop {
            match self.event().await {
                Event::Message(message) if kinds.contains(&message.metadata.kind) => {
                    return message;
                }
                Event::Lost => panic!("the connection was ended"),
                _ => {}
            }
        }
    }

    /// Waits until the server has ended the connection.
    pub(crate) async fn ended(&mut self) {
        while !matches!(self.event().await, Event::Lost) {}
    }

    pub(crate) async fn say<T: Serialize>(&mut self, kind: MessageType, document: &T) -> u64 {
        self.say_with(kind, document, Vec::new()).await
    }

    pub(crate) async fn say_with<T: Serialize>(
        &mut self,
        kind: MessageType,
        document: &T,
        bytes: Vec<u8>,
    ) -> u64 {
        self.answer(None, kind, document, bytes).await
    }

    /// Says something that belongs to a message, or to none.
    pub(crate) async fn answer<T: Serialize>(
        &mut self,
        to: Option<u64>,
        kind: MessageType,
        document: &T,
        bytes: Vec<u8>,
    ) -> u64 {
        self.last_id += 1;
        let stream = match &self.principal {
            Principal::Machine(machine) => Stream::of_machine(machine),
            Principal::User(_) => Stream::of_server(),
        };
        let mut message = Message::new(stream, self.last_id, kind)
            .with(document)
            .with_bytes(bytes)
            .from(self.principal.clone());
        message.metadata.reply_to = to;
        self.client.send(message).await.unwrap();
        self.last_id
    }

    pub(crate) async fn hello(&mut self, session: u64, incarnation: u64, open: &[JobId]) {
        let hello = Hello {
            session,
            incarnation: Incarnation(incarnation),
            version: "test".to_owned(),
            heartbeat: Duration::from_secs(30),
            open: open.to_vec(),
        };
        self.say(MessageType::Hello, &hello).await;
    }

    pub(crate) async fn ready(&mut self, session: u64) {
        while self.message(MessageType::Ready).await.document::<Ready>().unwrap().session != session
        {
        }
    }

    /// The next delivery.
    pub(crate) async fn delivered(&mut self) -> Deliver {
        self.message(MessageType::Deliver).await.document().unwrap()
    }

    pub(crate) async fn report(&mut self, job: JobId, what: Reported, ending: Ending) {
        let reports = vec![Report { job, what, ending }];
        self.say(MessageType::Reports, &Reports { reports }).await;
    }

    pub(crate) async fn request<C: Command>(&mut self, command: &C) -> u64 {
        let arguments = serde_json::to_value(command).unwrap();
        let request = Request { command: C::NAME.to_owned(), arguments };
        self.say(MessageType::Request, &request).await
    }
}

/// A job for web1 with this time to live, and a timeout of a minute.
pub(crate) fn job_for_web1(time_to_live: Duration) -> NewJob {
    let order = Order {
        command: "exec".to_owned(),
        arguments: serde_json::json!({"program": "true"}),
        timeout: Duration::from_secs(60),
    };
    let (application, target) = (Some(web1().application), Target::default());
    NewJob { application, target, order, payload: b"input".to_vec(), time_to_live, staged: None }
}
