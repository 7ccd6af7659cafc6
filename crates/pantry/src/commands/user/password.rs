//! `pantry user password NAME`, and how a password is read.

use std::io::BufRead;

use pantry_model::UserName;
use pantry_model::chef::users::Password;
use pantry_model::commands::user::UserPassword;

use crate::commands::Context;
use crate::errors::{CliError, exit};

/// Options of `user password`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
On a terminal the new password is asked for, twice, and not shown.

Examples:
  pantry user password ada
  pantry user password ada --password-stdin < password.txt")]
pub(crate) struct Options {
    /// Whose
    #[arg(value_name = "NAME")]
    user: UserName,
    /// Read it from standard input
    #[arg(long)]
    password_stdin: bool,
}

/// Asks the person, then the server.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let password = if options.password_stdin { from_stdin()? } else { from_terminal(context)? };
    let mut connection = context.connect().await?;
    let user = options.user;
    connection.change(&UserPassword { user: user.clone(), password }, None).await?;
    context.print.note(&format!("the password of {user} is set"));
    Ok(exit::DONE)
}

/// The first line of standard input.
pub(super) fn from_stdin() -> Result<Password, CliError> {
    let mut line = String::new();
    let read = std::io::stdin().lock().read_line(&mut line);
    let path = "standard input".into();
    read.map_err(|source| CliError::File { action: "read", path, source })?;
    parse(line.trim_end_matches(['\r', '\n']))
}

fn from_terminal(context: &Context) -> Result<Password, CliError> {
    if !context.print.can_ask() {
        return Err(CliError::Usage {
            message: "there is no terminal to ask for a password on".to_owned(),
            hint: "say `--password-stdin`, and give it there".to_owned(),
        });
    }
    let ask = |prompt| {
        let path = "the terminal".into();
        rpassword::prompt_password(prompt).map_err(|source| CliError::File {
            action: "read",
            path,
            source,
        })
    };
    let password = ask("New password: ")?;
    if password != ask("Again: ")? {
        return Err(CliError::Usage {
            message: "the two passwords are not the same".to_owned(),
            hint: "try again".to_owned(),
        });
    }
    parse(&password)
}

fn parse(text: &str) -> Result<Password, CliError> {
    Password::read(text).map_err(|refusal| CliError::Usage {
        message: refusal.sentence,
        hint: "choose a longer one".to_owned(),
    })
}
