//! `pantry app acl show APP [OBJECT]`.

use pantry_model::ApplicationName;
use pantry_model::commands::acl::{AclLine, AclObject, AclShow};

use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::table::table;

/// Options of `app acl show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
An OBJECT is `organization`, which is the application itself, or a kind and a name, as in the paths
of the Chef Server API: containers/nodes, groups/admins, clients/web1.

Examples:
  pantry app acl show shop
  pantry app acl show shop containers/jobs      who may run commands on its machines")]
pub(crate) struct Options {
    /// The application
    #[arg(value_name = "APP")]
    application: ApplicationName,
    /// The object
    #[arg(value_name = "OBJECT", default_value = "organization")]
    object: AclObject,
}

/// Asks and prints.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let Options { application, object } = options;
    let mut connection = context.connect().await?;
    let acl = connection.ask(&AclShow { application, object }).await?;
    if context.print.is_json() {
        context.print.json(&acl)?;
    } else {
        let row = |line: &AclLine| {
            let holders: Vec<_> = line.holders.iter().map(ToString::to_string).collect();
            [line.permission.to_string(), holders.join(" ")]
        };
        let text = table(["permission", "held by"], acl.iter().map(row));
        context.print.line(&text)?;
    }
    Ok(exit::DONE)
}
