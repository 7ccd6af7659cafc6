//! `pantry admin migrate-store`: has the server move its store, and watches.
//!
//! The server works as long as it is asked how far it is, so this asks several times a second; who
//! ends this ends that as well.

use std::time::Duration;

use pantry_model::commands::migrate_store::{
    MigrateStore, MigratedTable, Migration, MigrationCancel, MigrationShow, Stage, StoreUrl,
};
use pantry_model::commands::reindex::IndexProgress;
use pantry_model::protocol::Failure;
use pantry_model::{ErrorCode, commands::Command};
use tokio::time::sleep;

use super::Context;
use super::start::interrupted;
use crate::connection::Connection;
use crate::errors::{CliError, exit};
use crate::print::Print;
use crate::print::table::table;

/// How often the server is asked how far it is.
const PAUSE: Duration = Duration::from_millis(200);

/// How wide a bar is, in characters.
const BAR: u64 = 30;

/// Options of `admin migrate-store`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  pantry admin migrate-store --to postgres://pantry@db/pantry --password-file /etc/pantry/password
  pantry admin migrate-store --to sqlite:/srv/pantry2
  pantry admin migrate-store --cancel        take it back: the server writes again

The server is read-only meanwhile, and stays so when all was moved: put the new URL into
server.yml and restart it. What was interrupted goes on when the same is typed again.")]
pub(super) struct Options {
    /// Where to: the URL of an empty store, as `store.url` in server.yml would say it
    #[arg(long, value_name = "URL", required_unless_present_any = ["cancel", "status"])]
    to: Option<String>,
    /// A file on the server's machine whose first line is the password, if the URL has none
    #[arg(long, value_name = "FILE", requires = "to")]
    password_file: Option<String>,
    /// End it; after it was done, let the server write to the old store again
    #[arg(long, conflicts_with_all = ["to", "status"])]
    cancel: bool,
    /// Only say how far it is
    #[arg(long, conflicts_with = "to")]
    status: bool,
}

/// Asks and prints.
pub(super) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let mut connection = context.connect().await?;
    let print = &mut context.print;
    match options.to {
        Some(to) => {
            let to = StoreUrl::new(to);
            let begin = MigrateStore { to, password_file: options.password_file };
            follow(&begin, &mut connection, print).await
        }
        None if options.cancel => cancel(&mut connection, print).await,
        None => {
            let now = connection.ask(&MigrationShow {}).await?;
            if print.is_json() {
                print.json(&now)?;
            } else {
                print.line(&sentence(&now))?;
            }
            Ok(exit::DONE)
        }
    }
}

/// Has it begun, and follows it to its end.
async fn follow<C: Command<Answer = Migration>>(
    begin: &C,
    connection: &mut Connection,
    print: &mut Print,
) -> Result<u8, CliError> {
    let mut interrupted = std::pin::pin!(interrupted());
    let mut now = connection.change(begin, None).await?;
    let mut told = 0;
    while now.stage.is_at_work() {
        show(&now, &mut told, print)?;
        print.flush()?;
        tokio::select! {
            () = &mut interrupted => {
                end(connection).await?;
                print.progress("");
                print.note("interrupted: nothing was moved, and the server writes again");
                return Ok(exit::INTERRUPTED);
            }
            () = sleep(PAUSE) => {}
        }
        now = connection.ask(&MigrationShow {}).await?;
    }
    print.progress("");
    match now.stage {
        Stage::Moved if !now.tables.is_empty() => {
            done(&now, print)?;
            Ok(exit::DONE)
        }
        _ => Err(failed(now.error)),
    }
}

fn failed(error: Option<String>) -> CliError {
    let why = error.unwrap_or_else(|| "the server was restarted".to_owned());
    let message = format!("the store was not moved: {why}; type the same again, and it goes on");
    CliError::Server(Failure { code: ErrorCode::Unavailable, message })
}

/// Ends it, and waits until it has ended.
async fn end(connection: &mut Connection) -> Result<Migration, CliError> {
    let mut now = connection.change(&MigrationCancel {}, None).await?;
    while now.stage.is_at_work() {
        sleep(PAUSE).await;
        now = connection.ask(&MigrationShow {}).await?;
    }
    Ok(now)
}

async fn cancel(connection: &mut Connection, print: &mut Print) -> Result<u8, CliError> {
    let before = connection.ask(&MigrationShow {}).await?;
    let now = end(connection).await?;
    if print.is_json() {
        print.json(&now)?;
        return Ok(exit::DONE);
    }
    match (before.stage, before.to, now.stage) {
        // It was done before it could be ended.
        (_, _, Stage::Moved) => print.line(&sentence(&now))?,
        (Stage::Moved, Some(to), _) => print.line(&format!(
            "the server writes to its own store again; what is in {to} stays as it was copied"
        ))?,
        (stage, ..) if stage.is_at_work() => print.line("it is ended; the server writes again")?,
        _ => print.line("nothing was being moved; the server writes")?,
    }
    Ok(exit::DONE)
}

/// Shows how far it is. `told` counts the tables that were told to be complete.
fn show(now: &Migration, told: &mut usize, print: &mut Print) -> Result<(), CliError> {
    if print.is_json() {
        return print.json(now);
    }
    if let (Stage::Indexing, Some(index)) = (now.stage, &now.index) {
        let IndexProgress { application, index, objects, done, .. } = index;
        print.progress(&format!("indexing {index} of {application}: {done} of {objects}"));
        return Ok(());
    }
    let done = |line: &&MigratedTable| match now.stage {
        Stage::Verifying | Stage::Indexing => line.verified,
        _ => line.copied,
    };
    let current = now.tables.iter().rev().find(|line| done(line) > 0);
    let Some(current) = current else {
        print.progress("the other store is being opened");
        return Ok(());
    };
    let complete = now.tables.iter().take_while(|line| line.table != current.table).count();
    if now.stage == Stage::Copying {
        for line in now.tables.iter().take(complete).skip(*told) {
            print.note(&format!("{}: {} copied", line.table, rows(line.rows)));
        }
        *told = complete.max(*told);
    }
    print.progress(&bar(now.stage, current, done(&current)));
    Ok(())
}

fn bar(stage: Stage, line: &MigratedTable, done: u64) -> String {
    let what = if stage == Stage::Copying { "copying" } else { "comparing" };
    let full = (done * BAR).checked_div(line.rows).unwrap_or(BAR).min(BAR);
    let bar: String = (0..BAR).map(|at| if at < full { '#' } else { '.' }).collect();
    format!("{what} {:<10} [{bar}] {done} of {}", line.table, line.rows)
}

/// What was moved, and what to type next.
fn done(now: &Migration, print: &mut Print) -> Result<(), CliError> {
    if print.is_json() {
        return print.json(now);
    }
    let row = |line: &MigratedTable| {
        let hash = line.hash.as_deref().unwrap_or_default();
        [line.table.clone(), line.rows.to_string(), hash.chars().take(12).collect()]
    };
    print.line(&table(["table", "rows", "content"], now.tables.iter().map(row)))?;
    let to = now.to.as_deref().unwrap_or_default();
    print.flush()?;
    print.note(&format!(
        "\nAll of it was moved to {to} and compared. The server stays read-only. What to do next:\n  \
         put the new URL into server.yml as `store: {{url: …}}`\n  \
         restart `pantry server`\n\
         Until then `pantry admin migrate-store --cancel` takes it back."
    ));
    Ok(())
}

fn sentence(now: &Migration) -> String {
    let to = now.to.as_deref().unwrap_or("another store");
    let copied: u64 = now.tables.iter().map(|line| line.copied).sum();
    match now.stage {
        Stage::None => "nothing is being moved; the server writes".to_owned(),
        Stage::Preparing => "the other store is being opened".to_owned(),
        Stage::Copying => {
            format!("{} copied to {to} so far; the server is read-only", rows(copied))
        }
        Stage::Verifying => {
            format!("what was copied to {to} is being compared; the server is read-only")
        }
        Stage::Indexing => {
            format!("what was copied to {to} is being indexed; the server is read-only")
        }
        Stage::Moved => format!("the store was moved to {to}; the server is read-only"),
        Stage::Failed => {
            let why = now.error.as_deref().unwrap_or_default();
            format!("the store was not moved: {why}")
        }
    }
}

fn rows(count: u64) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}
