//! `pantry chef …` of the agent-only binary: what needs neither a server nor HTTP.

use super::{Context, metadata};
use crate::errors::CliError;

/// Options of `chef`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    noun: Local,
}

#[derive(Debug, clap::Subcommand)]
enum Local {
    /// What the metadata.rb of a cookbook says, as JSON
    Metadata(metadata::Options),
}

/// Does it.
pub(crate) fn run(options: &Options, context: &mut Context) -> Result<u8, CliError> {
    match &options.noun {
        Local::Metadata(options) => metadata::run(options, context),
    }
}
