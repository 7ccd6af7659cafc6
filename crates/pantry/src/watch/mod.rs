//! Following jobs: what happens to their deliveries, and their output, as it comes.
//!
//! Output is pulled: the server sends as much as there is credit, and credit is given back for what
//! was printed, so a slow terminal delays nobody and misses nothing. What was seen of each client
//! is remembered, and after a lost connection the watch goes on from there.

mod job;
mod json;
mod lines;
mod outcome;
mod raw;
mod understood;

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use pantry_model::commands::job::JobWatch;
use pantry_model::{Identity, JobId, MachineId, MessageType, OutputStream};
use tokio::time::{Instant, sleep_until};

pub(crate) use self::job::WatchedJob;
pub(crate) use self::json::JsonShow;
pub(crate) use self::lines::LinesShow;
pub(crate) use self::outcome::{exit_code, outcomes, sentence, summary};
pub(crate) use self::raw::RawShow;
pub(crate) use self::understood::{Understand, Understood, UnderstoodShow, event_of};
use crate::connection::{Connection, Heard, failure, read};
use crate::errors::CliError;
use crate::print::Print;

/// How much output of one job may be on its way at a time.
const WINDOW_BYTES: u64 = 1024 * 1024;

/// Credit is given back in portions of this size.
const CREDIT_PORTION: u64 = WINDOW_BYTES / 4;

/// How to follow.
#[derive(Clone, Debug, Default)]
pub(crate) struct How {
    /// Only these clients; all, if none.
    pub(crate) identities: Vec<Identity>,
    /// Whether to wait for what has not happened yet.
    pub(crate) follow: bool,
    /// How long to wait while nothing but clients that are away is waited for; for ever, if none.
    /// It is not zero, since a client may just be connecting again.
    pub(crate) patience_with_absent: Option<Duration>,
}

/// Why following ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Everything is final, or was shown.
    Over,
    /// Only clients that are away were waited for.
    OnlyAbsent,
    /// Ctrl-C.
    Interrupted,
}

/// Shows what happens. Lines, JSON and raw bytes are the three ways.
pub(crate) trait Show {
    /// A delivery has come to a state, or its client has come or gone.
    fn delivery(&mut self, print: &mut Print, change: &Change<'_>) -> Result<(), CliError>;
    /// A client's program has written something.
    fn output(
        &mut self,
        print: &mut Print,
        machine: &MachineId,
        stream: OutputStream,
        bytes: &[u8],
    ) -> Result<(), CliError>;
    /// There is no more output of a client.
    fn output_ends(&mut self, print: &mut Print, machine: &MachineId) -> Result<(), CliError>;
    /// Something about the watch itself.
    fn note(&mut self, print: &mut Print, text: &str);
}

/// A delivery's new state.
#[derive(Debug)]
pub(crate) struct Change<'a> {
    /// The job that it belongs to.
    pub(crate) job: &'a WatchedJob,
    /// Whose delivery it is.
    pub(crate) machine: &'a MachineId,
    /// How it was, if it was known.
    pub(crate) before: Option<&'a job::WatchedClient>,
    /// How it is.
    pub(crate) now: &'a job::WatchedClient,
}

/// Follows the jobs until they are over, or `interrupted` is.
pub(crate) async fn follow(
    connection: &mut Connection,
    jobs: &mut [WatchedJob],
    how: &How,
    show: &mut dyn Show,
    print: &mut Print,
    interrupted: impl Future<Output = ()>,
) -> Result<Ended, CliError> {
    let mut interrupted = pin!(interrupted);
    for job in &mut *jobs {
        ask(connection, job, how).await?;
    }
    let mut connected = true;
    let mut give_up_at: Option<Instant> = None;
    while !jobs.iter().all(|job| job.is_over) {
        give_up_at = match how.patience_with_absent {
            Some(patience) if connected && jobs.iter().all(WatchedJob::waits_only_for_absent) => {
                Some(give_up_at.unwrap_or_else(|| Instant::now() + patience))
            }
            _ => None,
        };
        show_progress(jobs, how, print);
        print.flush()?;
        let heard = tokio::select! {
            biased;
            () = &mut interrupted => return Ok(Ended::Interrupted),
            heard = connection.next() => heard?,
            () = sleep_until(give_up_at.unwrap_or_else(Instant::now)), if give_up_at.is_some() => {
                return Ok(Ended::OnlyAbsent);
            }
        };
        match heard {
            Heard::Lost => {
                connected = false;
                let text =
                    "the connection to the server is lost: trying to get it back; the jobs go on";
                show.note(print, text);
            }
            Heard::Back => {
                connected = true;
                show.note(print, "the connection to the server is back");
                for job in jobs.iter_mut().filter(|job| !job.is_over) {
                    ask(connection, job, how).await?;
                }
            }
            Heard::Message(message) => {
                let request = message.metadata.reply_to;
                // An answer to an earlier connection's watch is nobody's.
                let Some(job) = jobs.iter_mut().find(|job| Some(job.request) == request) else {
                    continue;
                };
                match message.metadata.kind {
                    MessageType::Reply => job.job = Some(read(&message)?),
                    MessageType::Event => {
                        job.take(&read(&message)?, message.payload(), show, print)?;
                    }
                    _ => return Err(failure(&message)),
                }
                if job.unreturned_credit >= CREDIT_PORTION && !job.is_over {
                    print.flush()?;
                    let bytes = std::mem::take(&mut job.unreturned_credit);
                    connection.give_credit(job.request, bytes).await?;
                }
            }
        }
    }
    print.progress("");
    print.flush()?;
    Ok(Ended::Over)
}

async fn ask(connection: &mut Connection, job: &mut WatchedJob, how: &How) -> Result<(), CliError> {
    let watch = JobWatch {
        job: job.id,
        identities: how.identities.clone(),
        seen: job.seen(),
        credit: WINDOW_BYTES,
        follow: how.follow,
    };
    job.unreturned_credit = 0;
    job.request = connection.send_request(&watch, None).await?;
    Ok(())
}

fn show_progress(jobs: &[WatchedJob], how: &How, print: &mut Print) {
    if how.follow {
        let total: u64 = jobs.iter().map(WatchedJob::total).sum();
        let over: usize = jobs.iter().map(WatchedJob::final_deliveries).sum();
        print.progress(&format!("{over} of {total} done"));
    }
}

/// What to type to go on watching.
pub(crate) fn watch_again(jobs: &[JobId]) -> String {
    let commands: Vec<_> = jobs.iter().map(|id| format!("`pantry job watch {id}`")).collect();
    commands.join(", ")
}
