//! `pantry file push LOCAL… REMOTE`: clients get files and folders of this machine.
//!
//! What is sent is hashed first and stored with the server, once for all clients; then a job tells them
//! to fetch what they lack of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use pantry_files::{
    FilesError, FilesSupply, Limits, Named, Progress, Scanned, Stop, Strictness, Supplied, resolve,
    scan, work,
};
use pantry_model::commands::file::{FilePush, Pushed};
use pantry_model::protocol::files::Place;
use pantry_model::tree::{MAX_ENTRIES, MAX_TREE_BYTES};
use pantry_model::{MachineId, Sha256};
use sha2::Digest as _;

use super::super::start::{Start, begin, conclude, follow, until_absent};
use super::{Count, last, remote, shown};
use crate::arguments::durations;
use crate::chance;
use crate::commands::Context;
use crate::connection::Connection;
use crate::environment::Environment;
use crate::errors::{CliError, exit};
use crate::print::size::size;
use crate::watch::Understood;

/// Options of `file push`.
#[derive(Debug, clap::Args)]
#[command(override_usage = "pantry [OPTIONS] file push [OPTIONS] <LOCAL>... <REMOTE>")]
#[command(after_help = "\
REMOTE is the folder that the files go into, if it ends with `/` or there are several LOCAL; else it
is the path that the one LOCAL gets. Folders on the way are made. A file that is right already is
left alone; any other appears under its name only when all files are whole and right. What is there
besides stays. Links stay links, and may not lead out of the LOCAL that they are in.

Ends with 0 if all succeeded, 1 if it failed on any client, 11 if any client was silent.

Examples:
  pantry -a shop file push motd /etc/motd --owner root --mode 0644
  pantry -a shop -r web file push site /srv/www/        it becomes /srv/www/site
  pantry -a shop -r web file push site /srv/www         it becomes /srv/www itself
  pantry -a shop -i 'web*' file push a.conf b.conf /etc/app/")]
pub(super) struct Options {
    /// Files and folders of this machine, and then where they go on clients
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<String>,
    /// Whom they are to belong to there, a name or a number [default: whom the client runs as]
    #[arg(long, value_name = "USER")]
    owner: Option<String>,
    /// Their group, likewise
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    /// The files' permissions, in octal [default: as here, without set-user-id and the like]
    #[arg(long, value_name = "MODE", value_parser = mode)]
    mode: Option<u32>,
    /// How long it may take on a client
    #[arg(long, value_name = "TIME", value_parser = durations::parse, default_value = "1h")]
    timeout: Duration,
    /// How long clients that are away have to come back and take them
    #[arg(long, value_name = "TIME", value_parser = durations::parse, default_value = "1h")]
    ttl: Duration,
    /// Print the job's id and do not wait
    #[arg(long)]
    no_wait: bool,
}

fn mode(text: &str) -> Result<u32, String> {
    let is_octal = !text.is_empty() && text.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
    let mode = if is_octal { u32::from_str_radix(text, 8).ok() } else { None };
    mode.filter(|mode| *mode <= 0o7777)
        .ok_or_else(|| "permissions are 0 to 7777, in octal".to_owned())
}

/// Hashes, stores, starts and watches.
pub(super) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let (local, to) = last(options.paths, "REMOTE, where it goes on clients,")?;
    let to = remote(&to)?;
    let named = named(&local, &context.environment)?;
    let into = to.ends_with('/') || named.len() > 1;
    let scanned = read(named, context).await?;
    let document = scanned.tree.to_json();
    if document.len() > MAX_TREE_BYTES {
        return Err(FilesError::TooMany(scanned.tree.entries.len()).into());
    }
    let push = FilePush {
        to,
        into,
        tree: Sha256(sha2::Sha256::digest(&document).into()),
        tree_size: document.len() as u64,
        owner: options.owner,
        group: options.group,
        mode: options.mode,
    };
    let mut connection = context.connect().await?;
    let staged = store(scanned, (push.tree, document), &connection, context).await?;
    let start = Start {
        payload: None,
        timeout: options.timeout,
        time_to_live: options.ttl,
        no_wait: options.no_wait,
        staged: Some(staged),
    };
    let mut jobs = begin(&push, start, &mut connection, context).await?;
    if options.no_wait {
        return Ok(exit::DONE);
    }
    let mut understand = understand;
    let how = until_absent();
    let ended = follow(&mut connection, &mut jobs, &how, Some(&mut understand), context).await?;
    conclude(ended, &jobs, exit::DONE, context)
}

/// What each is called: by its own name, also if it is a link.
fn named(local: &[String], environment: &Environment) -> Result<Vec<Named>, CliError> {
    let named = |path: &String| {
        let path = environment.absolute(Path::new(path));
        let real = resolve(&path)?;
        let name = path.file_name().filter(|_| !path.ends_with("..")).or(real.file_name());
        let name = name.ok_or_else(|| FilesError::NoName(path.clone()))?;
        let name = name.to_str().ok_or_else(|| FilesError::Unnameable {
            path: path.clone(),
            reason: "its name is no UTF-8".to_owned(),
        })?;
        Ok(Named { name: name.to_owned(), path: missing(&path, real)? })
    };
    local.iter().map(named).collect()
}

/// What is not there is said as it was typed.
fn missing(typed: &Path, real: PathBuf) -> Result<PathBuf, FilesError> {
    if real.symlink_metadata().is_ok() {
        Ok(real)
    } else {
        Err(FilesError::Missing(typed.to_owned()))
    }
}

/// Reads what is to be sent.
async fn read(named: Vec<Named>, context: &mut Context) -> Result<Scanned, CliError> {
    let (count, stop) = (Arc::new(Count::default()), Stop::default());
    let (counted, go_on) = (Arc::clone(&count), stop.clone());
    let reading = work(&stop, move || {
        let limits = Limits { entries: MAX_ENTRIES, bytes: u64::MAX };
        scan(&named, limits, Strictness::Refused, &go_on, &|progress| match progress {
            Progress::All { bytes, .. } => counted.expect(bytes),
            Progress::Read(bytes) => counted.add(bytes),
        })
    });
    shown(&mut context.print, reading, || count.bar("read")).await
}

/// Stores what the server lacks, and gives the number under which it is.
async fn store(
    scanned: Scanned,
    (tree, document): (Sha256, Vec<u8>),
    connection: &Connection,
    context: &mut Context,
) -> Result<u64, CliError> {
    let mut contents = scanned.contents;
    let origins = scanned.origins.into_iter().zip(&contents);
    let mut supplied: Vec<_> =
        origins.map(|(origin, (_, size))| Supplied::File(origin, *size)).collect();
    if !contents.iter().any(|(sha256, _)| *sha256 == tree) {
        contents.push((tree, document.len() as u64));
        supplied.push(Supplied::Bytes(document));
    }
    let count = Count::default();
    count.expect(contents.iter().map(|(_, size)| size).sum());
    let tell = |bytes| count.add(bytes);
    let supply = FilesSupply::start(supplied, &tell);
    let mut supply = supply.map_err(|error| CliError::Files(FilesError::Carried(error)))?;
    let staged = chance::number();
    let files = connection.files()?;
    let sending = files.store(Place::Staged(staged), &contents, &mut supply);
    shown(&mut context.print, sending, || count.bar("sent")).await?;
    Ok(staged)
}

/// What a client says when it is done.
fn understand(_: &MachineId, line: &str) -> Option<Understood> {
    let pushed: Pushed = serde_json::from_str(line).ok()?;
    let Pushed { files, changed, bytes, .. } = &pushed;
    let text = match (changed, files) {
        (0, 1) => "it was there already".to_owned(),
        (0, files) => format!("all {files} files were there already"),
        (changed, files) => format!("{changed} of {files} files written ({})", size(*bytes)),
    };
    let event = ("pushed", serde_json::to_value(&pushed).ok()?);
    Some(Understood { text: Some(text), event: Some(event) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_are_octal() {
        assert_eq!(mode("0644"), Ok(0o644));
        assert_eq!(mode("4755"), Ok(0o4755));
        for bad in ["", "8", "u+x", "-1", "10000", "+7", "77777777777777"] {
            assert!(mode(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_a_client_has_done_is_said_in_words() {
        let machine = "shop/web1".split_once('/').unwrap();
        let machine = MachineId {
            application: machine.0.parse().unwrap(),
            identity: machine.1.parse().unwrap(),
        };
        let said = |line| understand(&machine, line).and_then(|it| it.text);
        let line = r#"{"files":3,"changed":2,"folders":1,"bytes":2048}"#;
        assert_eq!(said(line).as_deref(), Some("2 of 3 files written (2.0 KiB)"));
        let line = r#"{"files":3,"changed":0,"folders":0,"bytes":2048}"#;
        assert_eq!(said(line).as_deref(), Some("all 3 files were there already"));
        assert_eq!(said("hello"), None);
    }
}
