//! `pantry chef cookbook …`: cookbooks on a Chef server, and on their way there and back.

mod delete;
mod download;
mod list;
mod local;
mod order;
mod show;
mod upload;

use pantry_http_client::{ChefClient, segment};

pub(in crate::commands) use upload::{How, send_all};

use crate::commands::Context;
use crate::errors::CliError;

/// Options of `chef cookbook`.
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// List cookbooks
    List(list::Options),
    /// Show a version of a cookbook
    Show(show::Options),
    /// Send cookbooks
    Upload(upload::Options),
    /// Fetch a version of a cookbook
    Download(download::Options),
    /// Delete versions of a cookbook
    Delete(delete::Options),
}

/// Does it.
pub(in crate::commands) async fn run(
    options: Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    match options.verb {
        Verb::List(options) => list::run(&options, client, context).await,
        Verb::Show(options) => show::run(&options, client, context).await,
        Verb::Upload(options) => upload::run(&options, client, context).await,
        Verb::Download(options) => download::run(&options, client, context).await,
        Verb::Delete(options) => delete::run(&options, client, context).await,
    }
}

/// The newest version, as servers call it.
const LATEST: &str = "_latest";

/// Where a version of a cookbook is; the newest, if none is named.
fn path(name: &str, version: Option<&str>) -> String {
    format!("/cookbooks/{}/{}", segment(name), segment(version.unwrap_or(LATEST)))
}
