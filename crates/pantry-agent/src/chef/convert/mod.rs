//! `chef:convert` on this machine: what a Chef without Pantry needs is written into its folder
//! (`chef.config_dir`), and taken back.
//!
//! What the files are the server says, as for a run ([`parts`]). They are first written beside their
//! places ([`stage`]), so that a full disk or a missing permission is known before anything has
//! changed; then it is noted in the data directory what is about to be done ([`note`]); and then there
//! are only renames ([`place`]). What somebody else has put there is moved aside and never written to.
//! A conversion that was cut off is repeated or taken back by the note, which says for each name what
//! is Pantry's: what the disk has tells how far it came.

mod content;
mod cut;
mod error;
mod note;
mod parts;
mod place;
mod stage;
#[cfg(test)]
mod tests;

use std::fmt::Write as _;

use pantry_model::OutputStream;
use pantry_model::commands::chef_convert::{ChefConvert, Form};
use pantry_model::commands::chef_run::{ChefRun, ChefRunPrepare, Mode};
use pantry_model::protocol::Reported;
use pantry_wire::files::Contents;
use tokio::time::{Instant, timeout_at};

use super::blocking::on_a_thread;
use super::program::Found;
use super::provider::Provider;
use super::run::{Chef, Work};
use super::supply::{Failure, Supplied, Supply};
use super::turn::Turn;
use super::{key, program};
use crate::output::Output;
use crate::process::Outcome;
use crate::time::later;
use parts::Part;
use place::Conversion;

impl Chef {
    /// Converts this machine, when no run goes on. `open` connects to whoever says what it needs.
    pub(crate) async fn convert<P: Provider>(
        &self,
        asked: &ChefConvert,
        work: &Work,
        cache: &Contents,
        open: impl FnOnce() -> Result<P, String>,
        output: &mut Output,
    ) -> Outcome {
        let machine = work.machine.identity.as_str();
        let not = |why: &str| Outcome::failed(format!("{machine} was not converted: {why}"));
        let deadline = later(Instant::now(), work.timeout);
        let turn = self.turns.take(self.config.when_busy, machine, output);
        let turn: Turn = match timeout_at(deadline, turn).await {
            Ok(Ok(turn)) => turn,
            Ok(Err(sentence)) => return Outcome::failed(sentence),
            Err(_) => return too_late(work),
        };
        let supplied = match asked.run() {
            None => None,
            Some(run) => {
                let provider = match open() {
                    Ok(provider) => provider,
                    Err(why) => return not(&why),
                };
                match timeout_at(deadline, self.needed(&run, work, cache, &provider)).await {
                    Ok(Ok(supplied)) => Some(supplied),
                    Ok(Err(Failure::Refused(why) | Failure::Failed(why))) => return not(&why),
                    Err(_) => return too_late(work),
                }
            }
        };
        let (folders, config) = (self.folders.clone(), self.config.clone());
        let (form, server_host) = (asked.to, work.server_host.clone());
        let converted = on_a_thread(move || {
            // Nobody runs Chef before it is done, even if nobody waits for it any more.
            let _turn = turn;
            let conversion = Conversion::new(folders.path(), &config.config_dir);
            match &supplied {
                None => conversion.take_back(),
                Some(Supplied { run, .. }) => {
                    let parts = Part::all_of(run, &folders, &config, &server_host)?;
                    conversion.convert(form, parts)
                }
            }
        });
        let lines = match converted.await {
            Ok(Ok(lines)) => lines,
            Ok(Err(error)) => return not(&error.to_string()),
            Err(error) => return not(&error.to_string()),
        };
        let mut text: String = lines.into_iter().map(|line| line + "\n").collect();
        text.push_str(&self.what_next(form, work));
        output.write(OutputStream::Stdout, text.as_bytes()).await;
        Outcome::succeeded()
    }

    /// What the server says that the machine needs, in the agent's own folder.
    async fn needed(
        &self,
        run: &ChefRun,
        work: &Work,
        cache: &Contents,
        provider: &dyn Provider,
    ) -> Result<Supplied, Failure> {
        let folders = self.folders.clone();
        let is_server = run.mode == Mode::Server;
        // The machine's one key is the same with Pantry and without: so neither replaces the other's.
        let public_key = on_a_thread(move || {
            folders.make().map_err(|error| {
                format!("cannot make the folder {}: {error}", folders.path().display())
            })?;
            is_server.then(|| key::public(&folders)).transpose()
        });
        let public_key = public_key.await.map_err(|error| Failure::Failed(error.to_string()))?;
        let public_key = public_key.map_err(Failure::Failed)?;
        let ask = ChefRunPrepare { job: work.job, public_key };
        let supplied = Supply { provider, cache, folders: &self.folders }.bring(&ask).await?;
        if supplied.run.mode != run.mode || (is_server && supplied.run.server.is_none()) {
            return Err(Failure::Failed("the server's answer is for something else".to_owned()));
        }
        let (cache, most) = (cache.clone(), self.config.cache_limit);
        let (contents, fetched) = (supplied.contents.clone(), supplied.fetched);
        let trimmed = on_a_thread(move || match fetched {
            true => cache.trim(most, &|content| contents.contains(content)).map(drop),
            false => Ok(()),
        });
        if let Err(error) = trimmed.await.and_then(|trimmed| trimmed) {
            tracing::warn!(%error, "cannot look through the agent's cache");
        }
        Ok(supplied)
    }

    /// What people do now.
    fn what_next(&self, form: Form, work: &Work) -> String {
        let machine = &work.machine;
        let (mode, usual, file) = match form {
            Form::Pantry => return String::new(),
            Form::ChefClient => (Mode::Server, "chef-client", parts::CLIENT),
            Form::ChefSolo => (Mode::Solo, "chef-solo", parts::SOLO),
        };
        let found = program::find(mode, &self.config, machine.identity.as_str());
        let (program, lacks) = match found {
            Ok(Found { path, client_as_solo: false }) => (path.display().to_string(), false),
            Ok(Found { path, .. }) => (format!("{} --local-mode", path.display()), false),
            Err(_) => (usual.to_owned(), true),
        };
        let path = |name: &str| self.config.config_dir.join(name).display().to_string();
        let mut command = format!("{program} -c {}", path(file));
        if form == Form::ChefSolo {
            // Writing to a text cannot fail.
            let _ = write!(command, " -j {}", path(parts::NODE));
        }
        let lacks = if lacks { format!(" (there is no {usual} yet)") } else { String::new() };
        format!(
            "Now stop the Pantry client here, and run{lacks}:\n  {command}\nTo come back, start the \
             Pantry client again, and type:\n  pantry -a {} -i {} chef convert --to pantry\n",
            machine.application, machine.identity
        )
    }
}

/// The time was over before anything was changed.
fn too_late(work: &Work) -> Outcome {
    let seconds = work.timeout.as_secs_f64();
    let machine = &work.machine.identity;
    Outcome {
        what: Reported::TimedOut,
        exit_code: None,
        signal: None,
        reason: Some(format!(
            "{machine} was not converted: the time of {seconds} s was over before everything was there"
        )),
    }
}
