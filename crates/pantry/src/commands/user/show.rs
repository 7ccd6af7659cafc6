//! `pantry user show NAME`.

use pantry_model::UserName;
use pantry_model::commands::user::{UserShow, UserView};

use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::clean::{Colours, clean};

/// Options of `user show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry user show ada")]
pub(crate) struct Options {
    /// Which
    #[arg(value_name = "NAME")]
    user: UserName,
}

/// Asks and prints.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let mut connection = context.connect().await?;
    let user = connection.ask(&UserShow { user: options.user }).await?;
    if context.print.is_json() {
        context.print.json(&user)?;
    } else {
        let text = describe(&user);
        context.print.line(&text)?;
    }
    Ok(exit::DONE)
}

fn describe(user: &UserView) -> String {
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let applications: Vec<_> = user.applications.iter().map(ToString::to_string).collect();
    let applications = if applications.is_empty() { None } else { Some(applications.join(" ")) };
    let fields = [
        ("user", user.user.to_string()),
        ("name", or_none(&user.display_name)),
        ("email", or_none(&user.email)),
        ("applications", or_none(&applications)),
    ];
    let line = |(name, value): &(&str, String)| {
        format!("{name:<12} {}", clean(value, Colours::Removed)).trim_end().to_owned()
    };
    fields.iter().map(line).collect::<Vec<_>>().join("\n")
}
