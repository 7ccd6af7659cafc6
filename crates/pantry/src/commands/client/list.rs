//! `pantry client list`.

use pantry_model::commands::client::{ClientList, ClientView};
use pantry_model::{Target, Timestamp};

use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::table::table;
use crate::print::time;

/// Options of `client list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry -a shop client list
  pantry -a shop -e prod -r web client list
  pantry -a shop client list -i 'web*' --json")]
pub(crate) struct Options {}

/// Asks and prints.
pub(crate) async fn run(_: &Options, context: &mut Context) -> Result<u8, CliError> {
    let list = ClientList { application: context.application()?, target: context.target() };
    let mut connection = context.connect().await?;
    let clients = connection.ask(&list).await?;
    if context.print.is_json() {
        context.print.json(&clients)?;
    } else if clients.is_empty() {
        let (application, target) = (&list.application, &list.target);
        context.print.note(&if *target == Target::default() {
            format!("{application} has no clients yet: `pantry -a {application} client create IDENTITY` enrols one")
        } else {
            format!("no client of {application} matches {target}")
        });
    } else {
        let now = context.clock.now();
        let columns = ["client", "environment", "roles", "here", "address", "version"];
        let text = table(columns, clients.iter().map(|client| row(client, now)));
        context.print.line(&text)?;
    }
    Ok(exit::DONE)
}

fn row(client: &ClientView, now: Timestamp) -> [String; 6] {
    [
        client.machine.identity.to_string(),
        client.placement.environment.to_string(),
        roles(client),
        presence(client, now),
        client.address.clone().unwrap_or_default(),
        client.version.clone().unwrap_or_default(),
    ]
}

/// The roles, with commas between them.
pub(super) fn roles(client: &ClientView) -> String {
    let roles: Vec<_> = client.placement.roles.iter().map(ToString::to_string).collect();
    roles.join(", ")
}

/// Whether it is here, in words.
pub(super) fn presence(client: &ClientView, now: Timestamp) -> String {
    match (client.online, client.last_seen) {
        (true, _) => "yes".to_owned(),
        (false, Some(seen)) => format!("away for {}", time::duration(now.since(seen))),
        (false, None) => "never seen".to_owned(),
    }
}
