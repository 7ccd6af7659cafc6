//! A house for a test: the use cases on a fresh store, on whichever backend the tests run, a clock
//! that the test sets, and a fleet that notes what it is told.

use std::collections::HashMap;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use pantry_model::commands::client::ClientCreate;
use pantry_model::{
    ApplicationName, Clock, CurvePublicKey, Delivery, Error, Incarnation, Job, JobId, MachineId,
    Order, Placement, Principal, Target, Timestamp,
};
use pantry_sign::SealKey;
use pantry_store::Store;
use pantry_testkit::contents::{self, TestContents};
use pantry_testkit::stores::{self, TestStore};
use pantry_usecases::first_start::{self, FirstKeys};
use pantry_usecases::{
    Files, Fleet, KeyRing, Links, NewApplication, NewJob, Presence, Random, UseCases, Workshop,
};

pub(crate) struct TestClock(AtomicI64);

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.fetch_add(1, Ordering::SeqCst))
    }
}

struct Counter(AtomicU32);

impl Random for Counter {
    fn number(&self) -> u32 {
        self.0.fetch_add(1, Ordering::SeqCst)
    }
}

/// What the machines' side was told.
#[derive(Default)]
pub(crate) struct NotedFleet {
    pub(crate) here: Mutex<HashMap<MachineId, Incarnation>>,
    pub(crate) sent: Mutex<Vec<(JobId, Vec<Delivery>)>>,
    pub(crate) parted: Mutex<Vec<Principal>>,
}

#[async_trait]
impl Fleet for NotedFleet {
    fn presence(&self, machine: &MachineId) -> Option<Presence> {
        self.here.lock().unwrap().get(machine).map(|&incarnation| Presence {
            incarnation,
            address: "127.0.0.1".to_owned(),
            version: "1".to_owned(),
        })
    }

    fn online(&self, application: &ApplicationName) -> u64 {
        let here = self.here.lock().unwrap();
        here.keys().filter(|machine| machine.application == *application).count() as u64
    }

    async fn send_out(&self, job: &Job, _payload: Vec<u8>, deliveries: &[Delivery]) {
        self.sent.lock().unwrap().push((job.id, deliveries.to_vec()));
    }

    async fn take_up(&self, job: &Job, _payload: Vec<u8>, deliveries: Vec<Delivery>) {
        self.sent.lock().unwrap().push((job.id, deliveries));
    }

    async fn part_with(&self, principals: &[Principal]) {
        self.parted.lock().unwrap().extend(principals.iter().cloned());
    }
}

/// What stands for keys that no test signs with.
const RSA: &str = "no key";

pub(crate) struct House {
    pub(crate) usecases: UseCases,
    pub(crate) fleet: Arc<NotedFleet>,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) admin: Principal,
    pub(crate) outsider: Principal,
    /// The same for all use cases, so that no id is given twice.
    random: Arc<Counter>,
    /// Where contents are, and how links are made.
    pub(crate) files: Files,
    pub(crate) contents: TestContents,
    _place: Option<TestStore>,
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::over(|store| store).await
    }

    /// A house on a store that is put around the real one.
    pub(crate) async fn over(around: impl FnOnce(Arc<dyn Store>) -> Arc<dyn Store>) -> Self {
        let place = stores::open().await.unwrap();
        let house = Self::on(around(Arc::clone(&place.store))).await;
        Self { _place: Some(place), ..house }
    }

    /// A house on this store, which a test keeps as long as it needs it.
    pub(crate) async fn on(store: Arc<dyn Store>) -> Self {
        let keys = Arc::new(KeyRing::load(store.as_ref()).await.unwrap());
        let fleet = Arc::new(NotedFleet::default());
        let clock = Arc::new(TestClock(AtomicI64::new(1_000_000)));
        let random = Arc::new(Counter(AtomicU32::new(0)));
        let first = FirstKeys {
            administrator: public_key(255),
            administrator_rsa: RSA.to_owned(),
            superuser_rsa: RSA.to_owned(),
            web_rsa: RSA.to_owned(),
        };
        first_start::create(store.as_ref(), clock.as_ref(), random.as_ref(), first).await.unwrap();
        let contents = contents::open().unwrap();
        let links = Links::new(SealKey::new(&[1; 32]));
        let files = Files { blobs: Arc::clone(&contents.blobs), links };
        let usecases = UseCases::new(
            store,
            clock,
            random.clone(),
            keys.clone(),
            fleet.clone(),
            Workshop::start().unwrap(),
            files.clone(),
        );
        let admin = "u/admin".parse().unwrap();
        let outsider = "u/eve".parse().unwrap();
        Self { usecases, fleet, keys, admin, outsider, random, files, contents, _place: None }
    }

    /// Other use cases on the same store, which remember nothing of what these did.
    pub(crate) fn beside(&self) -> UseCases {
        self.with_clock(Arc::clone(self.usecases.clock()), self.files.clone())
    }

    /// The same, with contents elsewhere.
    pub(crate) fn beside_with(&self, files: Files) -> UseCases {
        self.with_clock(Arc::clone(self.usecases.clock()), files)
    }

    /// The same at this time.
    pub(crate) fn at(&self, now: i64) -> UseCases {
        self.with_clock(Arc::new(TestClock(AtomicI64::new(now))), self.files.clone())
    }

    fn with_clock(&self, clock: Arc<dyn Clock>, files: Files) -> UseCases {
        let usecases = &self.usecases;
        let (random, store) = (self.random.clone(), Arc::clone(usecases.store()));
        let (keys, fleet, workshop) = (&self.keys, &self.fleet, usecases.workshop());
        let (keys, fleet) = (keys.clone(), fleet.clone());
        UseCases::new(store, clock, random, keys, fleet, workshop.clone(), files)
    }

    /// A house with the application `shop` and these clients.
    pub(crate) async fn with_clients(clients: &[(&str, &str, &[&str])]) -> Self {
        let house = Self::new().await;
        house.create_application("shop").await.unwrap();
        for (number, (identity, environment, roles)) in clients.iter().enumerate() {
            let key = u8::try_from(number).unwrap() + 1;
            house.enrol("shop", identity, environment, roles, key).await.unwrap();
        }
        house
    }

    pub(crate) async fn create_application(&self, name: &str) -> Result<(), Error> {
        let caller = self.usecases.caller(&self.admin, None).await?;
        let new = NewApplication { name: app(name), full_name: None };
        self.usecases.create_application(&caller, new).await.map(drop)
    }

    pub(crate) async fn enrol(
        &self,
        application: &str,
        identity: &str,
        environment: &str,
        roles: &[&str],
        key: u8,
    ) -> Result<(), Error> {
        let asked = ClientCreate {
            machine: machine(application, identity),
            placement: Placement {
                environment: environment.parse().unwrap(),
                roles: roles.iter().map(|role| role.parse().unwrap()).collect(),
            },
            key: public_key(key),
        };
        self.usecases.create_machine(&self.admin, asked).await.map(drop)
    }

    pub(crate) fn arrives(&self, identity: &str, incarnation: u64) {
        let machine = machine("shop", identity);
        self.fleet.here.lock().unwrap().insert(machine, Incarnation(incarnation));
    }

    pub(crate) async fn clients(&self, application: &str) -> Vec<String> {
        let all = Target::default();
        let views = self.usecases.list_machines(&self.admin, &app(application), &all).await;
        views.unwrap().into_iter().map(|view| view.machine.identity.to_string()).collect()
    }

    pub(crate) async fn ledger(&self, application: Option<&str>) -> Vec<String> {
        let application = application.map(app);
        let lines =
            self.usecases.read_ledger(&self.admin, application.as_ref(), Some(0), 100).await;
        let lines = lines.unwrap().into_iter();
        lines
            .map(|it| format!("{} {} {} {} {}", it.position, it.actor, it.verb, it.kind, it.name))
            .collect()
    }
}

pub(crate) fn app(name: &str) -> ApplicationName {
    name.parse().unwrap()
}

pub(crate) fn machine(application: &str, identity: &str) -> MachineId {
    MachineId { application: app(application), identity: identity.parse().unwrap() }
}

pub(crate) fn public_key(number: u8) -> CurvePublicKey {
    CurvePublicKey::from_bytes([number; 32])
}

/// A job for the clients of `shop` that these targets mean.
pub(crate) fn new_job(target: Target) -> NewJob {
    let order = Order {
        command: "echo".to_owned(),
        arguments: serde_json::json!({"text": "hi"}),
        timeout: std::time::Duration::from_secs(60),
    };
    let time_to_live = std::time::Duration::from_secs(3600);
    NewJob {
        application: Some(app("shop")),
        target,
        order,
        payload: Vec::new(),
        time_to_live,
        staged: None,
    }
}
