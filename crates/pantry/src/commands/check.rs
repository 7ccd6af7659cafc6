//! `pantry admin check`: has the server look whether what it keeps is whole, and watches.

use pantry_model::ErrorCode;
use pantry_model::commands::check::{Check, CheckShow, Checking, Problem};
use pantry_model::protocol::Failure;

use super::Context;
use super::watched::{Progress, watch};
use crate::errors::{CliError, exit};
use crate::print::Print;
use crate::print::table::table;

/// Options of `admin check`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry admin check                  is every file of every cookbook there?
  pantry admin check --read           and is it what was uploaded?
  pantry admin check --status

Everything goes on meanwhile. It ends with code 1 if something is broken, which is then said by
object: delete those versions, and upload them again. The server goes on with it if this command is ended.")]
pub(super) struct Options {
    /// Read all files, and compare them with their SHA-256
    #[arg(long, conflicts_with = "status")]
    read: bool,
    /// Only say what was found so far
    #[arg(long)]
    status: bool,
}

/// Asks and prints.
pub(super) async fn run(options: &Options, context: &mut Context) -> Result<u8, CliError> {
    let mut connection = context.connect().await?;
    let print = &mut context.print;
    if options.status {
        let now = connection.ask(&CheckShow {}).await?;
        return done(&now, print);
    }
    match watch(&Check { read: options.read }, &CheckShow {}, &mut connection, print).await? {
        Some(now) => done(&now, print),
        None => Ok(exit::INTERRUPTED),
    }
}

impl Progress for Checking {
    const STATUS: &'static str = "pantry admin check --status";

    fn is_at_work(&self) -> bool {
        self.is_at_work
    }

    fn line(&self) -> String {
        let Self { applications, objects, contents, bytes_read, .. } = self;
        let read =
            if *bytes_read > 0 { format!(", {bytes_read} bytes read") } else { String::new() };
        format!("applications: {applications}, objects: {objects}, files: {contents}{read}")
    }
}

/// What was found.
fn done(now: &Checking, print: &mut Print) -> Result<u8, CliError> {
    let code = if now.found == 0 { exit::DONE } else { exit::FAILED };
    if print.is_json() {
        print.json(now)?;
        return if now.error.is_some() { Ok(exit::SERVER) } else { Ok(code) };
    }
    if !now.problems.is_empty() {
        let columns = ["application", "kind", "name", "problem"];
        print.line(&table(columns, now.problems.iter().map(row)))?;
    }
    let told = u64::try_from(now.problems.len()).unwrap_or(u64::MAX);
    if now.found > told {
        print.note(&format!("and {} more", now.found - told));
    }
    if let Some(why) = &now.error {
        let message = format!("the check was given up: {why}");
        return Err(CliError::Server(Failure { code: ErrorCode::Unavailable, message }));
    }
    let found = match (now.is_at_work, now.found) {
        (true, 0) => "nothing is broken so far".to_owned(),
        (false, 0) => "nothing is broken".to_owned(),
        (_, found) => format!("problems: {found}"),
    };
    print.note(&format!("{found} ({})", now.line()));
    if now.unheld > 0 {
        print.note(&format!(
            "{} files are kept that nothing holds: they are being uploaded, or `pantry admin gc` \
             deletes them",
            now.unheld
        ));
    }
    Ok(code)
}

fn row(problem: &Problem) -> [String; 4] {
    let Problem { application, kind, name, what } = problem.clone();
    [application, kind, name, what]
}
