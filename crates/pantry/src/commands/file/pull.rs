//! `pantry file pull REMOTE… LOCAL`: files of clients come here, in a folder for each client.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pantry_files::{Coming, FilesError, Order, Places, Receiving, Stop, Written, tree};
use pantry_model::commands::file::{FilePull, Pulled};
use pantry_model::protocol::files::Source;
use pantry_model::tree::{Tree, TreePath, What};
use pantry_model::{JobId, MachineId};
use pantry_wire::files::{Contents, FileClient};
use serde_json::json;

use super::super::start::{Start, begin, conclude, follow, until_absent};
use super::{Count, last, remote, shown};
use crate::arguments::durations;
use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::size::size;
use crate::watch::{Understood, event_of};

/// Options of `file pull`.
#[derive(Debug, clap::Args)]
#[command(override_usage = "pantry [OPTIONS] file pull [OPTIONS] <REMOTE>... <LOCAL>")]
#[command(after_help = "\
What web1 sends is in LOCAL/web1; if clients of several applications send something, it is in
LOCAL/shop/web1. Files that are there already are replaced, and left alone if they are right; none
appears before all files of its client are whole and right. Links stay links. Devices, sockets, and
links that lead out of the folder that they are in are left out, which the client says.

Ends with 0 if all succeeded, 1 if it failed on any client, 11 if any client was silent.

Examples:
  pantry -a shop file pull /etc/os-release release
  pantry -a shop -r web file pull /etc/nginx /var/log/nginx/error.log found")]
pub(super) struct Options {
    /// Files and folders of clients, and then the folder of this machine that they go into
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<String>,
    /// How long it may take on a client
    #[arg(long, value_name = "TIME", value_parser = durations::parse, default_value = "1h")]
    timeout: Duration,
    /// How long clients that are away have to come back and send them
    #[arg(long, value_name = "TIME", value_parser = durations::parse, default_value = "1h")]
    ttl: Duration,
}

/// Starts, watches, and fetches.
pub(super) async fn run(options: Options, context: &mut Context) -> Result<u8, CliError> {
    let (paths, local) = last(options.paths, "LOCAL, the folder that they go into,")?;
    let paths: Vec<String> = paths.iter().map(|path| remote(path)).collect::<Result<_, _>>()?;
    names_differ(&paths)?;
    let local = context.environment.absolute(Path::new(&local));
    let failed = |source| CliError::File { action: "written", path: local.clone(), source };
    std::fs::create_dir_all(&local).map_err(failed)?;
    let pull = FilePull { paths };
    let start = Start { timeout: options.timeout, time_to_live: options.ttl, ..Start::default() };
    let mut connection = context.connect().await?;
    let mut jobs = begin(&pull, start, &mut connection, context).await?;
    let mut arrived: BTreeMap<MachineId, Pulled> = BTreeMap::new();
    let mut understand = |machine: &MachineId, line: &str| {
        arrived.insert(machine.clone(), serde_json::from_str(line).ok()?);
        Some(Understood { text: None, event: None })
    };
    let how = until_absent();
    let ended = follow(&mut connection, &mut jobs, &how, Some(&mut understand), context).await?;

    let mut code = exit::DONE;
    if !arrived.is_empty() {
        let failed = |source| CliError::File { action: "written", path: local.clone(), source };
        let draft = tempfile::Builder::new().prefix(".pantry-").tempdir_in(&local);
        let draft = draft.map_err(failed)?;
        let contents = Contents::open(draft.path().join("contents")).map_err(failed)?;
        let client = connection.files()?;
        let several = jobs.len() > 1;
        let count = arrived.len();
        for (number, (machine, pulled)) in (1..).zip(&arrived) {
            let job = jobs.iter().find(|job| job.application == machine.application);
            let Some(job) = job.map(|job| job.id) else { continue };
            let fetch = Fetch { client: &client, contents: &contents, job, machine, pulled };
            let of = format!("of {machine}, {number} of {count}");
            match fetch.run((&local, several), &of, context).await {
                Err(error) if matches!(error, CliError::Files(FilesError::Stopped)) => {
                    return Err(error);
                }
                Err(error) => {
                    let source = Box::new(error);
                    let path = folder(&local, machine, several)?;
                    code = context.failed(code, &CliError::OfFile { path, source });
                }
                Ok(()) => {}
            }
        }
    }
    conclude(ended, &jobs, code, context)
}

/// Two things of one name would be one in the folder that they go into.
fn names_differ(remote: &[String]) -> Result<(), CliError> {
    let mut names: BTreeMap<_, &String> = BTreeMap::new();
    for path in remote {
        let name = Path::new(path).file_name();
        if let (Some(name), Some(one)) = (name, name.and_then(|name| names.insert(name, path))) {
            return Err(FilesError::SameName {
                one: one.into(),
                other: path.into(),
                name: name.to_string_lossy().into_owned(),
            }
            .into());
        }
    }
    Ok(())
}

/// The folder of a client's files.
fn folder(local: &Path, machine: &MachineId, several: bool) -> Result<PathBuf, CliError> {
    let identity = machine.identity.as_str();
    // A client may be called `..`, which is no folder below this one.
    identity.parse::<TreePath>().map_err(|error| FilesError::Unnameable {
        path: local.join(identity),
        reason: error.to_string(),
    })?;
    let local = if several { local.join(machine.application.as_str()) } else { local.to_owned() };
    Ok(local.join(identity))
}

/// What one client has sent.
struct Fetch<'a> {
    client: &'a FileClient,
    contents: &'a Contents,
    job: JobId,
    machine: &'a MachineId,
    pulled: &'a Pulled,
}

impl Fetch<'_> {
    async fn run(
        &self,
        (local, several): (&Path, bool),
        of: &str,
        context: &mut Context,
    ) -> Result<(), CliError> {
        let folder = folder(local, self.machine, several)?;
        let count = Count::default();
        let fetching = self.fetch(&folder, &count);
        let bar = || count.bar(&format!("fetched {of}"));
        let written = shown(&mut context.print, fetching, bar).await?;
        let Written { files, changed, bytes, .. } = written;
        let shown = folder.display();
        if context.print.is_json() {
            let fields = json!({
                "folder": shown.to_string(), "files": files, "changed": changed, "bytes": bytes,
            });
            return context.print.json(&event_of("pulled", self.machine, fields));
        }
        let name = match several {
            true => self.machine.to_string(),
            false => self.machine.identity.to_string(),
        };
        let what = match files {
            1 => "1 file".to_owned(),
            files => format!("{files} files"),
        };
        let changed = match changed {
            0 => "were there already".to_owned(),
            changed => format!("{changed} of them new or changed"),
        };
        let size = size(bytes);
        context.print.line(&format!("{name} | {what} ({size}), {changed}, in {shown}"))
    }

    async fn fetch(&self, folder: &Path, count: &Count) -> Result<Written, CliError> {
        let receiving = Receiving {
            client: self.client,
            from: Source::Delivery(self.job, self.machine.identity.clone()),
            arriving: self.contents,
            cache: None,
            note: None,
            stop: Stop::default(),
        };
        let tree = tree(&receiving, self.pulled.tree, self.pulled.tree_size).await?;
        let order = Order {
            tree: for_reader(tree),
            to: folder.to_owned(),
            into: true,
            owner: None,
            group: None,
            mode: None,
            tag: self.job.to_string(),
            places: Places::default(),
        };
        let tell = |coming| match coming {
            Coming::All(bytes) => count.expect(bytes),
            Coming::Part(bytes) => count.add(bytes),
        };
        Ok(receiving.write(order, &tell).await?)
    }
}

/// Whoever fetched files can read them, and fetch them again.
fn for_reader(mut tree: Tree) -> Tree {
    for entry in &mut tree.entries {
        entry.mode |= match entry.what {
            What::Folder => 0o700,
            What::File { .. } => 0o600,
            What::Link { .. } => 0,
        };
    }
    tree
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_has_a_folder_below() {
        let machine = |identity: &str| MachineId {
            application: "shop".parse().unwrap(),
            identity: identity.parse().unwrap(),
        };
        let local = Path::new("/here");
        assert_eq!(folder(local, &machine("web1"), false).unwrap(), Path::new("/here/web1"));
        assert_eq!(folder(local, &machine("web1"), true).unwrap(), Path::new("/here/shop/web1"));
        for bad in [".", ".."] {
            assert!(folder(local, &machine(bad), true).is_err());
        }
    }

    #[test]
    fn two_files_of_one_name_are_refused() {
        let check = |paths: &[&str]| {
            names_differ(&paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>())
        };
        assert!(check(&["/a/x", "/a/y"]).is_ok());
        let error = check(&["/a/x", "/b/x/"]).unwrap_err().to_string();
        assert_eq!(error, "/a/x and /b/x/ would both be called x");
    }
}
