//! `pantry chef cookbook download NAME [VERSION]`.
//!
//! It is put together in a new folder beside its place, and gets its name when it is whole: so half of
//! a cookbook is never taken for one, and nothing that is already there, links above all, lies on the
//! way of what a server calls its files.

use std::path::{Path, PathBuf};

use pantry_berks::RemoteCookbook;
use pantry_http_client::{ChefClient, ChefError, RemoteContent, download_contents};
use pantry_model::CookbookName;
use serde_json::json;

use super::super::editor::Interrupts;
use super::{path, show};
use crate::commands::Context;
use crate::errors::{CliError, exit};
use crate::print::progress::bar;

/// The largest file that is taken, in bytes.
const MAX_FILE_BYTES: u64 = 2 * 1024 * 1024 * 1024;

/// Options of `chef cookbook download`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
It goes into a new folder NAME-VERSION. Every file is verified by its MD5, and nothing is left if one
of them cannot be had.

Examples:
  pantry -a shop chef cookbook download nginx            the newest version
  pantry -a shop chef cookbook download nginx 1.2.3 --into cookbooks")]
pub(super) struct Options {
    /// Which
    #[arg(value_name = "NAME")]
    name: String,
    /// Which version of it [default: the newest]
    #[arg(value_name = "VERSION")]
    version: Option<String>,
    /// The folder that gets the cookbook's
    #[arg(long, value_name = "DIR", default_value = ".", hide_default_value = true)]
    into: PathBuf,
}

/// Asks, fetches, and says where it is.
pub(super) async fn run(
    options: &Options,
    client: &ChefClient,
    context: &mut Context,
) -> Result<u8, CliError> {
    let path = path(&options.name, options.version.as_deref());
    let body = client.get(&path).await?;
    let not_understood = |reason| {
        let url = client.url().join(&path).to_string();
        CliError::from(ChefError::NotUnderstood { method: "GET".to_owned(), url, reason })
    };
    let cookbook = show::read(&body).map_err(not_understood)?;
    let folder = folder_name(&cookbook).map_err(not_understood)?;
    let place = context.environment.absolute(&options.into.join(&folder));
    if place.symlink_metadata().is_ok() {
        return Err(CliError::IsThere { path: place });
    }
    let into = context.environment.absolute(&options.into);
    std::fs::create_dir_all(&into).map_err(failed("written", &options.into))?;
    let draft = tempfile::Builder::new().prefix(&format!(".{folder}.")).tempdir_in(&into);
    let draft = draft.map_err(failed("written", &options.into))?;
    fetch(&cookbook, draft.path(), client, context).await?;
    finish(draft, &into.join(&folder)).map_err(failed("written", &place))?;
    let (name, version, files) = (&cookbook.name, &cookbook.version, cookbook.files.len());
    let shown = place.display();
    if context.print.is_json() {
        context.print.json(&json!({
            "kind": "cookbook", "name": name, "version": version, "result": "downloaded",
            "folder": shown.to_string(), "files": files,
        }))?;
    } else {
        context.print.line(&format!("downloaded  cookbook {name} {version} to {shown}"))?;
    }
    Ok(exit::DONE)
}

/// How the folder is called. What the server says must be a name and a version for that.
fn folder_name(cookbook: &RemoteCookbook) -> Result<String, String> {
    let name: CookbookName = cookbook
        .name
        .parse()
        .map_err(|error: pantry_model::names::InvalidName| error.to_string())?;
    let version = &cookbook.version;
    let is_version = !version.is_empty()
        && version.len() <= 255
        && version.bytes().all(|it| it.is_ascii_alphanumeric() || b".-_+".contains(&it));
    if is_version {
        Ok(format!("{name}-{version}"))
    } else {
        Err(format!("its version is {version:?}"))
    }
}

async fn fetch(
    cookbook: &RemoteCookbook,
    folder: &Path,
    client: &ChefClient,
    context: &mut Context,
) -> Result<(), CliError> {
    for inside in cookbook.folders() {
        std::fs::create_dir(folder.join(&inside)).map_err(failed("written", &inside))?;
    }
    let contents = cookbook.files.iter().map(|file| RemoteContent {
        md5: file.md5,
        link: file.link.clone(),
        path: folder.join(&file.path),
    });
    let count = cookbook.files.len();
    let print = &mut context.print;
    let mut told = |done: usize| print.progress(&bar("files", done, count));
    let contents = contents.collect();
    let mut interrupts = Interrupts::listen()?;
    // What is there of it is deleted on the way out.
    let fetched = tokio::select! {
        fetched = download_contents(client, contents, MAX_FILE_BYTES, &mut told) => {
            fetched.map_err(CliError::from)
        }
        () = interrupts.next() => Err(CliError::Interrupted),
    };
    context.print.progress("");
    fetched
}

/// Gives the folder its name. It was made for its owner alone, and is now like any other.
fn finish(draft: tempfile::TempDir, place: &Path) -> std::io::Result<()> {
    // A folder that anybody else has made meanwhile is taken over only if nothing is in it.
    use std::os::unix::fs::PermissionsExt as _;
    let like = std::fs::metadata(place.parent().unwrap_or(place))?.permissions().mode();
    std::fs::set_permissions(draft.path(), std::fs::Permissions::from_mode(like & 0o755 | 0o700))?;
    std::fs::rename(draft.path(), place)?;
    // There is nothing of it left to be deleted.
    let _ = draft.keep();
    Ok(())
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> CliError {
    let path = path.to_owned();
    move |source| CliError::File { action, path, source }
}
