//! What `exec`, `echo` and every other client command have in common: a job is started, watched,
//! and ends with a table and an exit code.

use std::time::Duration;

use pantry_model::commands::ClientCommand;
use pantry_model::commands::job::JobStart;
use pantry_model::protocol::Failure;
use pantry_model::{ErrorCode, Order};

use super::Context;
use crate::connection::Connection;
use crate::errors::{CliError, exit};
use crate::watch::{self, Ended, How, JsonShow, LinesShow, Understand, UnderstoodShow, WatchedJob};

/// How long clients may be away before nobody waits for them: one may just be connecting again.
const PATIENCE_WITH_ABSENT: Duration = Duration::from_secs(5);

/// What is started, besides the command itself.
#[derive(Debug, Default)]
pub(super) struct Start {
    /// What the command reads on standard input.
    pub(super) payload: Option<Vec<u8>>,
    /// How long it may run.
    pub(super) timeout: Duration,
    /// How long clients have to take it.
    pub(super) time_to_live: Duration,
    /// Whether nobody waits.
    pub(super) no_wait: bool,
    /// The number under which files were stored that it carries.
    pub(super) staged: Option<u64>,
}

/// Starts a command on the clients that the options mean, and watches.
pub(super) async fn start<C: ClientCommand>(
    command: &C,
    start: Start,
    context: &mut Context,
) -> Result<u8, CliError> {
    let mut connection = context.connect().await?;
    let no_wait = start.no_wait;
    let mut jobs = begin(command, start, &mut connection, context).await?;
    if no_wait {
        return Ok(exit::DONE);
    }
    watch(&mut connection, &mut jobs, &until_absent(), context).await
}

/// How to watch what was started just now: as long as anybody is there to be waited for.
pub(super) fn until_absent() -> How {
    How { follow: true, patience_with_absent: Some(PATIENCE_WITH_ABSENT), ..How::default() }
}

/// Starts a command on the clients that the options mean, and says which jobs that are if nobody waits,
/// or a program listens.
pub(super) async fn begin<C: ClientCommand>(
    command: &C,
    start: Start,
    connection: &mut Connection,
    context: &mut Context,
) -> Result<Vec<WatchedJob>, CliError> {
    let arguments =
        serde_json::to_value(command).map_err(|error| CliError::Nonsense(error.to_string()))?;
    let order = Order { command: C::NAME.to_owned(), arguments, timeout: start.timeout };
    let request = JobStart {
        application: context.global.application.clone(),
        target: context.target(),
        order,
        time_to_live: start.time_to_live,
        staged: start.staged,
    };
    let started = connection.change(&request, start.payload).await?;
    if started.is_empty() {
        let message = format!("no client of any application matches {}", request.target);
        return Err(CliError::Server(Failure { code: ErrorCode::NobodyMatches, message }));
    }
    for job in &started {
        if context.print.is_json() {
            JsonShow::job(&mut context.print, job)?;
        } else if start.no_wait {
            context.print.line(&job.job.to_string())?;
        }
    }
    Ok(started.iter().map(WatchedJob::started).collect())
}

/// Watches jobs to their end and says what came of them.
pub(super) async fn watch(
    connection: &mut Connection,
    jobs: &mut [WatchedJob],
    how: &How,
    context: &mut Context,
) -> Result<u8, CliError> {
    let ended = follow(connection, jobs, how, None, context).await?;
    conclude(ended, jobs, exit::DONE, context)
}

/// Watches jobs to their end. `understand`, if there is one, shows the lines that it understands in its
/// own way.
pub(super) async fn follow(
    connection: &mut Connection,
    jobs: &mut [WatchedJob],
    how: &How,
    understand: Option<&mut Understand<'_>>,
    context: &mut Context,
) -> Result<Ended, CliError> {
    let several = jobs.len() > 1;
    let mut lines = LinesShow::new(several, context.clock.now());
    let mut json = JsonShow::default();
    let print = &mut context.print;
    let plain: &mut dyn watch::Show = if print.is_json() { &mut json } else { &mut lines };
    let ended = match understand {
        None => watch::follow(connection, jobs, how, plain, print, interrupted()).await?,
        Some(understand) => {
            let mut show = UnderstoodShow::new(plain, understand);
            watch::follow(connection, jobs, how, &mut show, print, interrupted()).await?
        }
    };
    print.progress("");
    Ok(ended)
}

/// Says what came of jobs that were watched. `failed` is what went wrong besides.
pub(super) fn conclude(
    ended: Ended,
    jobs: &[WatchedJob],
    failed: u8,
    context: &mut Context,
) -> Result<u8, CliError> {
    let lines = LinesShow::new(jobs.len() > 1, context.clock.now());
    let print = &mut context.print;
    let ids: Vec<_> = jobs.iter().map(|job| job.id).collect();
    if ended == Ended::Interrupted {
        let again = watch::watch_again(&ids);
        print.flush()?;
        print.note(&format!("\nthe work goes on; to see it again: {again}"));
        return Ok(exit::INTERRUPTED);
    }
    let outcomes = watch::outcomes(jobs, context.clock.now());
    let exit_code = match watch::exit_code(&outcomes) {
        exit::DONE => failed,
        exit_code => exit_code,
    };
    if print.is_json() {
        JsonShow::summary(print, &outcomes, exit_code)?;
        return Ok(exit_code);
    }
    print.flush()?;
    print.note(&format!("\n{}", watch::summary(&outcomes, |machine| lines.name(machine))));
    if ended == Ended::OnlyAbsent {
        print.note(&format!("\nhint: to wait for the silent ones: {}", watch::watch_again(&ids)));
    }
    Ok(exit_code)
}

/// Ctrl-C. If it cannot be listened for, it ends the process as ever.
pub(super) async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
