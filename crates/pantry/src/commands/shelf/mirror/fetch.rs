//! Fetching cookbooks, each into a folder of its own, some at a time.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use pantry_berks::{Cookbook, RemoteCookbook, limits, unpack};
use pantry_http_client::{
    ChefClient, ChefError, RemoteContent, Sink, Supermarket, download_contents, segment,
};
use tokio::task::JoinSet;

use super::plan::Chosen;
use super::source::Source;
use crate::commands::Context;
use crate::errors::CliError;
use crate::print::progress::bar;

/// How many cookbooks are on their way at once.
const AT_ONCE: usize = 6;

/// Fetches all of these; they come in this order.
pub(super) async fn all(
    source: &Source,
    chosen: &[Chosen],
    folder: &Path,
    context: &mut Context,
) -> Result<Vec<Cookbook>, CliError> {
    let count = chosen.len();
    let mut waiting = chosen.iter().cloned().enumerate();
    let (mut coming, mut there) = (JoinSet::new(), Vec::with_capacity(count));
    loop {
        while coming.len() < AT_ONCE
            && let Some((at, one)) = waiting.next()
        {
            let (source, place) = (source.clone(), folder.join(at.to_string()));
            coming.spawn(async move { Ok((at, fetch(&source, &one, &place).await?)) });
        }
        context.print.progress(&bar("cookbooks", there.len(), count));
        let came: Result<_, CliError> = match coming.join_next().await {
            None => break,
            Some(Ok(came)) => came,
            // It has panicked, and the panic has been told.
            Some(Err(_)) => Err(ChefError::Aborted.into()),
        };
        match came {
            Ok(came) => there.push(came),
            Err(error) => {
                context.print.progress("");
                return Err(error);
            }
        }
    }
    context.print.progress("");
    there.sort_unstable_by_key(|(at, _)| *at);
    Ok(there.into_iter().map(|(_, cookbook)| cookbook).collect())
}

async fn fetch(source: &Source, one: &Chosen, place: &Path) -> Result<Cookbook, CliError> {
    let wrong = |reason: String| CliError::Mirror {
        what: format!("the cookbook {} {}", one.name, one.written),
        reason,
    };
    let cookbook = match (source, one.location_type.as_str()) {
        (Source::Supermarket(market), "opscode" | "supermarket") => {
            from_supermarket(market, one, place).await?
        }
        (Source::ChefServer(client), "chef_server") => from_server(client, one, place).await?,
        (_, other) => {
            return Err(wrong(format!(
                "it is at a place of the kind {other:?}, which is not read"
            )));
        }
    };
    if cookbook.name.as_str() != one.name || cookbook.version().parse() != Ok(one.version) {
        return Err(wrong(format!("what comes says that it is {}", cookbook.title())));
    }
    Ok(cookbook)
}

async fn from_supermarket(
    market: &Supermarket,
    one: &Chosen,
    place: &Path,
) -> Result<Cookbook, CliError> {
    let packed = place.with_extension("tar.gz");
    let mut sink = NewFile { path: packed.clone(), file: None };
    let version = (one.name.as_str(), one.written.as_str());
    market.fetch(&one.location, version, &mut sink, limits::UNPACKED_BYTES).await?;
    drop(sink);
    std::fs::create_dir(place).map_err(failed("written", place))?;
    let archive = File::open(&packed).map_err(failed("read", &packed))?;
    let folder = unpack(archive, place).map_err(|error| CliError::Mirror {
        what: format!("the cookbook {} {}", one.name, one.written),
        reason: error.to_string(),
    })?;
    std::fs::remove_file(&packed).map_err(failed("deleted", &packed))?;
    Ok(Cookbook::load(&folder)?)
}

async fn from_server(
    client: &ChefClient,
    one: &Chosen,
    place: &Path,
) -> Result<Cookbook, CliError> {
    let path = format!("/cookbooks/{}/{}", segment(&one.name), segment(&one.written));
    let body = client.get(&path).await?;
    let not_understood = |reason| {
        let url = client.url().join(&path).to_string();
        CliError::from(ChefError::NotUnderstood { method: "GET".to_owned(), url, reason })
    };
    let cookbook =
        RemoteCookbook::read(&body).map_err(|error| not_understood(error.to_string()))?;
    std::fs::create_dir(place).map_err(failed("written", place))?;
    for inside in cookbook.folders() {
        std::fs::create_dir(place.join(&inside)).map_err(failed("written", &inside))?;
    }
    let contents = cookbook.files.iter().map(|file| RemoteContent {
        md5: file.md5,
        link: file.link.clone(),
        path: place.join(&file.path),
    });
    download_contents(client, contents.collect(), limits::UNPACKED_BYTES, &mut |_| {}).await?;
    Ok(Cookbook::load_as(place, cookbook.metadata)?)
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> CliError {
    let path = path.to_owned();
    move |source| CliError::File { action, path, source }
}

/// A file that was not there before.
struct NewFile {
    path: PathBuf,
    file: Option<File>,
}

impl Sink for NewFile {
    fn begin(&mut self) -> io::Result<()> {
        match &mut self.file {
            Some(file) => file.set_len(0).and_then(|()| file.rewind()),
            None => {
                let opened = OpenOptions::new().write(true).create_new(true).open(&self.path);
                opened.map(|file| self.file = Some(file))
            }
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), |file| file.write_all(bytes))
    }
}
