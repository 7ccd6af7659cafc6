//! The contents of files on their way out of a Chef server, into files here.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek as _, Write as _};
use std::path::PathBuf;

use pantry_model::Md5;
use tokio::task::JoinSet;

use super::client::ChefClient;
use super::error::ChefError;
use crate::sink::Sink;

/// How many contents are on their way at once.
const AT_ONCE: usize = 10;

/// A content that is to be downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteContent {
    /// Its MD5, which is verified.
    pub md5: Md5,
    /// The link to it.
    pub link: String,
    /// The file that it is to go to. There must be none yet, and the folder that it is in must be
    /// there: whoever names it has seen to it that it is no place where nothing may be written.
    pub path: PathBuf,
}

/// Downloads all of these, each of at most `limit` bytes. `told` hears how many are there whenever one
/// has come. If this fails, some of the files may be there, and one or another of them in part.
pub async fn download_contents(
    client: &ChefClient,
    contents: Vec<RemoteContent>,
    limit: u64,
    told: &mut (dyn FnMut(usize) + Send),
) -> Result<(), ChefError> {
    let mut waiting = contents.into_iter();
    let mut coming = JoinSet::new();
    let mut there = 0;
    loop {
        while coming.len() < AT_ONCE
            && let Some(RemoteContent { md5, link, path }) = waiting.next()
        {
            let client = client.clone();
            coming.spawn(async move {
                let mut sink = NewFile { path, file: None };
                client.read_from_link(&link, md5, &mut sink, limit).await
            });
        }
        match coming.join_next().await {
            None => return Ok(()),
            Some(Ok(came)) => {
                came?;
                there += 1;
                told(there);
            }
            // It has panicked, and the panic has been told.
            Some(Err(_)) => return Err(ChefError::Aborted),
        }
    }
}

/// A file that was not there before.
struct NewFile {
    path: PathBuf,
    file: Option<File>,
}

impl NewFile {
    fn named(&self, error: &io::Error) -> io::Error {
        io::Error::new(error.kind(), format!("{}: {error}", self.path.display()))
    }
}

impl Sink for NewFile {
    fn begin(&mut self) -> io::Result<()> {
        let begun = match &mut self.file {
            Some(file) => file.set_len(0).and_then(|()| file.rewind()),
            None => {
                let opened = OpenOptions::new().write(true).create_new(true).open(&self.path);
                opened.map(|file| self.file = Some(file))
            }
        };
        begun.map_err(|error| self.named(&error))
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let written = self.file.as_mut().map_or(Ok(()), |file| file.write_all(bytes));
        written.map_err(|error| self.named(&error))
    }
}
