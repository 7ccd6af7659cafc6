//! One run, from its turn to its report.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use pantry_model::commands::chef_run::{ChefRun, ChefRunFinish, ChefRunPrepare, FinishedRun, Mode};
use pantry_model::protocol::Reported;
use pantry_model::{Clock, EnvironmentName, JobId, MachineId, OutputStream};
use pantry_wire::files::{Contents, FileError};
use tokio::time::{Instant, sleep, timeout_at};

use super::blocking::on_a_thread;
use super::folders::Folders;
use super::program::Found;
use super::provider::Provider;
use super::settings::ChefConfig;
use super::supply::{Failure, Supplied, Supply};
use super::turn::{Turn, Turns};
use super::{configuration, environment, key, program, record};
use crate::commands::Context;
use crate::data_dir::private;
use crate::file_service::Files;
use crate::output::Output;
use crate::process::{self, Outcome, Program, Stdin, Variables};
use crate::time::later;

/// The usual [`Chef::finish_patience`].
const FINISH_PATIENCE: Duration = Duration::from_secs(60);
/// The pause between attempts.
const FINISH_PAUSE: Duration = Duration::from_secs(1);
/// With this, a Chef whose licence nobody has accepted ends.
const LICENCE_NOT_ACCEPTED: i32 = 172;

/// Chef on this machine.
pub(crate) struct Chef {
    pub(super) config: ChefConfig,
    pub(super) folders: Folders,
    pub(super) turns: Turns,
    pub(super) clock: Arc<dyn Clock>,
    /// How long it is tried to tell the server how a run ended.
    pub(super) finish_patience: Duration,
}

/// What a run is told of its job.
pub(crate) struct Work {
    /// The machine.
    pub(crate) machine: MachineId,
    /// Its environment, if the agent knows it.
    pub(crate) environment: Option<EnvironmentName>,
    /// The job.
    pub(crate) job: JobId,
    /// How long all of it may take.
    pub(crate) timeout: Duration,
    /// How long Chef has to end once asked to.
    pub(crate) grace: Duration,
    /// The host that the server is reached at.
    pub(crate) server_host: String,
}

impl Work {
    /// What a job's context says, and the way to whoever provides the rest.
    pub(crate) fn of(context: Context) -> (Self, Files) {
        let Context { machine, environment, job, timeout, grace, files, .. } = context;
        let server_host = files.server_host().to_owned();
        (Self { machine, environment, job, timeout, grace, server_host }, files)
    }
}

impl Chef {
    /// Chef with these settings, for an agent with this data directory.
    pub(crate) fn new(config: ChefConfig, data_dir: &Path, clock: Arc<dyn Clock>) -> Self {
        let folders = Folders::of(data_dir);
        let turns = Turns::new(folders.clone());
        Self { config, folders, turns, clock, finish_patience: FINISH_PATIENCE }
    }

    /// Runs Chef once. `open` connects to whoever provides the run, when its turn has come.
    pub(crate) async fn run<P: Provider>(
        &self,
        asked: &ChefRun,
        work: &Work,
        cache: &Contents,
        open: impl FnOnce() -> Result<P, String>,
        output: &mut Output,
    ) -> Outcome {
        let machine = work.machine.identity.as_str();
        let found = match program::find(asked.mode, &self.config, machine) {
            Ok(found) => found,
            Err(sentence) => return Outcome::failed(sentence),
        };
        let deadline = later(Instant::now(), work.timeout);
        let turn = self.turns.take(self.config.when_busy, machine, output);
        let _turn: Turn = match timeout_at(deadline, turn).await {
            Ok(Ok(turn)) => turn,
            Ok(Err(sentence)) => return Outcome::failed(sentence),
            Err(_) => return too_late(work, "its turn came"),
        };
        let provider = match open() {
            Ok(provider) => provider,
            Err(why) => return Outcome::failed(format!("{machine} did not start Chef: {why}")),
        };
        let started_at = self.clock.now();
        let began = Instant::now();
        let one = One { chef: self, asked, work, cache, provider: &provider, found, deadline };
        let (outcome, supplied) = match one.carry_out(output).await {
            // The server knows that already.
            Came::Refused(sentence) => return Outcome::failed(sentence),
            Came::To(outcome, supplied) => (outcome, supplied),
        };
        let ended = ChefRunFinish {
            job: work.job,
            started_at,
            duration: began.elapsed(),
            exit_code: outcome.exit_code,
            reason: outcome.reason.clone(),
        };
        one.finish(&ended, supplied, output).await;
        outcome
    }
}

/// A run under way.
struct One<'a> {
    chef: &'a Chef,
    asked: &'a ChefRun,
    work: &'a Work,
    cache: &'a Contents,
    provider: &'a dyn Provider,
    found: Found,
    deadline: Instant,
}

/// What a run came to.
enum Came {
    /// The server does not let it run, and says why.
    Refused(String),
    /// An end; with what it was given, if that was there.
    To(Outcome, Option<Box<Supplied>>),
}

impl One<'_> {
    fn machine(&self) -> &str {
        self.work.machine.identity.as_str()
    }

    async fn carry_out(&self, output: &mut Output) -> Came {
        let supplied = match timeout_at(self.deadline, self.supply()).await {
            Ok(Ok(supplied)) => supplied,
            Ok(Err(Failure::Refused(sentence))) => return Came::Refused(sentence),
            Ok(Err(Failure::Failed(what))) => {
                return Came::To(Outcome::failed(self.not_started(&what)), None);
            }
            Err(_) => return Came::To(too_late(self.work, "everything was there"), None),
        };
        if let Err(error) = self.configure(&supplied).await {
            let sentence = self.not_started(&error.to_string());
            return Came::To(Outcome::failed(sentence), Some(Box::new(supplied)));
        }
        let outcome = self.start(output).await;
        Came::To(outcome, Some(Box::new(supplied)))
    }

    fn not_started(&self, what: &str) -> String {
        format!("{} did not start Chef: {what}", self.machine())
    }

    /// The repository, as the server says.
    async fn supply(&self) -> Result<Supplied, Failure> {
        let failed = |error: io::Error| Failure::Failed(error.to_string());
        let folders = self.chef.folders.clone();
        let is_server = self.asked.mode == Mode::Server;
        let public_key = on_a_thread(move || {
            folders.make().map_err(|error| {
                format!("cannot make the folder {}: {error}", folders.path().display())
            })?;
            is_server.then(|| key::public(&folders)).transpose()
        });
        let public_key = public_key.await.map_err(failed)?.map_err(Failure::Failed)?;
        let ask = ChefRunPrepare { job: self.work.job, public_key };
        let supply =
            Supply { provider: self.provider, cache: self.cache, folders: &self.chef.folders };
        let supplied = supply.bring(&ask).await?;
        if supplied.run.mode != self.asked.mode || (is_server && supplied.run.server.is_none()) {
            return Err(Failure::Failed("the server's answer is for another run".to_owned()));
        }
        Ok(supplied)
    }

    /// Writes what Chef is told beside its arguments.
    async fn configure(&self, supplied: &Supplied) -> io::Result<()> {
        let Chef { config, folders, .. } = self.chef;
        let (folders, config, run) = (folders.clone(), config.clone(), supplied.run.clone());
        let server_host = self.work.server_host.clone();
        let write = move || -> io::Result<()> {
            let write = |name: &str, bytes: &[u8]| replace(folders.path(), name, bytes);
            let text = configuration::text(&run, &folders, &config, &server_host);
            write(configuration::name(run.mode), text.as_bytes())?;
            if run.mode == Mode::Solo {
                let node = folders.repository().join("nodes").join(format!("{}.json", run.node));
                let attributes = configuration::attributes(&run, fs::read(node).ok().as_deref());
                write("solo.json", &attributes)?;
            }
            // Chef writes only to a file that is there.
            write("messages.json", b"")
        };
        on_a_thread(write).await?
    }

    /// Chef itself.
    async fn start(&self, output: &mut Output) -> Outcome {
        let folders = &self.chef.folders;
        let configuration = folders.configuration(configuration::name(self.asked.mode));
        let arguments =
            program::arguments(&self.found, self.asked, &configuration, &folders.attributes());
        let mut variables = environment::of(std::env::vars_os());
        let MachineId { application, identity } = &self.work.machine;
        let ours = [
            ("PANTRY_APPLICATION", Some(application.to_string())),
            ("PANTRY_IDENTITY", Some(identity.to_string())),
            ("PANTRY_JOB", Some(self.work.job.to_string())),
            ("PANTRY_ENVIRONMENT", self.work.environment.as_ref().map(ToString::to_string)),
        ];
        let ours = ours.into_iter().filter_map(|(name, value)| Some((name.into(), value?.into())));
        variables.extend(ours);
        let program = Program {
            program: self.found.path.display().to_string(),
            arguments,
            environment: Variables::Only(variables),
            stdin: Stdin::Nothing,
            timeout: self.deadline.saturating_duration_since(Instant::now()),
            grace: self.work.grace,
        };
        let turns = &self.chef.turns;
        let note = |process| turns.started(process);
        let mut outcome = process::run_and_note(program, self.machine(), output, note).await;
        turns.ended();
        if outcome.exit_code == Some(LICENCE_NOT_ACCEPTED) && outcome.reason.is_none() {
            outcome.reason = Some(format!(
                "nobody has accepted the licence of this Chef on {}: run it there once, or give the \
                 agent the environment variable CHEF_LICENSE",
                self.machine()
            ));
        }
        outcome
    }

    /// Collects what the run has left, and tells the server. Whatever comes of that changes nothing
    /// in how the run ended.
    async fn finish(
        &self,
        ended: &ChefRunFinish,
        supplied: Option<Box<Supplied>>,
        output: &mut Output,
    ) {
        let (folders, asked) = (self.chef.folders.clone(), self.asked.clone());
        let (cache, most) = (self.cache.clone(), self.chef.config.cache_limit);
        let collected = on_a_thread(move || {
            let (run, node) = supplied.as_ref().map_or((None, None), |it| (Some(&it.run), it.node));
            let record = match run {
                Some(_) => record::collect(&folders, &asked, run, node),
                None => record::Record::nothing(),
            };
            if let Some(Supplied { contents, fetched: true, .. }) = supplied.as_deref()
                && let Err(error) = cache.trim(most, &|content| contents.contains(content))
            {
                tracing::warn!(%error, "cannot look through the agent's cache");
            }
            record
        });
        let mut notes = Vec::new();
        match collected.await {
            Ok(record) => {
                notes.extend(record.left_out);
                notes.extend(self.tell(ended, &record.json).await);
            }
            Err(error) => notes.push(format!("the server was not told how the run ended: {error}")),
        }
        for note in notes {
            let line = format!("[pantry: {note}]\n");
            output.write(OutputStream::Stderr, line.as_bytes()).await;
        }
    }

    /// Tells the server, again and again for a while. Answers what people should know of it.
    async fn tell(&self, ended: &ChefRunFinish, record: &[u8]) -> Option<String> {
        let until = later(Instant::now(), self.chef.finish_patience);
        let mut last = "it did not answer in time".to_owned();
        let unheard = |why: &str| {
            format!("the server was not told how the run ended, and the node was not saved: {why}")
        };
        loop {
            match timeout_at(until, self.provider.finish(ended, record)).await {
                Ok(Ok(FinishedRun { node_refused, .. })) => {
                    return node_refused.map(|why| format!("the node was not saved: {why}"));
                }
                Ok(Err(error @ FileError::Unreachable { .. })) => last = error.to_string(),
                Ok(Err(error)) => return Some(unheard(&error.to_string())),
                Err(_) => return Some(unheard(&last)),
            }
            if later(Instant::now(), FINISH_PAUSE) >= until {
                return Some(unheard(&last));
            }
            sleep(FINISH_PAUSE).await;
        }
    }
}

/// Writes a file of this run, unless it says that already. The next run writes its own, so nothing is
/// lost with the machine.
fn replace(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    let path = folder.join(name);
    if fs::symlink_metadata(&path).is_ok_and(|it| it.is_file())
        && fs::read(&path).is_ok_and(|there| there == bytes)
    {
        return Ok(());
    }
    let new = folder.join(format!("{name}.new"));
    private().truncate(true).open(&new)?.write_all(bytes)?;
    fs::rename(&new, &path)
}

/// The time of a run was over before Chef could be started.
fn too_late(work: &Work, what: &str) -> Outcome {
    let seconds = work.timeout.as_secs_f64();
    Outcome {
        what: Reported::TimedOut,
        exit_code: None,
        signal: None,
        reason: Some(format!(
            "Chef was not started on {}: the time of {seconds} s was over before {what}",
            work.machine.identity
        )),
    }
}
