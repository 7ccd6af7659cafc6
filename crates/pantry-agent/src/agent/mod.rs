//! The agent: one loop that hears the server and the jobs, and says what there is to say.
//!
//! Everything that takes time happens elsewhere: fsyncs on the disk's thread, jobs in tasks of
//! their own, sending in a task that waits for the network. The loop only moves news between the
//! book, the session and them, and sleeps until there are any.

mod hear;
mod speak;
mod tell;

use std::collections::VecDeque;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use pantry_model::{Clock, Incarnation, Message};
use pantry_wire::client::Network;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use crate::book::Book;
use crate::chef::Chef;
use crate::commands::Registry;
use crate::config::{AgentState, Config};
use crate::data_dir::DataDirError;
use crate::disk::Disk;
use crate::error::AgentError;
use crate::file_service::Files;
use crate::files;
use crate::job::{self, Assignment, JobEvent, JobNews, Workshop};
use crate::session::Session;
use crate::start::Start;
use speak::{OUTGOING, send_all};
use tell::Teller;

/// News that are taken before anything is said about them.
const BATCH: usize = 256;
/// How often, and after which pause, a locked data directory is tried again.
const LOCK_TRIES: u32 = 10;
const LOCK_PAUSE: Duration = Duration::from_millis(50);

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
    /// Tells what the machine is, if that is wanted.
    teller: Option<Teller>,
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
        files::clean_up(&config.data_dir);
        let session = Session::new(&config.machine, incarnation, config.heartbeat_interval, random);
        let (sender, news) = mpsc::channel(BATCH);
        let workshop = Arc::new(Workshop {
            machine: config.machine.clone(),
            environment: config.environment.clone(),
            registry: Registry::new(
                config.machine.clone(),
                config.commands.clone(),
                Arc::new(Chef::new(config.chef.clone(), &config.data_dir, Arc::clone(&clock))),
            ),
            files: Files::new(&config)?,
            file_rules: config.files.clone(),
            data_dir: config.data_dir.clone(),
            disk: disk.clone(),
            clock: Arc::clone(&clock),
            slots: Arc::new(Semaphore::new(config.parallel_jobs.clamp(1, Semaphore::MAX_PERMITS))),
            news: sender,
            output_limit: config.output_limit,
            grace: config.grace,
        });
        let teller = config.facts.clone().map(Teller::new);
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
            teller,
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
            let wake = [self.session.wake(), self.book_wake(), self.tidy_at, self.facts_due()];
            let wake = wake.into_iter().flatten().min();
            tokio::select! {
                () = &mut shutdown => return Ok(()),
                () = &mut sender => return Err(AgentError::Network("it was closed".to_owned())),
                event = events.recv() => match event {
                    Some(event) => self.hear(event)?,
                    None => return Err(AgentError::Network("it was closed".to_owned())),
                },
                Some(news) = self.news.recv() => self.note(news),
                facts = Teller::gathered(&mut self.teller) => {
                    if let Some(teller) = &mut self.teller {
                        teller.take(facts);
                    }
                }
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

    fn take_on(&mut self, assignment: Assignment) {
        self.tasks.spawn(job::carry_out(Arc::clone(&self.workshop), assignment));
    }
}
