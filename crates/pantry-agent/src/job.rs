//! One delivery, from its arrival to its end: the order in which things are done and written down.
//!
//! A delivery is a task of its own, which tells its news to the session. Nothing is told, and
//! nothing is started, before it is on disk. What is over at once is one write; what finds a free
//! slot is accepted and started by one write.

use std::mem;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use pantry_model::protocol::Reported;
use pantry_model::{Clock, Ending, EnvironmentName, JobId, MachineId, OutputStream, Timestamp};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::commands::{Context, Registry, Run, Task};
use crate::data_dir::DataDirError;
use crate::disk::Disk;
use crate::file_service::Files;
use crate::files::FileRules;
use crate::journal::{Accepted, Ended, Line, Record};
use crate::output::{Output, Written, pieces};
use crate::process::{Outcome, Stdin};
use crate::spool::Piece;
use crate::time::later;

/// Output of a command that is over at once is written to the journal up to this size.
const MAX_TAIL_BYTES: usize = 64 * 1024;
/// How long after a failed write the next try comes.
const RETRY: Duration = Duration::from_secs(5);
/// The longest reason that is reported, in characters.
const MAX_REASON: usize = 2000;

/// What everything that runs on this machine shares.
pub struct Workshop {
    /// The machine.
    pub machine: MachineId,
    /// Its environment, if the agent knows it.
    pub environment: Option<EnvironmentName>,
    /// Its commands.
    pub registry: Registry,
    /// The way to the server's file service.
    pub files: Files,
    /// Which files may be carried.
    pub file_rules: FileRules,
    /// The data directory.
    pub data_dir: PathBuf,
    /// The data directory's thread.
    pub disk: Disk,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// As many permits as jobs may run at once.
    pub slots: Arc<Semaphore>,
    /// Where news go.
    pub news: mpsc::Sender<JobNews>,
    /// Bytes of output that are kept of each job.
    pub output_limit: u64,
    /// How long a program has to end once asked to.
    pub grace: Duration,
}

/// A delivery to carry out.
#[derive(Debug)]
pub struct Assignment {
    /// What was accepted.
    pub accepted: Accepted,
    /// Its payload, unless that is a file.
    pub payload: Vec<u8>,
    /// Until when it may be started.
    pub deadline: Instant,
    /// Whether it is in the journal already, from before a restart.
    pub is_accepted: bool,
    /// Why it cannot be carried out, if that is plain already.
    pub fault: Option<String>,
}

/// Something happened to a job.
#[derive(Debug)]
pub struct JobNews {
    /// The job.
    pub job: JobId,
    /// What.
    pub event: JobEvent,
}

/// What can happen to a job.
#[derive(Debug)]
pub enum JobEvent {
    /// It is on disk, and waits.
    Accepted,
    /// It is about to start.
    Started,
    /// There are so many chunks of its output.
    Spooled(u64),
    /// It ended, with this output after what is in the spool.
    Ended(Ended, Vec<Piece>),
    /// It could not be written down, and will not run.
    Refused(String),
    /// Output that was asked for, from this sequence number on.
    Read(u64, Result<Vec<Piece>, DataDirError>),
}

/// Carries a delivery out.
pub async fn carry_out(workshop: Arc<Workshop>, assignment: Assignment) {
    let job = assignment.accepted.job;
    let until = assignment.accepted.until();
    let mut delivery = Delivery { workshop, job, until, is_accepted: assignment.is_accepted };
    if let Err(refused) = delivery.carry_out(assignment).await {
        delivery.tell(JobEvent::Refused(refused)).await;
    }
}

struct Delivery {
    workshop: Arc<Workshop>,
    job: JobId,
    until: Timestamp,
    is_accepted: bool,
}

impl Delivery {
    /// An error is the reason why the delivery is refused.
    async fn carry_out(&mut self, assignment: Assignment) -> Result<(), String> {
        let Assignment { mut accepted, mut payload, deadline, fault, .. } = assignment;
        if deadline <= Instant::now() {
            return self.not_started().await;
        }
        let task = fault.map_or_else(|| self.workshop.registry.prepare(&accepted.order), Err);
        let task: Box<dyn Run> = match task {
            Err(reason) => {
                return self.end(Outcome::failed(reason), Written::default()).await;
            }
            Ok(Task::AtOnce(bytes)) if bytes.len() <= MAX_TAIL_BYTES => {
                let tail = pieces(OutputStream::Stdout, &bytes);
                let written = Written { bytes: bytes.len() as u64, spooled: 0, tail };
                return self.end(Outcome::succeeded(), written).await;
            }
            Ok(Task::AtOnce(bytes)) => Box::new(Print(bytes)),
            Ok(Task::Run(task)) => task,
        };
        let timeout = accepted.order.timeout;

        let mut slot = self.workshop.slots.clone().try_acquire_owned().ok();
        if self.is_accepted {
            if slot.is_some() && self.write(vec![self.started()], None).await.is_err() {
                slot = None;
            }
        } else {
            accepted.payload_in_file = payload.len() > Stdin::MAX_BYTES;
            self.accept(accepted.clone(), &mut payload, slot.is_some()).await?;
        }
        let _slot = match slot {
            Some(slot) => slot,
            None => match self.wait_for_slot(deadline).await {
                Some(slot) => slot,
                None => return self.not_started().await,
            },
        };
        self.tell(JobEvent::Started).await;

        let stdin = match self.stdin(payload, accepted.payload_in_file).await {
            Ok(stdin) => stdin,
            Err(error) => {
                let reason = format!("{}'s agent {error}", self.workshop.machine.identity);
                return self.end(Outcome::failed(reason), Written::default()).await;
            }
        };
        let context = Context {
            machine: self.workshop.machine.clone(),
            environment: self.workshop.environment.clone(),
            job: self.job,
            files: self.workshop.files.clone(),
            file_rules: self.workshop.file_rules.clone(),
            data_dir: self.workshop.data_dir.clone(),
            stdin,
            timeout,
            grace: self.workshop.grace,
        };
        let workshop = &self.workshop;
        let (disk, news) = (workshop.disk.clone(), workshop.news.clone());
        let mut output = Output::new(self.job, disk, news, workshop.output_limit);
        let outcome = task.run(context, &mut output).await;
        let written = output.finish().await;
        self.end(outcome, written).await
    }

    /// Writes down that it is accepted, and that it starts if it does.
    async fn accept(
        &mut self,
        accepted: Accepted,
        payload: &mut Vec<u8>,
        starts: bool,
    ) -> Result<(), String> {
        let (bytes, file) = match accepted.payload_in_file {
            true => (Vec::new(), Some(mem::take(payload))),
            false => (payload.clone(), None),
        };
        let mut lines = vec![Line { record: Record::Accepted(accepted), bytes }];
        lines.extend(starts.then(|| self.started()));
        self.write(lines, file).await.map_err(|error| self.refusal(&error))?;
        self.is_accepted = true;
        if !starts {
            self.tell(JobEvent::Accepted).await;
        }
        Ok(())
    }

    /// Waits for a free slot and writes down that it is taken; `None` if the time to live ends.
    async fn wait_for_slot(&self, deadline: Instant) -> Option<OwnedSemaphorePermit> {
        let slots = self.workshop.slots.clone();
        let slot = timeout_at(deadline, slots.acquire_owned()).await.ok()?.ok()?;
        loop {
            match self.write(vec![self.started()], None).await {
                Ok(()) => return Some(slot),
                Err(error) => tracing::warn!(job = %self.job, %error, "cannot start a job yet"),
            }
            let next = later(Instant::now(), RETRY);
            if next >= deadline {
                sleep_until(deadline).await;
                return None;
            }
            sleep_until(next).await;
        }
    }

    async fn stdin(&self, payload: Vec<u8>, in_file: bool) -> Result<Stdin, DataDirError> {
        Ok(match payload.is_empty() {
            _ if in_file => Stdin::File(self.workshop.disk.payload(self.job).await?),
            true => Stdin::Nothing,
            false => Stdin::Bytes(payload),
        })
    }

    async fn not_started(&self) -> Result<(), String> {
        let outcome = Outcome {
            what: Reported::NotStarted,
            exit_code: None,
            signal: None,
            reason: Some("its time to live ended before it was started".to_owned()),
        };
        self.end(outcome, Written::default()).await
    }

    /// Writes down how it ended, and tells it.
    async fn end(&self, outcome: Outcome, written: Written) -> Result<(), String> {
        let Outcome { what, exit_code, signal, reason } = outcome;
        let reason = reason.map(|reason| reason.chars().take(MAX_REASON).collect());
        let output_chunks = written.spooled + written.tail.len() as u64;
        let ending =
            Ending { exit_code, signal, reason, output_bytes: written.bytes, output_chunks };
        let ended = Ended {
            job: self.job,
            until: self.until,
            what,
            ending,
            spooled: written.spooled,
            tail: written.tail.iter().map(|(stream, bytes)| (*stream, bytes.len())).collect(),
        };
        let bytes = written.tail.iter().flat_map(|(_, bytes)| bytes).copied().collect();
        let line = Line { record: Record::Ended(ended.clone()), bytes };
        if let Err(error) = self.write(vec![line], None).await {
            if !self.is_accepted {
                return Err(self.refusal(&error));
            }
            // It is true all the same, and what a restart would say in its place (that the end is
            // not known, or that it was not started) changes no final state of the server's.
            tracing::warn!(job = %self.job, %error, "cannot write down how a job ended");
        }
        self.tell(JobEvent::Ended(ended, written.tail)).await;
        Ok(())
    }

    fn started(&self) -> Line {
        Record::Started { job: self.job, until: self.until }.into()
    }

    async fn write(&self, lines: Vec<Line>, payload: Option<Vec<u8>>) -> Result<(), DataDirError> {
        self.workshop.disk.commit(self.job, lines, payload).await
    }

    fn refusal(&self, error: &DataDirError) -> String {
        format!("{}'s agent cannot take the job: it {error}", self.workshop.machine.identity)
    }

    async fn tell(&self, event: JobEvent) {
        // Nobody listens only when the agent is about to end.
        let _ = self.workshop.news.send(JobNews { job: self.job, event }).await;
    }
}

/// Output that is too long for the journal.
struct Print(Vec<u8>);

impl Run for Print {
    fn run<'a>(
        self: Box<Self>,
        _: Context,
        output: &'a mut Output,
    ) -> std::pin::Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
        Box::pin(async move {
            output.write(OutputStream::Stdout, &self.0).await;
            Outcome::succeeded()
        })
    }
}
