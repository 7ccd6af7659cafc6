//! A connection over routes that no server should have. They ask the store nothing, so it is SQLite,
//! whichever backend the tests run on.

use async_trait::async_trait;
use hyper::Method;
use pantry_model::{ApplicationName, Clock, Delivery, Error, Job, MachineId, Principal, Timestamp};
use pantry_sign::SealKey;
use pantry_store::Store;
use pantry_store_sqlite::SqliteStore;
use pantry_testkit::contents;
use pantry_usecases::{Files, Fleet, KeyRing, Links, Presence, Random, UseCases, Workshop};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

use super::*;
use crate::answer::Answer;
use crate::call::Call;
use crate::config::Config;
use crate::route::{Access, Route, Table};

struct Nothing;

impl Clock for Nothing {
    fn now(&self) -> Timestamp {
        Timestamp(0)
    }
}

impl Random for Nothing {
    fn number(&self) -> u32 {
        0
    }
}

#[async_trait]
impl Fleet for Nothing {
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

async fn panics(_call: Call) -> Result<Answer, Error> {
    panic!("a fault of the handler's own")
}

async fn fails(_call: Call) -> Result<Answer, Error> {
    Err(Error::Internal("the password of the database".to_owned()))
}

async fn cannot(_call: Call) -> Result<Answer, Error> {
    Err(Error::Unavailable("not now".to_owned()))
}

static ROUTES: &[Route] = &[
    Route {
        path: "/panics",
        access: Access::Open,
        methods: &[(Method::GET, |call| Box::pin(panics(call)))],
    },
    Route {
        path: "/fails",
        access: Access::Open,
        methods: &[(Method::GET, |call| Box::pin(fails(call)))],
    },
    Route {
        path: "/cannot",
        access: Access::Open,
        methods: &[(Method::GET, |call| Box::pin(cannot(call)))],
    },
];

#[tokio::test]
async fn a_handler_that_fails_fails_its_own_request_and_tells_no_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.path()).unwrap());
    let keys = Arc::new(KeyRing::load(store.as_ref()).await.unwrap());
    let (nothing, workshop) = (Arc::new(Nothing), Workshop::start().unwrap());
    let contents = contents::open().unwrap();
    let links = Links::new(SealKey::new(&[1; 32]));
    let files = Files { blobs: Arc::clone(&contents.blobs), links };
    let (clock, random) = (nothing.clone(), nothing.clone());
    let usecases = UseCases::new(store, clock, random, keys, nothing, workshop, files);
    let mut shared = Shared::new(Config::on("127.0.0.1:0".parse().unwrap()), usecases).unwrap();
    shared.table = Table::of(ROUTES, false).ok().unwrap();

    let (mut client, server) = duplex(65_536);
    let (_end, mut ending) = watch::channel(End::NotYet);
    let serving = async move {
        serve(server, "127.0.0.1".parse().unwrap(), Arc::new(shared), &mut ending).await;
    };
    let asking = async move {
        for (path, more) in [("/panics", ""), ("/fails", ""), ("/cannot", "Connection: close\r\n")]
        {
            let request = format!("GET {path} HTTP/1.1\r\n{more}\r\n");
            client.write_all(request.as_bytes()).await.unwrap();
        }
        let mut read = String::new();
        client.read_to_string(&mut read).await.unwrap();
        read
    };
    let ((), read) = tokio::join!(serving, asking);
    let answers: Vec<&str> = read.split("HTTP/1.1 ").skip(1).collect();
    let fault = r#"{"error":["internal service error"]}"#;
    for (answer, status, end) in [
        (answers[0], "500", fault),
        (answers[1], "500", fault),
        (answers[2], "503", r#"["not now"]}"#),
    ] {
        assert!(answer.starts_with(status) && answer.ends_with(end), "{answer}");
    }
    assert!(answers[2].contains("retry-after: 1\r\n"), "{}", answers[2]);
    assert_eq!(answers.len(), 3, "the connection went on: {read}");
}
