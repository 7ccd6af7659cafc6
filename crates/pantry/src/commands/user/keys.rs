//! `pantry user keys NAME`.

use pantry_model::UserName;
use pantry_model::commands::user::{UserKey, UserKeys};

use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::table::table;
use crate::print::time;

/// Options of `user keys`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
These are the keys that sign requests of the Chef Server API. `knife user key` adds and deletes
them; `user credentials` puts a new one in the place of `default`.

Examples:
  pantry user keys ada
  pantry user keys ada --json              with the keys themselves")]
pub(crate) struct Options {
    /// Whose
    #[arg(value_name = "NAME")]
    user: UserName,
}

/// Asks and prints.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let mut connection = context.connect().await?;
    let keys = connection.ask(&UserKeys { user: options.user.clone() }).await?;
    if context.print.is_json() {
        context.print.json(&keys)?;
    } else if keys.is_empty() {
        let name = options.user;
        context
            .print
            .note(&format!("{name} has no keys: `pantry user credentials {name}` makes some"));
    } else {
        let row = |key: &UserKey| {
            let ends = key.expires_at.map_or_else(|| "never".to_owned(), time::date_and_time);
            let ends = if key.is_expired { format!("{ends} (has ended)") } else { ends };
            [key.name.to_string(), ends]
        };
        let text = table(["key", "ends"], keys.iter().map(row));
        context.print.line(&text)?;
    }
    Ok(exit::DONE)
}
