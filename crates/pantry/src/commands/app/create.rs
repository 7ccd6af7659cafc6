//! `pantry app create NAME`.

use pantry_model::ApplicationName;
use pantry_model::commands::app::AppCreate;

use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `app create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry app create shop")]
pub(crate) struct Options {
    /// Its name: a-z, 0-9, `_` and `-`
    #[arg(value_name = "NAME")]
    name: ApplicationName,
}

/// Asks for it.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let mut connection = context.connect().await?;
    let application = options.name;
    let made = connection.change(&AppCreate { application }, None).await?;
    if context.print.is_json() {
        context.print.json(&made)?;
    } else {
        let name = &made.application;
        context.print.note(&format!(
            "made the application {name}; `pantry -a {name} client create IDENTITY` enrols a machine"
        ));
    }
    Ok(exit::DONE)
}
