//! `pantry chef metadata DIR`.
//!
//! It asks no server, so the agent-only binary has it too.

use std::path::PathBuf;

use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `chef metadata`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The metadata.rb of a cookbook is evaluated without Ruby, and printed as the metadata.json that Chef's
own tools make of it, to the byte; a cookbook that has only a metadata.json is printed as it is
understood. No server is asked. With --json it is the same.

Examples:
  pantry chef metadata cookbooks/nginx
  pantry chef metadata . > metadata.json")]
pub(crate) struct Options {
    /// The cookbook's folder
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
}

/// Reads and prints.
pub(crate) fn run(options: &Options, context: &mut Context) -> Result<u8, CliError> {
    let folder = context.environment.absolute(&options.folder);
    let metadata = pantry_berks::compile(&folder)?;
    context.print.bytes(metadata.pretty().as_bytes())?;
    Ok(exit::DONE)
}
