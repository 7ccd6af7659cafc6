//! Archives of cookbooks: made when they are first wanted, and kept.
//!
//! An archive is a content like those of a cookbook's files. What holds it is a document beside the
//! version's, which says what of the version it was made of: it is written only while the version is
//! that, and goes with it. Two who want it at once wait for one.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, RandomState};
use std::io;

use bytes::Bytes;
use pantry_blobs::{Received, Spool, Workers};
use pantry_model::chef::cookbook::PublishedVersion;
use pantry_model::refusals::supermarket;
use pantry_model::{Content, Error, Md5, Sha256, Version};
use pantry_store::{Change, Document, Kind, Scope, Write};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use super::OpenShelf;
use super::tarball::{Tarball, path_in};
use crate::UseCases;
use crate::contents::{StoredFile, to_error as blob_error};
use crate::cookbooks::stored_name;
use crate::fault::{to_error, to_json};

const KIND: Kind = Kind::CookbookArchive;
const VERSION: Kind = Kind::CookbookVersion;

/// The file that says what a cookbook is, to whoever knows no Ruby.
const METADATA: &str = "metadata.json";

/// The most bytes of files that are made one archive.
const LARGEST: u64 = 128 << 20;

/// How many archives may be made at once.
const TURNS: usize = 4;

/// A cookbook's version as one file.
#[derive(Clone, Debug)]
pub struct CookbookArchive {
    /// The file.
    pub file: StoredFile,
    /// What it is called.
    pub name: String,
}

/// What is stored of an archive.
#[derive(Debug, Serialize, Deserialize)]
struct ArchiveRecord {
    /// The hash of the version that it was made of.
    of: String,
    sha256: Sha256,
    /// In bytes.
    size: u64,
}

/// Whose turn it is to make one, by its name's hash.
pub(crate) struct Archives {
    turns: [Mutex<()>; TURNS],
    hasher: RandomState,
    workers: Workers,
}

impl Default for Archives {
    fn default() -> Self {
        let turns = std::array::from_fn(|_| Mutex::default());
        Self { turns, hasher: RandomState::new(), workers: Workers::of_cores() }
    }
}

impl Archives {
    fn turn(&self, of: &(&Scope, &str)) -> &Mutex<()> {
        // The remainder is smaller than the number of turns.
        let at = usize::try_from(self.hasher.hash_one(of) % TURNS as u64).unwrap_or_default();
        self.turns.get(at).unwrap_or(&self.turns[0])
    }
}

/// Ends the archive of a version that is changed or deleted by this write.
pub(crate) fn discard(write: &mut Write, scope: &Scope, stored_name: &str) {
    let (scope, name) = (scope.clone(), stored_name.to_owned());
    write.changes.push(Change::Delete { scope, kind: KIND, name });
}

impl UseCases {
    /// A version of a cookbook of a shelf as one file.
    pub async fn archive_on_shelf(
        &self,
        shelf: &OpenShelf,
        cookbook: &str,
        version: Version,
    ) -> Result<CookbookArchive, Error> {
        let (scope, stored) = (&shelf.scope, stored_name(cookbook, version));
        let name = format!("{cookbook}-{version}.tar.gz");
        if let Some(file) = self.kept_archive(scope, &stored).await? {
            return Ok(CookbookArchive { file, name });
        }
        let (usecases, scope, cookbook) = (self.clone(), scope.clone(), cookbook.to_owned());
        // It is made to its end, also if whoever asked goes: the next one then has it.
        let made = tokio::spawn(async move {
            let _turn = usecases.archives.turn(&(&scope, &stored)).lock().await;
            match usecases.kept_archive(&scope, &stored).await? {
                Some(file) => Ok(file),
                None => usecases.make_archive(&scope, &cookbook, &stored).await,
            }
        });
        let made = made.await.map_err(|error| Error::Internal(format!("an archive: {error}")))?;
        Ok(CookbookArchive { file: made?, name })
    }

    /// What a version's archive holds, for whoever deletes or changes it.
    pub(crate) async fn archived(&self, scope: &Scope, stored: &str) -> Result<Vec<Sha256>, Error> {
        let held = self.store.contents_of(scope, KIND, stored).await.map_err(to_error)?;
        Ok(held.into_iter().map(|content| content.sha256).collect())
    }

    async fn version_to_pack(&self, scope: &Scope, stored: &str) -> Result<Document, Error> {
        let found = self.store.document(scope, VERSION, stored).await.map_err(to_error)?;
        Ok(found.ok_or_else(supermarket::not_found)?)
    }

    /// The archive, if it is there and of the version as it is now.
    async fn kept_archive(&self, scope: &Scope, stored: &str) -> Result<Option<StoredFile>, Error> {
        let version = self.version_to_pack(scope, stored).await?;
        let kept = self.store.document(scope, KIND, stored).await.map_err(to_error)?;
        let read = |kept: Document| serde_json::from_slice::<ArchiveRecord>(&kept.body).ok();
        let fits = |kept: &ArchiveRecord| kept.of == version.hash.to_string();
        let kept = kept.and_then(read).filter(fits);
        Ok(kept.map(|it| StoredFile::of(scope, it.sha256, it.size, [KIND; 2])))
    }

    async fn make_archive(
        &self,
        scope: &Scope,
        cookbook: &str,
        stored: &str,
    ) -> Result<StoredFile, Error> {
        let version = self.version_to_pack(scope, stored).await?;
        let received = self.pack(scope, cookbook, &version).await?;
        let content = *received.content();
        self.files.blobs.put(&received).await.map_err(blob_error)?;
        let kept = self.keep_archive(scope, stored, &version, content).await;
        let replaced = match kept {
            Ok(replaced) => replaced,
            Err(error) => {
                self.collect(vec![content.sha256]);
                return Err(error);
            }
        };
        self.collect(replaced);
        self.see_that_it_is_there(&received).await?;
        Ok(StoredFile::of(scope, content.sha256, content.size, [KIND; 2]))
    }

    /// Writes a version's files into one.
    async fn pack(
        &self,
        scope: &Scope,
        cookbook: &str,
        version: &Document,
    ) -> Result<Received, Error> {
        let broken = || Error::Internal(format!("the stored cookbook `{}`", version.name));
        let read = PublishedVersion::read(&version.body).ok_or_else(broken)?;
        let held = self.store.contents_of(scope, VERSION, &version.name).await.map_err(to_error)?;
        let held: HashMap<Md5, Content> = held.into_iter().map(|one| (one.md5, one)).collect();
        // By path, each once, so that the order in which they were listed does not matter.
        let mut files = BTreeMap::new();
        for file in &read.files {
            let Some(path) = path_in(cookbook, &file.path) else { continue };
            let content = held.get(&file.md5).ok_or_else(supermarket::changed)?;
            files.entry(path).or_insert(*content);
        }
        let bytes = files.values().map(|content| content.size).fold(0, u64::saturating_add);
        if bytes > LARGEST {
            return Err(supermarket::too_large(bytes, LARGEST).into());
        }
        let mut packing = Packing {
            usecases: self,
            tarball: Some(Tarball::new()),
            spool: self.files.blobs.spool(),
        };
        let metadata = format!("{cookbook}/{METADATA}");
        if !files.contains_key(&metadata) {
            packing.add_bytes(metadata, read.metadata_json(cookbook)).await?;
        }
        for (path, content) in files {
            packing.add_content(path, content).await?;
        }
        packing.finish().await
    }

    /// Has a version's archive hold what was made of it; gives what it held before.
    async fn keep_archive(
        &self,
        scope: &Scope,
        stored: &str,
        version: &Document,
        content: Content,
    ) -> Result<Vec<Sha256>, Error> {
        let (sha256, size) = (content.sha256, content.size);
        let body = to_json(&ArchiveRecord { of: version.hash.to_string(), sha256, size });
        let body = &body;
        self.decide(|| async move {
            let now = self.version_to_pack(scope, stored).await?;
            if now.hash != version.hash {
                return Err(supermarket::changed().into());
            }
            let before = self.store.document(scope, KIND, stored).await.map_err(to_error)?;
            let mut replaced = self.archived(scope, stored).await?;
            replaced.retain(|other| *other != sha256);
            let mut write = Write::new(None, self.clock.now());
            write.expect(scope, VERSION, stored, Some(version.hash));
            write.expect(scope, KIND, stored, before.map(|before| before.hash));
            let place = || (scope.clone(), stored.to_owned());
            let ((scope, name), kind) = (place(), KIND);
            write.changes.push(Change::Put { scope, kind, name, body: body.clone() });
            let (scope, name) = place();
            write.changes.push(Change::Release { scope, kind, name });
            let ((scope, name), contents) = (place(), vec![content]);
            write.changes.push(Change::Hold { scope, kind, name, contents, taken_from: None });
            Ok((write, replaced))
        })
        .await
    }
}

/// An archive on its way to where contents are kept.
struct Packing<'u> {
    usecases: &'u UseCases,
    /// Not here while a thread has it; not again if that failed.
    tarball: Option<Tarball>,
    spool: Spool,
}

impl Packing<'_> {
    async fn add_bytes(&mut self, path: String, bytes: Vec<u8>) -> Result<(), Error> {
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        self.step(move |tarball| {
            tarball.begin(&path, size)?;
            tarball.write(&bytes)?;
            tarball.end(size)
        })
        .await
    }

    async fn add_content(&mut self, path: String, content: Content) -> Result<(), Error> {
        let (sha256, size) = (content.sha256, content.size);
        let reading = self.usecases.files.blobs.get(&sha256, 0..size).await.map_err(blob_error)?;
        // Its version may have been changed just now.
        let mut reading = reading.ok_or_else(supermarket::changed)?;
        self.step(move |tarball| tarball.begin(&path, size)).await?;
        while let Some(part) = reading.next().await {
            let part: Bytes = part.map_err(blob_error)?;
            self.step(move |tarball| tarball.write(&part)).await?;
        }
        self.step(move |tarball| tarball.end(size)).await
    }

    /// Compresses where nobody's requests are served, and passes on what is there.
    async fn step(
        &mut self,
        work: impl FnOnce(&mut Tarball) -> io::Result<()> + Send + 'static,
    ) -> Result<(), Error> {
        let mut tarball = self.tarball.take().ok_or_else(|| failed("it failed before"))?;
        let work = move || {
            work(&mut tarball).map_err(failed)?;
            Ok::<_, Error>((tarball.take(), tarball))
        };
        let (bytes, tarball) = self.usecases.archives.workers.run(work).await?;
        self.tarball = Some(tarball);
        if bytes.is_empty() {
            return Ok(());
        }
        self.spool.write(bytes).await.map_err(blob_error)
    }

    async fn finish(mut self) -> Result<Received, Error> {
        let tarball = self.tarball.take().ok_or_else(|| failed("it failed before"))?;
        let rest = tarball.finish().map_err(failed)?;
        self.spool.write(rest).await.map_err(blob_error)?;
        self.spool.finish().await.map_err(blob_error)
    }
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Internal(format!("an archive of a cookbook: {error}"))
}
