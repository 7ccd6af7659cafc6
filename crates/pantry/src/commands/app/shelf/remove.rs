//! `pantry app shelf remove APP SHELF…`.

use pantry_http_client::{ChefClient, segment};
use pantry_model::ApplicationName;

use super::attached;
use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `app shelf remove`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry app shelf remove shop base")]
pub(super) struct Options {
    /// The application
    #[arg(value_name = "APP")]
    application: ApplicationName,
    /// The shelves
    #[arg(value_name = "SHELF", required = true)]
    shelves: Vec<ApplicationName>,
}

/// Asks for it.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let Options { application, shelves } = options;
    for shelf in shelves {
        let path = format!("{}/{}", attached::path(application), segment(shelf.as_str()));
        client.delete(&path).await?;
    }
    let names: Vec<_> = shelves.iter().map(ApplicationName::as_str).collect();
    let sentence = format!("{application} does not use {} any more", names.join(", "));
    attached::print(client, application, &sentence, context).await?;
    Ok(exit::DONE)
}
