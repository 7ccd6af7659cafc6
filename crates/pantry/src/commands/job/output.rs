//! `pantry job output ID`: what is stored of a job's output.

use pantry_model::JobId;
use pantry_model::commands::job::JobShow;

use super::chosen;
use crate::commands::Context;
use crate::commands::start::interrupted;
use crate::errors::{CliError, exit};
use crate::watch::{self, Ended, How, JsonShow, LinesShow, RawShow, WatchedJob};

/// Options of `job output`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
With -i that means one client, and not on a terminal, the output is its bytes as they were written;
else it is lines under the clients' names.

Examples:
  pantry job output 01hzk3v5m8qw2x4c
  pantry job output 01hzk3v5m8qw2x4c -i web1 > web1.log")]
pub(crate) struct Options {
    /// The job
    #[arg(value_name = "ID")]
    id: JobId,
}

/// Asks and prints.
pub(crate) async fn run(options: &Options, context: &mut Context) -> Result<u8, CliError> {
    let mut connection = context.connect().await?;
    let view = connection.ask(&JobShow { job: options.id }).await?;
    let identities = chosen(&view, context)?;
    let one = identities.len() == 1;
    let mut jobs = [WatchedJob::new(options.id, view.job.application, 0)];
    let how = How { identities, ..How::default() };

    let (mut json, mut raw) = (JsonShow::default(), RawShow);
    let mut lines = LinesShow::new(false, context.clock.now()).quiet();
    let print = &mut context.print;
    let show: &mut dyn watch::Show = if print.is_json() {
        &mut json
    } else if one && !print.out_is_terminal() {
        &mut raw
    } else {
        &mut lines
    };
    match watch::follow(&mut connection, &mut jobs, &how, show, print, interrupted()).await? {
        Ended::Interrupted => Ok(exit::INTERRUPTED),
        Ended::Over | Ended::OnlyAbsent => Ok(exit::DONE),
    }
}
