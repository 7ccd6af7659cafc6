//! `pantry completions SHELL`: what makes a shell complete commands and options.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `completions`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  source <(pantry completions bash)                    in ~/.bashrc
  pantry completions zsh > ~/.zfunc/_pantry
  pantry completions fish > ~/.config/fish/completions/pantry.fish")]
pub(crate) struct Options {
    /// For which shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints it.
pub(crate) fn run(options: &Options, context: &mut Context) -> Result<u8, CliError> {
    let mut text = Vec::new();
    clap_complete::generate(options.shell, &mut Arguments::command(), "pantry", &mut text);
    context.print.bytes(&text)?;
    Ok(exit::DONE)
}
