//! Work that the server does by itself, watched: begun from here, and asked after until it is done.

use std::time::Duration;

use pantry_model::commands::Command;
use serde::Serialize;
use tokio::time::sleep;

use super::start::interrupted;
use crate::connection::Connection;
use crate::errors::CliError;
use crate::print::Print;

/// How often the server is asked how far it is.
const PAUSE: Duration = Duration::from_millis(200);

/// How far a kind of work is.
pub(super) trait Progress: Serialize {
    /// The command that asks how far it is, as it is typed.
    const STATUS: &'static str;
    /// Whether it goes on.
    fn is_at_work(&self) -> bool;
    /// How far it is, in a line.
    fn line(&self) -> String;
}

/// Begins work and shows how far it is until it is done. `None` if whoever watches has enough of it
/// before: then they are told that the server goes on.
pub(super) async fn watch<P, B, A>(
    begin: &B,
    ask: &A,
    connection: &mut Connection,
    print: &mut Print,
) -> Result<Option<P>, CliError>
where
    P: Progress,
    B: Command<Answer = P>,
    A: Command<Answer = P>,
{
    let mut interrupted = std::pin::pin!(interrupted());
    let mut now = connection.change(begin, None).await?;
    while now.is_at_work() {
        if print.is_json() {
            print.json(&now)?;
        } else {
            print.progress(&now.line());
        }
        print.flush()?;
        tokio::select! {
            () = &mut interrupted => {
                print.progress("");
                print.note(&format!("the server goes on with it: `{}`", P::STATUS));
                return Ok(None);
            }
            () = sleep(PAUSE) => {}
        }
        now = connection.ask(ask).await?;
    }
    print.progress("");
    Ok(Some(now))
}
