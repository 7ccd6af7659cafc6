//! `pantry file …`: files to clients, from clients, and what there is.

mod list;
mod pull;
mod push;

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::sleep;

use super::Context;
use super::start::interrupted;
use crate::errors::CliError;
use crate::print::Print;
use crate::print::progress::bar;

/// How often it is said how far something is.
const PAUSE: Duration = Duration::from_millis(100);

/// Options of `file`.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Send files and folders to clients
    Push(push::Options),
    /// Fetch files and folders from clients
    Pull(pull::Options),
    /// List files of clients
    List(list::Options),
}

/// Does it.
pub(crate) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    match options.verb {
        Verb::Push(options) => push::run(options, context).await,
        Verb::Pull(options) => pull::run(options, context).await,
        Verb::List(options) => list::run(options, context).await,
    }
}

/// A path on clients, which must begin at the top: they have no place to see others from.
fn remote(path: &str) -> Result<String, CliError> {
    if path.starts_with('/') {
        return Ok(path.to_owned());
    }
    Err(CliError::Usage {
        message: format!("{path:?} is no path on clients"),
        hint: "a path on clients begins with `/`".to_owned(),
    })
}

/// All paths but the last, and the last. Options may stand between them, so they are one argument to
/// the parser.
fn last(mut paths: Vec<String>, missing: &str) -> Result<(Vec<String>, String), CliError> {
    match paths.pop() {
        Some(last) if !paths.is_empty() => Ok((paths, last)),
        _ => Err(CliError::Usage {
            message: format!("{missing} is missing"),
            hint: "name two paths at least: from where, and to where".to_owned(),
        }),
    }
}

/// Bytes that are counted while they pass.
#[derive(Debug, Default)]
struct Count {
    all: AtomicU64,
    done: AtomicU64,
}

impl Count {
    fn expect(&self, bytes: u64) {
        self.all.store(bytes, Ordering::Relaxed);
    }

    fn add(&self, bytes: u64) {
        self.done.fetch_add(bytes, Ordering::Relaxed);
    }

    /// `[=====>    ] 12 of 256 MiB read`.
    fn bar(&self, done: &str) -> String {
        let of = |bytes: &AtomicU64| bytes.load(Ordering::Relaxed);
        let (all, so_far) = (of(&self.all), of(&self.done));
        let (unit, shift) = if all < 10 << 20 { ("KiB", 10) } else { ("MiB", 20) };
        let units = |bytes: u64| usize::try_from(bytes >> shift).unwrap_or(usize::MAX);
        bar(&format!("{unit} {done}"), units(so_far), units(all))
    }
}

/// Waits for work, and says how far it is. Ctrl-C ends it.
async fn shown<T, E: Into<CliError>>(
    print: &mut Print,
    work: impl Future<Output = Result<T, E>>,
    line: impl Fn() -> String,
) -> Result<T, CliError> {
    let (mut work, mut interrupted) = (pin!(work), pin!(interrupted()));
    let done = loop {
        tokio::select! {
            biased;
            done = &mut work => break done.map_err(Into::into),
            () = &mut interrupted => break Err(CliError::Files(pantry_files::FilesError::Stopped)),
            () = sleep(PAUSE) => print.progress(&line()),
        }
    };
    print.progress("");
    done
}
