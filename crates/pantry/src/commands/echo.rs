//! `pantry echo TEXT`: who is there, and how fast.

use std::time::Duration;

use pantry_model::commands::echo::Echo;

use super::Context;
use super::start::{Start, start};
use crate::arguments::durations;
use crate::errors::CliError;

/// Options of `echo`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry -a shop echo hi
  pantry -a shop -i 'web*' echo hi --json")]
pub(crate) struct Options {
    /// What is to come back
    #[arg(value_name = "TEXT")]
    text: String,
    /// How long it may take on a client
    #[arg(long, value_name = "TIME", value_parser = durations::parse, default_value = "30s")]
    timeout: Duration,
    /// How long clients that are away have to come back and answer
    #[arg(long, value_name = "TIME", value_parser = durations::parse, default_value = "5m")]
    ttl: Duration,
    /// Print the job's id and do not wait
    #[arg(long)]
    no_wait: bool,
}

/// Starts it and watches.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let how = Start {
        payload: None,
        timeout: options.timeout,
        time_to_live: options.ttl,
        no_wait: options.no_wait,
        staged: None,
    };
    start(&Echo { text: options.text }, how, context).await
}
