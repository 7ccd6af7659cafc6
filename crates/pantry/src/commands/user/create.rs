//! `pantry user create NAME`.

use pantry_model::UserName;
use pantry_model::commands::user::UserCreate;

use super::password;
use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `user create`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A user can do nothing until it has keys (`user credentials`) and belongs to an application
(`app member add`). A password is only for signing in to a web front end; without one, it cannot.

Examples:
  pantry user create ada --email ada@example.org --name 'Ada Lovelace'
  pantry user create ada --email ada@example.org --password-stdin < password.txt")]
pub(crate) struct Options {
    /// What the user is called: a-z, 0-9, `_` and `-`
    #[arg(value_name = "NAME")]
    user: UserName,
    /// The e-mail address, which no other user has
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// What people call the user
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// Read a password from standard input
    #[arg(long)]
    password_stdin: bool,
}

/// Asks for it.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let password = options.password_stdin.then(password::from_stdin).transpose()?;
    let mut connection = context.connect().await?;
    let create = UserCreate {
        user: options.user,
        email: options.email,
        display_name: options.name,
        password,
    };
    let made = connection.change(&create, None).await?;
    if context.print.is_json() {
        context.print.json(&made)?;
    } else {
        let name = &made.user;
        context.print.note(&format!(
            "made the user {name}; `pantry user credentials {name}` makes its keys, and `pantry app member add APP {name}` lets it into an application"
        ));
    }
    Ok(exit::DONE)
}
