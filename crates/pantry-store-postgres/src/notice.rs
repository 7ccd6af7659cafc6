//! How the servers on one database tell each other that something was entered in a ledger: LISTEN
//! and NOTIFY, both on one connection of their own.
//!
//! A NOTIFY within the transaction that enters would have all commits of all servers wait for each
//! other, since PostgreSQL takes a lock of the whole cluster for it until after the log is on disk.
//! So it is sent afterwards, at most every few milliseconds however much was entered, and without
//! waiting for the disk. A server that is killed in between says nothing, and one whose connection
//! is lost hears nothing: therefore everybody also looks by themselves once a second, and a notice
//! only makes it quicker.
//!
//! Nobody else uses this connection. So it also tells whether the database answers while all others
//! are busy.

use std::convert::Infallible;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering};
use std::task::{Poll, ready};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_postgres::{AsyncMessage, Client};

use crate::connect::{Connection, Connector};
use crate::error::Error;

/// The advisory lock that all servers hold together, by which they are counted. Those of scopes are
/// hashes.
macro_rules! servers_lock {
    () => {
        "7266"
    };
}
pub(crate) use servers_lock;

const NOTIFY: &str = "NOTIFY pantry_ledger";
const LISTEN: &str = concat!(
    "SET synchronous_commit = off; LISTEN pantry_ledger; SELECT pg_advisory_lock_shared(",
    servers_lock!(),
    ")"
);
const OWN_PROCESS: &str = "SELECT pg_backend_pid()";
const PROBE: &str = "SELECT 1";

/// How often is looked though nothing was heard.
const POLL: Duration = Duration::from_secs(1);

/// The shortest time between two notices of one server.
const APART: Duration = Duration::from_millis(10);

/// The first pause before it is made again; each is twice the one before, up to the longest.
const PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// How often a silent connection is asked whether it still stands, and how long that may take.
const CHECK: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(5);

/// A server's ear and voice. They end with this.
pub(crate) struct Notices {
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    /// Something was entered by this server, and nobody was told yet.
    entered: Notify,
    /// Another server may have entered something.
    elsewhere: Notify,
    /// The connection, while it stands and hears.
    client: watch::Sender<Option<Arc<Client>>>,
    /// The number of the database's process that serves it: by that, own notices are known.
    own: AtomicI32,
}

impl Notices {
    /// Begins to listen.
    pub(crate) fn start(connector: Arc<Connector>) -> Self {
        let shared = Arc::<Shared>::default();
        let task = tokio::spawn(Arc::clone(&shared).keep_listening(connector));
        Self { shared, task }
    }

    /// This server has entered something: the others are told soon.
    pub(crate) fn entered(&self) {
        self.shared.entered.notify_one();
    }

    /// Returns when another server may have entered something since this returned last.
    pub(crate) async fn entered_elsewhere(&self) {
        // If nothing is heard for so long it is time to look.
        let _heard = timeout(POLL, self.shared.elsewhere.notified()).await;
    }

    /// The number of the database's process that serves this connection, or served the last one.
    pub(crate) fn own_process(&self) -> i32 {
        self.shared.own.load(Ordering::Relaxed)
    }

    /// Asks the database something that costs nothing; `None` if there is no connection.
    pub(crate) async fn probe(&self) -> Option<Result<(), Error>> {
        let client = self.shared.client.borrow().clone()?;
        Some(client.batch_execute(PROBE).await.map_err(Error::from))
    }
}

impl Drop for Notices {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Shared {
    async fn keep_listening(self: Arc<Self>, connector: Arc<Connector>) {
        let mut pause = PAUSE;
        let mut is_deaf = false;
        loop {
            let failed = match connector.connect().await {
                Ok((client, connection)) => {
                    let listening = self.listen(client, connection, || {
                        if std::mem::take(&mut is_deaf) {
                            tracing::info!("the notices of other servers are heard again");
                        }
                        pause = PAUSE;
                    });
                    let failed = listening.await;
                    self.client.send_replace(None);
                    failed
                }
                Err(error) => Error::Connect(error),
            };
            if !is_deaf {
                tracing::warn!(error = %failed, "the notices of other servers cannot be heard; looking every second");
                is_deaf = true;
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Listens and tells until the connection is lost.
    async fn listen(&self, client: Client, connection: Connection, begun: impl FnOnce()) -> Error {
        tokio::select! {
            error = self.hear(connection) => error,
            outcome = self.tell(Arc::new(client), begun) => match outcome {
                Err(error) => error,
            },
        }
    }

    /// Takes what the database says, which also is what has statements sent and answered.
    async fn hear(&self, mut connection: Connection) -> Error {
        let heard = poll_fn(|context| {
            loop {
                match ready!(connection.poll_message(context)) {
                    Some(Ok(AsyncMessage::Notification(notice))) => {
                        if notice.process_id() != self.own.load(Ordering::Relaxed) {
                            self.elsewhere.notify_one();
                        }
                    }
                    Some(Ok(_)) => {}
                    Some(Err(error)) => return Poll::Ready(Error::from(error)),
                    None => return Poll::Ready(Error::Pool("the connection ended".to_owned())),
                }
            }
        });
        heard.await
    }

    async fn tell(&self, client: Arc<Client>, begun: impl FnOnce()) -> Result<Infallible, Error> {
        let own = client.query_one(OWN_PROCESS, &[]).await?;
        self.own.store(own.try_get(0)?, Ordering::Relaxed);
        client.batch_execute(LISTEN).await?;
        begun();
        self.client.send_replace(Some(Arc::clone(&client)));
        // Whatever was said while nobody listened.
        self.elsewhere.notify_one();
        loop {
            let asked = tokio::select! {
                () = self.entered.notified() => NOTIFY,
                () = sleep(CHECK) => PROBE,
            };
            let answer = timeout(ANSWER, client.batch_execute(asked)).await;
            if let Some(error) =
                answer.map_or(Some(Error::Silent), |told| told.err().map(Error::from))
            {
                if asked == NOTIFY {
                    // It is said on the next connection.
                    self.entered.notify_one();
                }
                return Err(error);
            }
            sleep(APART).await;
        }
    }
}
