//! A server for a test: on a port of its own, over a fresh store, with a clock that the test sets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use async_trait::async_trait;
use pantry_http::{Config, Limits, StatsPassword, bind};
use pantry_model::{
    ApplicationName, Clock, CurvePublicKey, Delivery, Job, MachineId, Principal, Timestamp,
};
use pantry_sign::{SealKey, Version};
use pantry_store::Store;
use pantry_testkit::contents::{self, TestContents};
use pantry_testkit::stores::{self, TestStore};
use pantry_usecases::first_start::{self, FirstKeys};
use pantry_usecases::{
    Files, Fleet, KeyRing, Links, NewApplication, Presence, Random, UseCases, Workshop,
};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::client::{Connection, Reply};
use crate::people::{self, OWN_KEY, Signed, Signer, WEB_KEY};

/// When it is, in seconds, until a test says otherwise.
pub(crate) const NOW: i64 = 1_795_244_400;

/// The password of `/_stats`.
pub(crate) const STATS_PASSWORD: &str = "a good one";

struct TestClock(AtomicI64);

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

struct NoFleet;

#[async_trait]
impl Fleet for NoFleet {
    fn presence(&self, _machine: &MachineId) -> Option<Presence> {
        None
    }
    fn online(&self, _application: &ApplicationName) -> u64 {
        0
    }
    async fn send_out(&self, _job: &Job, _payload: Vec<u8>, _deliveries: &[Delivery]) {}
    async fn take_up(&self, _job: &Job, _payload: Vec<u8>, _deliveries: Vec<Delivery>) {}
    async fn part_with(&self, _principals: &[Principal]) {}
}

pub(crate) struct House {
    pub(crate) address: SocketAddr,
    pub(crate) store: Arc<dyn Store>,
    clock: Arc<TestClock>,
    end: Option<oneshot::Sender<()>>,
    running: JoinHandle<()>,
    pub(crate) contents: TestContents,
    _place: TestStore,
}

impl House {
    /// A server with all defaults.
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// A server with these limits.
    pub(crate) async fn limited(change: impl FnOnce(&mut Limits)) -> Self {
        Self::with(|config| change(&mut config.limits)).await
    }

    /// A server that is configured like this.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let place = stores::open().await.unwrap();
        let store = Arc::clone(&place.store);
        let clock = Arc::new(TestClock(AtomicI64::new(NOW * 1000)));
        let random = Arc::new(Counter(AtomicU32::new(0)));
        let first = FirstKeys {
            administrator: CurvePublicKey::from_bytes([255; 32]),
            administrator_rsa: OWN_KEY.public_key().to_pem(),
            superuser_rsa: OWN_KEY.public_key().to_pem(),
            web_rsa: WEB_KEY.public_key().to_pem(),
        };
        first_start::create(store.as_ref(), clock.as_ref(), random.as_ref(), first).await.unwrap();
        let keys = Arc::new(KeyRing::load(store.as_ref()).await.unwrap());
        let contents = contents::open().unwrap();
        let links = Links::new(SealKey::new(&[1; 32]));
        let files = Files { blobs: Arc::clone(&contents.blobs), links };
        let usecases = UseCases::new(
            Arc::clone(&store),
            clock.clone(),
            random,
            keys,
            Arc::new(NoFleet),
            Workshop::start().unwrap(),
            files,
        );
        let admin = usecases.caller(&"u/admin".parse().unwrap(), None).await.unwrap();
        let shop = NewApplication { name: "shop".parse().unwrap(), full_name: None };
        usecases.create_application(&admin, shop).await.unwrap();
        people::move_in(store.as_ref()).await;

        let mut config = Config::on("127.0.0.1:0".parse().unwrap());
        config.web_key = Some(WEB_KEY.public_key().clone());
        config.stats_password = Some(StatsPassword::new(STATS_PASSWORD.to_owned()));
        change(&mut config);
        let server = bind(config, usecases).unwrap();
        let address = server.local_addr();
        let (end, ended) = oneshot::channel();
        let running = tokio::spawn(server.run(async {
            let _ = ended.await;
        }));
        Self { address, store, clock, end: Some(end), running, contents, _place: place }
    }

    pub(crate) fn set_clock(&self, seconds: i64) {
        self.clock.0.store(seconds * 1000, Ordering::SeqCst);
    }

    /// Tells the server to end.
    pub(crate) fn end(&mut self) {
        self.end.take().unwrap().send(()).unwrap();
    }

    /// Waits until it has ended.
    pub(crate) async fn ended(self) {
        tokio::time::timeout(crate::client::DEADLINE, self.running).await.unwrap().unwrap();
    }

    pub(crate) async fn connect(&self) -> Connection<tokio::net::TcpStream> {
        Connection::open(self.address).await
    }

    /// The answer to one request on a connection of its own.
    pub(crate) async fn ask(&self, ask: Ask<'_>) -> Reply {
        let mut connection = self.connect().await;
        connection.send(ask.bytes()).await;
        connection.reply_to(ask.method).await
    }

    /// The answer to an unsigned GET.
    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.ask(Ask::new("GET", path)).await
    }
}

/// A request that is to be made.
#[derive(Clone)]
pub(crate) struct Ask<'a> {
    pub(crate) method: &'a str,
    pub(crate) path: &'a str,
    /// What is signed, if it is another path.
    pub(crate) signed_path: Option<&'a str>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: &'a [u8],
    signer: Option<Signer<'a>>,
}

impl<'a> Ask<'a> {
    pub(crate) fn new(method: &'a str, path: &'a str) -> Self {
        Self { method, path, signed_path: None, headers: Vec::new(), body: b"", signer: None }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn body(mut self, body: &'a [u8]) -> Self {
        self.body = body;
        self
    }

    /// Signed by one who has the key that most have, in protocol 1.3.
    pub(crate) fn by(self, name: &'a str) -> Self {
        self.signed(Signer { name, key: &OWN_KEY, version: Version::V1_3, at: NOW })
    }

    pub(crate) fn signed(mut self, signer: Signer<'a>) -> Self {
        self.signer = Some(signer);
        self
    }

    pub(crate) fn signing(mut self, path: &'a str) -> Self {
        self.signed_path = Some(path);
        self
    }

    /// As it is sent.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let Self { method, path, .. } = self;
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: pantry.example\r\n");
        let mut add = |name: &str, value: &str| head.push_str(&format!("{name}: {value}\r\n"));
        let says = |wanted: &str| self.headers.iter().find(|(name, _)| name == wanted);
        if let Some(signer) = &self.signer {
            let api_version = says("X-Ops-Server-API-Version").map(|(_, value)| value.parse());
            let signed = Signed {
                method,
                path: self.signed_path.unwrap_or(path),
                body: self.body,
                api_version: api_version.and_then(Result::ok).unwrap_or(0),
            };
            for (name, value) in signer.headers(signed) {
                if says(&name).is_none() {
                    add(&name, &value);
                }
            }
        }
        // An empty value leaves the header out.
        for (name, value) in self.headers.iter().filter(|(_, value)| !value.is_empty()) {
            add(name, value);
        }
        if !self.body.is_empty() || matches!(*method, "POST" | "PUT") {
            add("Content-Length", &self.body.len().to_string());
        }
        head.push_str("\r\n");
        [head.as_bytes(), self.body].concat()
    }
}
