//! From what the server says of a run to a repository on disk.
//!
//! The run tree is fetched, then the trees of its cookbooks, then what the repository lacks and the
//! cache has not: on a machine where nothing has changed, nothing. What cannot be had any more (a
//! cookbook was deleted while the run was on its way, or the connection to which the server had
//! promised it is another one now) means that the server must be asked anew what the run is.

use std::collections::HashSet;

use pantry_model::Sha256;
use pantry_model::chef::RunTree;
use pantry_model::commands::chef_run::{ChefRunPrepare, Mode};
use pantry_model::tree::{MAX_TREE_BYTES, Tree};
use pantry_wire::files::{Contents, FileError};

use super::blocking::on_a_thread;
use super::folders::Folders;
use super::provider::Provider;
use super::repository::{Sync, SyncError, Wanted};

/// How often the server is asked what the run is.
const PREPARE_TRIES: usize = 3;
/// How often a content that is damaged in the cache is fetched again.
const DAMAGED_TRIES: usize = 3;

/// A run that is ready to be started.
#[derive(Debug)]
pub(super) struct Supplied {
    /// What the server says.
    pub(super) run: RunTree,
    /// The node's document, as it was given.
    pub(super) node: Option<Sha256>,
    /// Everything that the run is made of.
    pub(super) contents: HashSet<Sha256>,
    /// Whether anything had to be fetched.
    pub(super) fetched: bool,
}

/// Why there is none.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server does not let this machine run Chef, or not this run: a whole sentence.
    Refused(String),
    /// Something that was to be had could not be: what happened, without a subject.
    Failed(String),
}

/// A step that went wrong.
enum Fault {
    /// A content cannot be had.
    Gone(String),
    Failure(Failure),
}

impl Fault {
    fn failed(error: impl ToString) -> Self {
        Self::Failure(Failure::Failed(error.to_string()))
    }
}

/// Where a run gets what it needs.
pub(super) struct Supply<'a> {
    pub(super) provider: &'a dyn Provider,
    pub(super) cache: &'a Contents,
    pub(super) folders: &'a Folders,
}

impl Supply<'_> {
    /// Asks what the run is, and makes the repository of it.
    pub(super) async fn bring(&self, ask: &ChefRunPrepare) -> Result<Supplied, Failure> {
        let mut tries = 0;
        loop {
            tries += 1;
            match self.try_once(ask).await {
                Ok(supplied) => return Ok(supplied),
                Err(Fault::Failure(failure)) => return Err(failure),
                Err(Fault::Gone(reason)) if tries == PREPARE_TRIES => {
                    return Err(Failure::Failed(format!(
                        "what it needs could not be had from the server in {tries} attempts: {reason}"
                    )));
                }
                Err(Fault::Gone(reason)) => {
                    tracing::info!(job = %ask.job, %reason, "asks again what a Chef run is");
                }
            }
        }
    }

    async fn try_once(&self, ask: &ChefRunPrepare) -> Result<Supplied, Fault> {
        let prepared = self.provider.prepare(ask).await.map_err(|error| match error {
            FileError::Refused(refused) => Fault::Failure(Failure::Refused(refused.message)),
            error => Fault::failed(error),
        })?;
        let mut fetched = false;
        let document = (prepared.tree, prepared.size);
        let [bytes] = &*self.documents(ask, &[document], &mut fetched).await? else {
            return Err(Fault::failed("the run's tree is not there"));
        };
        let run: RunTree = serde_json::from_slice(bytes)
            .map_err(|error| Fault::failed(format!("the server's answer is no run: {error}")))?;

        let trees: Vec<_> = run.cookbooks.iter().map(|it| (it.tree, it.size)).collect();
        let documents = self.documents(ask, &trees, &mut fetched).await?;
        let mut cookbooks = Vec::with_capacity(documents.len());
        for (cookbook, bytes) in run.cookbooks.iter().zip(documents) {
            let tree = Tree::read(&bytes).map_err(|error| {
                Fault::failed(format!(
                    "the cookbook in {} is not to be read: {error}",
                    cookbook.folder
                ))
            })?;
            cookbooks.push(tree);
        }
        let mut contents: HashSet<Sha256> = trees.iter().map(|(sha256, _)| *sha256).collect();
        contents.insert(prepared.tree);
        contents.extend(cookbooks.iter().flat_map(Tree::contents).map(|(sha256, _)| sha256));
        contents.extend(run.documents.iter().map(|it| it.sha256));

        let node = format!("nodes/{}.json", run.node);
        let node = run.documents.iter().find(|it| it.path.as_str() == node).map(|it| it.sha256);
        if run.mode != Mode::Server {
            let wanted = Wanted::new(&run, &cookbooks).map_err(Fault::failed)?;
            self.repository(ask, wanted, &mut fetched).await?;
        }
        Ok(Supplied { run, node, contents, fetched })
    }

    /// Makes the repository what is wanted.
    async fn repository(
        &self,
        ask: &ChefRunPrepare,
        wanted: Wanted,
        fetched: &mut bool,
    ) -> Result<(), Fault> {
        let folders = self.folders.clone();
        let begun =
            on_a_thread(move || Sync::begin(&folders.repository(), &folders.index(), &wanted));
        let mut sync = begun.await.map_err(Fault::failed)?.map_err(Fault::failed)?;
        let mut missing = sync.missing();
        for _ in 0..DAMAGED_TRIES {
            self.fetch(ask, &missing, fetched).await?;
            let cache = self.cache.clone();
            let filled = on_a_thread(move || {
                let filled = sync.fill(&|content| cache.path(content));
                if let Err(SyncError::Lacking(lacking)) = &filled {
                    for (sha256, _) in lacking {
                        tracing::warn!(%sha256, "a damaged content in the agent's cache is fetched again");
                        cache.forget(sha256)?;
                    }
                }
                Ok::<_, std::io::Error>((filled, sync))
            });
            let filled = filled.await.and_then(|filled| filled).map_err(Fault::failed)?;
            match filled {
                (Ok(synced), _) => {
                    tracing::debug!(job = %ask.job, ?synced, "the repository of a Chef run is ready");
                    return Ok(());
                }
                (Err(SyncError::Lacking(lacking)), unfinished) => {
                    missing = lacking;
                    sync = unfinished;
                }
                (Err(error), _) => return Err(Fault::failed(error)),
            }
        }
        Err(Fault::failed(format!(
            "{} contents in the agent's cache are damaged as often as they are fetched",
            missing.len()
        )))
    }

    /// Documents that are read at once, fetched if they are not in the cache.
    async fn documents(
        &self,
        ask: &ChefRunPrepare,
        wanted: &[(Sha256, u64)],
        fetched: &mut bool,
    ) -> Result<Vec<Vec<u8>>, Fault> {
        let most = u64::try_from(MAX_TREE_BYTES).unwrap_or(u64::MAX);
        if let Some((_, size)) = wanted.iter().find(|(_, size)| *size > most) {
            let told = format!("the server's answer has {size} bytes, and {most} are the most");
            return Err(Fault::failed(told));
        }
        for _ in 0..DAMAGED_TRIES {
            self.fetch(ask, wanted, fetched).await?;
            let (cache, names) = (self.cache.clone(), wanted.to_vec());
            let read = on_a_thread(move || {
                names
                    .iter()
                    .map(|(sha256, _)| cache.read(sha256, most))
                    .collect::<Result<Vec<_>, _>>()
            });
            let read = read.await.and_then(|read| read).map_err(Fault::failed)?;
            // One that is missing was damaged, and is deleted now.
            if let Some(documents) = read.into_iter().collect::<Option<Vec<_>>>() {
                return Ok(documents);
            }
        }
        Err(Fault::failed("the agent's cache is damaged as often as it is written"))
    }

    /// Fetches those of these contents that are not in the cache.
    async fn fetch(
        &self,
        ask: &ChefRunPrepare,
        contents: &[(Sha256, u64)],
        fetched: &mut bool,
    ) -> Result<(), Fault> {
        let lacked = |(sha256, size): &&(Sha256, u64)| !self.cache.has(sha256, *size);
        let lacking: Vec<_> = contents.iter().filter(lacked).copied().collect();
        if lacking.is_empty() {
            return Ok(());
        }
        *fetched = true;
        self.provider.fetch(ask, &lacking, self.cache).await.map_err(|error| match error {
            FileError::Refused(refused) => Fault::Gone(refused.message),
            error => Fault::failed(error),
        })
    }
}
