//! The agent: one loop that hears the server and the jobs, and says what there is to say.
//!
//! Everything that takes time happens elsewhere: fsyncs on the disk's thread, jobs in tasks of
//! their own, sending in a task that waits for the network. The loop only moves news between the
//! book, the session and them, and sleeps until there are any.

use std::collections::VecDeque;
use std::future::Future;
use std::mem;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use pantry_model::protocol::{Deliver, OutputChunks, Ready, Recorded, Reports, Unwelcome};
use pantry_model::{Clock, Incarnation, JobId, Message, MessageType, Order};
use pantry_wire::client::{Client, Event, Network, SendError};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::book::{Arrival, Book, Send};
use crate::commands::Registry;
use crate::config::{AgentState, Config};
use crate::data_dir::DataDirError;
use crate::disk::Disk;
use crate::error::AgentError;
use crate::job::{self, Assignment, JobEvent, JobNews, Workshop};
use crate::journal::Accepted;
use crate::session::Session;
use crate::start::Start;
use crate::time::later;

/// News that are taken before anything is said about them.
const BATCH: usize = 256;
/// Messages that wait for the connection.
const OUTGOING: usize = 16;
/// Reports in one message.
const REPORTS: usize = 500;
/// How long files that are not needed any more may stay.
const TIDY: Duration = Duration::from_secs(2);
/// How often, and after which pause, a locked data directory is tried again.
const LOCK_TRIES: u32 = 10;
const LOCK_PAUSE: Duration = Duration::from_millis(50);
/// Reads of output that may be under way.
const READS: usize = 8;

/// Runs an agent until `shutdown` completes, or until it cannot go on. Programs that are running
/// then get SIGTERM; how they ended is not waited for.
pub async fn run(
    config: Config,
    clock: Arc<dyn Clock>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), AgentError> {
    let network = Network::start(1).map_err(|error| AgentError::Network(error.to_string()))?;
    run_on(&network, config, clock, shutdown).await
}

/// As [`run`], on a network that other agents may share.
pub async fn run_on(
    network: &Network,
    config: Config,
    clock: Arc<dyn Clock>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), AgentError> {
    let start = open(&config, &clock).await?;
    let incarnation = start.incarnation();
    let Start { directory, disk, thread, book, waiting } = start;
    let result = {
        let mut agent = Agent::new(config, clock, disk, book, incarnation)?;
        for assignment in waiting {
            agent.take_on(assignment);
        }
        let result = agent.run(network, shutdown).await;
        agent.tasks.shutdown().await;
        result
    };
    // The directory is another agent's only when everything is written.
    thread.join();
    drop(directory);
    result
}

/// Opens the data directory. If an agent is killed while it starts a program, that program has the
/// lock for the moment until it is started, and must not keep the next agent from coming up.
async fn open(config: &Config, clock: &Arc<dyn Clock>) -> Result<Start, AgentError> {
    for _ in 0..LOCK_TRIES {
        match Start::open(config, clock) {
            Err(AgentError::DataDir(DataDirError::AlreadyRunning { .. })) => {
                sleep(LOCK_PAUSE).await;
            }
            result => return result,
        }
    }
    Start::open(config, clock)
}

struct Agent {
    config: Config,
    clock: Arc<dyn Clock>,
    disk: Disk,
    book: Book,
    session: Session,
    incarnation: Incarnation,
    workshop: Arc<Workshop>,
    tasks: JoinSet<()>,
    news: mpsc::Receiver<JobNews>,
    state: AgentState,
    tidy_at: Option<Instant>,
    /// What could not be handed on yet.
    unsent: VecDeque<Message>,
    /// Reads under way.
    reads: usize,
}

impl Agent {
    fn new(
        config: Config,
        clock: Arc<dyn Clock>,
        disk: Disk,
        book: Book,
        incarnation: Incarnation,
    ) -> Result<Self, AgentError> {
        let random = getrandom::u64().map_err(|error| AgentError::Randomness(error.to_string()))?;
        let session = Session::new(&config.machine, incarnation, config.heartbeat_interval, random);
        let (sender, news) = mpsc::channel(BATCH);
        let workshop = Arc::new(Workshop {
            machine: config.machine.clone(),
            environment: config.environment.clone(),
            registry: Registry::new(config.machine.clone(), config.commands.clone()),
            disk: disk.clone(),
            clock: Arc::clone(&clock),
            slots: Arc::new(Semaphore::new(config.parallel_jobs.clamp(1, Semaphore::MAX_PERMITS))),
            news: sender,
            output_limit: config.output_limit,
            grace: config.grace,
        });
        Ok(Self {
            config,
            clock,
            disk,
            book,
            session,
            incarnation,
            workshop,
            tasks: JoinSet::new(),
            news,
            state: AgentState::Connecting,
            tidy_at: None,
            unsent: VecDeque::new(),
            reads: 0,
        })
    }

    async fn run(
        &mut self,
        network: &Network,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), AgentError> {
        let (client, mut events) = network
            .connect(self.config.connection())
            .map_err(|error| AgentError::Network(error.to_string()))?;
        let (outgoing, queue) = mpsc::channel(OUTGOING);
        let mut sender = pin!(send_all(client, queue));
        let mut shutdown = pin!(shutdown);
        loop {
            let is_full = self.speak(&outgoing);
            let wake = [self.session.wake(), self.book_wake(), self.tidy_at];
            let wake = wake.into_iter().flatten().min();
            tokio::select! {
                () = &mut shutdown => return Ok(()),
                () = &mut sender => return Err(AgentError::Network("it was closed".to_owned())),
                event = events.recv() => match event {
                    Some(event) => self.hear(event)?,
                    None => return Err(AgentError::Network("it was closed".to_owned())),
                },
                Some(news) = self.news.recv() => self.note(news),
                Some(result) = self.tasks.join_next() => {
                    if let Err(error) = result {
                        tracing::error!(%error, "a job's task ended by a panic");
                    }
                }
                // There is room for another message.
                _ = outgoing.reserve(), if is_full => {}
                () = sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => {}
            }
            for _ in 0..BATCH {
                let mut is_quiet = true;
                if let Ok(event) = events.try_recv() {
                    self.hear(event)?;
                    is_quiet = false;
                }
                if let Ok(news) = self.news.try_recv() {
                    self.note(news);
                    is_quiet = false;
                }
                if is_quiet {
                    break;
                }
            }
        }
    }

    fn book_wake(&self) -> Option<Instant> {
        if self.session.is_ready() { self.book.wake() } else { None }
    }

    /// Says what there is to say. Whether it waits for room.
    fn speak(&mut self, outgoing: &mpsc::Sender<Message>) -> bool {
        let now = Instant::now();
        if self.tidy_at.is_some_and(|at| at <= now) {
            self.tidy_at = None;
            let disk = self.disk.clone();
            self.tasks.spawn(async move { disk.tidy().await });
        }
        if self.hand_on(outgoing) {
            return true;
        }
        let book = &self.book;
        self.unsent.extend(self.session.due(now, || book.open_jobs()));
        if self.session.is_ready() {
            let (sends, wishes) = self.book.output(now, OUTGOING, READS - self.reads.min(READS));
            for send in sends {
                let message = self.output(send);
                self.unsent.push_back(message);
            }
            for wish in wishes {
                self.reads += 1;
                let (disk, news) = (self.disk.clone(), self.workshop.news.clone());
                self.tasks.spawn(async move {
                    let pieces = disk.read(wish.job, wish.from, wish.most).await;
                    let event = JobEvent::Read(wish.from, pieces);
                    // Nobody listens only when the agent is about to end.
                    let _ = news.send(JobNews { job: wish.job, event }).await;
                });
            }
            let reports = self.book.reports(REPORTS, now);
            if !reports.is_empty() {
                let message = self.session.message(MessageType::Reports).with(&Reports { reports });
                self.unsent.push_back(message);
            }
        }
        self.hand_on(outgoing)
    }

    /// Hands on what is to be sent, as far as there is room. Whether something is left.
    fn hand_on(&mut self, outgoing: &mpsc::Sender<Message>) -> bool {
        while !self.unsent.is_empty() {
            let Ok(permit) = outgoing.try_reserve() else { return true };
            if let Some(message) = self.unsent.pop_front() {
                permit.send(message);
            }
        }
        false
    }

    fn output(&mut self, send: Send) -> Message {
        let chunks = send.pieces.iter().map(|(stream, bytes)| (*stream, bytes.len())).collect();
        let chunks = OutputChunks { job: send.job, first: send.first, chunks };
        let bytes = send.pieces.into_iter().flat_map(|(_, bytes)| bytes).collect();
        self.session.message(MessageType::Output).with(&chunks).with_bytes(bytes)
    }

    fn note(&mut self, news: JobNews) {
        if matches!(news.event, JobEvent::Read(..)) {
            self.reads -= 1;
        }
        if let Some(send) = self.book.note(news, Instant::now())
            && self.session.is_ready()
        {
            let message = self.output(send);
            self.unsent.push_back(message);
        }
    }

    fn hear(&mut self, event: Event) -> Result<(), AgentError> {
        match event {
            Event::Connected => {
                self.set_state(AgentState::Connecting);
                self.session.connected(Instant::now());
            }
            Event::Lost => {
                self.set_state(AgentState::Connecting);
                self.session.lost();
                self.unsent.clear();
            }
            Event::Unreachable { .. } => self.set_state(AgentState::Unreachable),
            Event::HandshakeFailed { .. } => self.set_state(AgentState::WrongServer),
            Event::Refused { .. } => self.set_state(AgentState::Refused),
            Event::Message(message) => return self.message(message),
        }
        Ok(())
    }

    fn message(&mut self, message: Message) -> Result<(), AgentError> {
        let now = Instant::now();
        let is_own = self.session.is_own(&message);
        match message.metadata.kind {
            MessageType::Ready if is_own => {
                if let Some(ready) = understood::<Ready>(&message)
                    && self.session.ready(&ready, now)
                {
                    self.set_state(AgentState::Ready);
                    self.book.start_over();
                }
            }
            MessageType::Unwelcome => {
                if let Some(unwelcome) = understood::<Unwelcome>(&message) {
                    let machine = &self.config.machine;
                    self.session
                        .unwelcome(&unwelcome, now)
                        .map_err(|_| AgentError::IdentityInUse { machine: machine.clone() })?;
                    if !self.session.is_ready() {
                        self.set_state(AgentState::Connecting);
                    }
                }
            }
            MessageType::Recorded => {
                if let Some(recorded) = understood::<Recorded>(&message) {
                    self.recorded(&recorded, now);
                }
            }
            MessageType::Deliver if is_own => self.deliver(message, now),
            kind => tracing::warn!(?kind, "the server sent what an agent does not expect"),
        }
        Ok(())
    }

    fn recorded(&mut self, recorded: &Recorded, now: Instant) {
        let over = self.book.record(recorded, now, self.clock.now());
        if over.is_empty() {
            return;
        }
        self.tidy_at.get_or_insert(later(now, TIDY));
        let disk = self.disk.clone();
        self.tasks.spawn(async move {
            for tombstone in over {
                disk.forget(tombstone).await;
            }
        });
    }

    fn deliver(&mut self, mut message: Message, now: Instant) {
        let Some(envelope) = understood::<Envelope>(&message) else { return };
        if envelope.incarnation != self.incarnation {
            tracing::info!(job = %envelope.job, "left alone a delivery for another incarnation");
            return;
        }
        let (order, fault) = match message.document::<Deliver>() {
            Ok(deliver) => (deliver.order, None),
            Err(error) => {
                let machine = &self.config.machine.identity;
                let version = crate::VERSION;
                let fault =
                    format!("{machine}'s agent, version {version}, cannot read the order: {error}");
                (unreadable(), Some(fault))
            }
        };
        let accepted = Accepted {
            job: envelope.job,
            order,
            received_at: self.clock.now(),
            time_to_live: Duration::from_millis(envelope.time_to_live_ms),
            payload_in_file: false,
        };
        let size = message.body.first().map_or(0, Vec::len);
        if self.book.arrive(accepted.job, accepted.until(), size) != Arrival::New {
            return;
        }
        let payload = message.body.get_mut(1).map(mem::take).unwrap_or_default();
        let deadline = later(now, accepted.time_to_live);
        self.take_on(Assignment { accepted, payload, deadline, is_accepted: false, fault });
    }

    fn take_on(&mut self, assignment: Assignment) {
        self.tasks.spawn(job::carry_out(Arc::clone(&self.workshop), assignment));
    }

    /// Says how the connection is, once for each change.
    fn set_state(&mut self, state: AgentState) {
        if state == self.state {
            return;
        }
        self.state = state;
        let server = format_args!("{}:{}", self.config.server_host, self.config.receive_port);
        let machine = &self.config.machine;
        match state {
            AgentState::Connecting => tracing::info!(%server, "connecting"),
            AgentState::Ready => tracing::info!(%server, %machine, "ready"),
            AgentState::Unreachable => {
                tracing::warn!(%server, "nobody answers at the server's address; trying again");
            }
            AgentState::WrongServer => tracing::error!(
                %server,
                "who answers there has not the server's key of this configuration; trying again"
            ),
            AgentState::Refused => tracing::error!(
                %server, %machine,
                "the server does not know this client's key; trying again"
            ),
        }
        if let Some(sender) = &self.config.state {
            sender.send_replace(state);
        }
    }
}

/// What is read of a delivery whose order cannot be.
#[derive(Deserialize)]
struct Envelope {
    job: JobId,
    incarnation: Incarnation,
    time_to_live_ms: u64,
}

fn unreadable() -> Order {
    Order { command: String::new(), arguments: serde_json::Value::Null, timeout: Duration::ZERO }
}

/// A message's document; none, with a line in the log, if it has another form.
fn understood<T: DeserializeOwned>(message: &Message) -> Option<T> {
    message
        .document()
        .inspect_err(|error| {
            tracing::warn!(kind = ?message.metadata.kind, %error, "the server's message has no meaning");
        })
        .ok()
}

/// Sends one message after the other; ends when that is not possible any more.
async fn send_all(client: Client, mut queue: mpsc::Receiver<Message>) {
    while let Some(message) = queue.recv().await {
        match client.send(message).await {
            Ok(()) => {}
            Err(SendError::Closed) => return,
            Err(error) => tracing::error!(%error, "left out a message"),
        }
    }
}
