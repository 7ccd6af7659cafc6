//! `pantry client show IDENTITY`.

use pantry_model::commands::client::{ClientShow, ClientView};
use pantry_model::{Identity, MachineId, Timestamp};

use super::list::{presence, roles};
use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::clean::{Colours, clean};
use crate::print::time;

/// Options of `client show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry -a shop client show web1")]
pub(crate) struct Options {
    /// The client
    #[arg(value_name = "IDENTITY")]
    name: Identity,
}

/// Asks and prints.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let machine = MachineId { application: context.application()?, identity: options.name };
    let mut connection = context.connect().await?;
    let client = connection.ask(&ClientShow { machine }).await?;
    if context.print.is_json() {
        context.print.json(&client)?;
    } else {
        let text = describe(&client, context.clock.now());
        context.print.line(&text)?;
    }
    Ok(exit::DONE)
}

fn describe(client: &ClientView, now: Timestamp) -> String {
    let unknown = || "-".to_owned();
    let fields = [
        ("client", client.machine.identity.to_string()),
        ("application", client.machine.application.to_string()),
        ("environment", client.placement.environment.to_string()),
        ("roles", roles(client)),
        ("enrolled", time::date_and_time(client.created_at)),
        ("here", presence(client, now)),
        ("last seen", client.last_seen.map_or_else(unknown, time::date_and_time)),
        ("address", client.address.clone().unwrap_or_else(unknown)),
        ("version", client.version.clone().unwrap_or_else(unknown)),
        ("incarnation", client.incarnation.map_or_else(unknown, |it| it.to_string())),
    ];
    let lines: Vec<_> = fields
        .iter()
        .map(|(name, value)| {
            format!("{name:<12} {}", clean(value, Colours::Removed)).trim_end().to_owned()
        })
        .collect();
    lines.join("\n")
}
