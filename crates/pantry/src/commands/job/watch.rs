//! `pantry job watch ID`: what `exec` shows, from the beginning and until the job is over.

use pantry_model::JobId;
use pantry_model::commands::job::JobShow;

use super::chosen;
use crate::commands::{Context, start};
use crate::errors::CliError;
use crate::watch::{How, WatchedJob};

/// Options of `job watch`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It waits as well for clients that are away, until they come back or the job's time to live ends.
Ctrl-C ends the watching, not the job.

Examples:
  pantry job watch 01hzk3v5m8qw2x4c
  pantry job watch 01hzk3v5m8qw2x4c -i 'web*'")]
pub(crate) struct Options {
    /// The job
    #[arg(value_name = "ID")]
    id: JobId,
}

/// Watches.
pub(crate) async fn run(options: &Options, context: &mut Context) -> Result<u8, CliError> {
    let mut connection = context.connect().await?;
    let view = connection.ask(&JobShow { job: options.id }).await?;
    let identities = chosen(&view, context)?;
    let expected = if identities.is_empty() { view.deliveries.len() } else { identities.len() };
    let mut jobs = [WatchedJob::new(options.id, view.job.application, expected as u64)];
    let how = How { identities, follow: true, patience_with_absent: None };
    start::watch(&mut connection, &mut jobs, &how, context).await
}
