//! A server with a directory that the test can change, and clients of it.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Waker};
use std::time::Duration;

use pantry_model::{CurveKeyPair, CurvePublicKey, Message, MessageType, Principal, Stream};
use pantry_wire::client::{self, Backoff, Client, Network};
use pantry_wire::generate_key_pair;
use pantry_wire::server::{self, Directory, Limits, Server};
use tokio::sync::Notify;
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

/// How long anything may take that is to happen.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);

pub(crate) const HEARTBEAT: Duration = Duration::from_secs(2);

/// A directory that the test writes, and can keep waiting.
#[derive(Default)]
pub(crate) struct Book {
    owners: Mutex<HashMap<CurvePublicKey, Principal>>,
    busy: Mutex<bool>,
    free: Condvar,
    asked: Notify,
}

impl Directory for Book {
    fn owner(&self, key: &CurvePublicKey) -> Option<Principal> {
        self.asked.notify_one();
        drop(self.free.wait_while(self.busy.lock().unwrap(), |busy| *busy).unwrap());
        self.owners.lock().unwrap().get(key).cloned()
    }
}

impl Book {
    pub(crate) fn admit(&self, key: CurvePublicKey, who: &Principal) {
        self.owners.lock().unwrap().insert(key, who.clone());
    }

    pub(crate) fn forget(&self, key: &CurvePublicKey) {
        self.owners.lock().unwrap().remove(key);
    }

    /// Lets whoever asks wait, or not any more.
    pub(crate) fn set_busy(&self, busy: bool) {
        *self.busy.lock().unwrap() = busy;
        if busy {
            // Forgets who asked before.
            let _ = pin!(self.asked.notified()).poll(&mut Context::from_waker(Waker::noop()));
        }
        self.free.notify_all();
    }

    /// Waits until somebody asks.
    pub(crate) async fn asked(&self) {
        timeout(DEADLINE, self.asked.notified()).await.expect("the directory is asked");
    }
}

pub(crate) fn principal(text: &str) -> Principal {
    text.parse().unwrap()
}

pub(crate) fn stream(text: &str) -> Stream {
    Stream::from_bytes(text.as_bytes()).unwrap()
}

/// A message with this text in its body.
pub(crate) fn text(stream: Stream, text: &str) -> Message {
    Message::new(stream, 1, MessageType::Request).with_bytes(text.as_bytes().to_vec())
}

pub(crate) fn body(message: &Message) -> String {
    message.body.iter().map(|frame| String::from_utf8_lossy(frame)).collect()
}

/// A running server.
pub(crate) struct House {
    pub(crate) server: Server,
    pub(crate) events: Receiver<server::Event>,
    pub(crate) book: Arc<Book>,
    pub(crate) keys: CurveKeyPair,
}

impl House {
    pub(crate) fn new() -> Self {
        Self::with_limits(Limits::default())
    }

    pub(crate) fn with_limits(limits: Limits) -> Self {
        Self::start(generate_key_pair(), Arc::new(Book::default()), (0, 0), limits)
    }

    pub(crate) fn start(
        keys: CurveKeyPair,
        book: Arc<Book>,
        ports: (u16, u16),
        limits: Limits,
    ) -> Self {
        let config = server::Config {
            listen: "127.0.0.1".to_owned(),
            pub_sub_port: Some(ports.0),
            receive_port: ports.1,
            keys: keys.clone(),
            heartbeat: HEARTBEAT,
            limits,
        };
        let (server, events) = server::bind(config, book.clone()).unwrap();
        Self { server, events, book, keys }
    }

    /// Keys of a principal that is admitted.
    pub(crate) fn admit(&self, who: &str) -> CurveKeyPair {
        let keys = generate_key_pair();
        self.book.admit(keys.public, &principal(who));
        keys
    }

    pub(crate) fn client_config(&self, who: &str, keys: CurveKeyPair) -> client::Config {
        client::Config {
            host: "127.0.0.1".to_owned(),
            // Users only send.
            pub_sub_port: self.server.pub_sub_port().filter(|_| !who.starts_with("u/")),
            receive_port: self.server.receive_port(),
            server_key: self.keys.public,
            keys,
            principal: principal(who),
            heartbeat: HEARTBEAT,
            backoff: Backoff { first: Duration::from_millis(50), most: Duration::from_millis(400) },
        }
    }

    /// A client that is admitted.
    pub(crate) fn connect(
        &self,
        network: &Network,
        who: &str,
    ) -> (Client, Receiver<client::Event>) {
        network.connect(self.client_config(who, self.admit(who))).unwrap()
    }

    /// The first event that `wanted` takes; the others are passed over.
    pub(crate) async fn wait<T>(
        &mut self,
        what: &str,
        wanted: impl FnMut(server::Event) -> Option<T>,
    ) -> T {
        wait(&mut self.events, what, wanted).await
    }

    /// The next message: who sent it, and its text.
    pub(crate) async fn message(&mut self) -> (Principal, String) {
        self.wait("a message", |event| match event {
            server::Event::Message { principal, message, .. } => Some((principal, body(&message))),
            _ => None,
        })
        .await
    }

    /// Waits until a machine hears both of its streams. Says in which order they were granted.
    pub(crate) async fn granted(&mut self, who: &str) -> Vec<Stream> {
        let who = principal(who);
        let mut granted = Vec::new();
        self.wait("both streams to be granted", |event| match event {
            server::Event::Granted { principal, stream } if principal == who => {
                granted.push(stream);
                (granted.len() == 2).then_some(())
            }
            _ => None,
        })
        .await;
        granted
    }

    /// The next refusal, as who and what.
    pub(crate) async fn refused(&mut self) -> (String, String) {
        self.wait("a refusal", |event| match event {
            server::Event::Refused { who, what, address } => {
                assert_eq!(address, "127.0.0.1");
                Some((who, what.to_string()))
            }
            _ => None,
        })
        .await
    }
}

/// The first event that `wanted` takes; the others are passed over.
pub(crate) async fn wait<E: std::fmt::Debug, T>(
    events: &mut Receiver<E>,
    what: &str,
    mut wanted: impl FnMut(E) -> Option<T>,
) -> T {
    let mut seen = Vec::new();
    let found = timeout(DEADLINE, async {
        loop {
            let event = events.recv().await.expect("the other side is there");
            seen.push(format!("{event:?}"));
            if let Some(found) = wanted(event) {
                return found;
            }
        }
    });
    match found.await {
        Ok(found) => found,
        Err(_) => panic!("waited in vain for {what}; seen: {seen:#?}"),
    }
}

pub(crate) async fn connected(events: &mut Receiver<client::Event>) {
    wait(events, "a connection", |event| matches!(event, client::Event::Connected).then_some(()))
        .await;
}

/// The text of the next message.
pub(crate) async fn heard(events: &mut Receiver<client::Event>) -> String {
    wait(events, "a message", |event| match event {
        client::Event::Message(message) => Some(body(&message)),
        _ => None,
    })
    .await
}
