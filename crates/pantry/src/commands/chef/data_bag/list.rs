//! `pantry chef data-bag list [BAG]`.

use pantry_http_client::ChefClient;

use super::super::kind::Kind;
use super::super::verbs::list::list;
use crate::commands::Context;
use crate::errors::CliError;

/// Options of `chef data-bag list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry -a shop chef data-bag list
  pantry -a shop chef data-bag list keys           the items of a bag")]
pub(super) struct Options {
    /// The bag whose items are listed
    #[arg(value_name = "BAG")]
    bag: Option<String>,
}

/// Asks and prints.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    match &options.bag {
        None => list("/data", "there are no data bags", client, context).await,
        Some(bag) => {
            let none = format!("the data bag {bag} is empty");
            list(&Kind::Item(bag).collection(), &none, client, context).await
        }
    }
}
