//! A real Pantry in the test's own process, with the application `shop`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use async_trait::async_trait;
use pantry_http::{Config, bind};
use pantry_http_client::{ChefClient, ServerUrl};
use pantry_model::{
    ApplicationName, Clock, CurvePublicKey, Delivery, Job, MachineId, Principal, Timestamp,
};
use pantry_sign::{SealKey, Version};
use pantry_testkit::contents::{self, TestContents};
use pantry_testkit::stores::{self, TestStore};
use pantry_usecases::first_start::{self, FirstKeys};
use pantry_usecases::{
    Files, Fleet, KeyRing, Links, NewApplication, Presence, Random, UseCases, Workshop,
};

use crate::clock::{KEY, NOW, asking};

/// The server's clock, in milliseconds.
struct ItsClock(AtomicI64);

impl Clock for ItsClock {
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

/// The server. It ends with the test.
pub(crate) struct Pantry {
    address: SocketAddr,
    clock: Arc<ItsClock>,
    _place: TestStore,
    _contents: TestContents,
}

impl Pantry {
    pub(crate) async fn start() -> Self {
        let place = stores::open().await.unwrap();
        let store = Arc::clone(&place.store);
        let clock = Arc::new(ItsClock(AtomicI64::new(NOW * 1000)));
        let random = Arc::new(Counter(AtomicU32::new(0)));
        let first = FirstKeys {
            administrator: CurvePublicKey::from_bytes([255; 32]),
            administrator_rsa: KEY.public_key().to_pem(),
            superuser_rsa: KEY.public_key().to_pem(),
            web_rsa: KEY.public_key().to_pem(),
        };
        first_start::create(store.as_ref(), clock.as_ref(), random.as_ref(), first).await.unwrap();
        let keys = Arc::new(KeyRing::load(store.as_ref()).await.unwrap());
        let (fleet, workshop) = (Arc::new(NoFleet), Workshop::start().unwrap());
        let contents = contents::open().unwrap();
        let links = Links::new(SealKey::new(&[1; 32]));
        let files = Files { blobs: Arc::clone(&contents.blobs), links };
        let usecases = UseCases::new(store, clock.clone(), random, keys, fleet, workshop, files);
        let admin = usecases.caller(&"u/admin".parse().unwrap(), None).await.unwrap();
        let shop = NewApplication { name: "shop".parse().unwrap(), full_name: None };
        usecases.create_application(&admin, shop).await.unwrap();
        let server = bind(Config::on("127.0.0.1:0".parse().unwrap()), usecases).unwrap();
        let address = server.local_addr();
        tokio::spawn(server.run(std::future::pending()));
        Self { address, clock, _place: place, _contents: contents }
    }

    pub(crate) fn set_clock(&self, seconds: i64) {
        self.clock.0.store(seconds * 1000, Ordering::SeqCst);
    }

    /// Somebody who asks it.
    pub(crate) fn asked_by(&self, name: &str, protocol: Option<Version>) -> ChefClient {
        let url = ServerUrl::new(false, "127.0.0.1", self.address.port());
        asking(name, &url, protocol)
    }
}
