//! Looking whether what is kept is whole: that what an object refers to is there, and each content
//! that something holds.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use pantry_blobs::BlobError;
use pantry_model::commands::check::{Checking, Problem};
use pantry_model::{ApplicationName, Error, Principal, Sha256};
use pantry_store::{Kind, Scope};
use sha2::{Digest as _, Sha256 as Hasher};

use super::references::{self, problem};
use super::walk::{Found, Walk};
use super::{shelves, to_error};
use crate::UseCases;
use crate::authorize::Action;
use crate::fault;

/// The most problems that are told; more do not fit into an answer.
const MOST: usize = 1000;

/// What holds contents.
const HOLDERS: [Kind; 7] = [
    Kind::CookbookVersion,
    Kind::CookbookArchive,
    Kind::CookbookArtifactVersion,
    Kind::Sandbox,
    Kind::Upload,
    Kind::StagedFiles,
    Kind::JobFiles,
];

/// What can be said of a check.
#[derive(Debug, Default)]
pub(crate) struct Checker(Mutex<Checking>);

impl Checker {
    fn state(&self) -> MutexGuard<'_, Checking> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn report(&self, found: impl IntoIterator<Item = Problem>) {
        let mut state = self.state();
        for problem in found {
            state.found += 1;
            tracing::error!(
                application = problem.application,
                kind = problem.kind,
                name = problem.name,
                "the check has found that {}",
                problem.what
            );
            if state.problems.len() < MOST {
                state.problems.push(problem);
            }
        }
    }
}

impl UseCases {
    /// Has all looked at that the server keeps. It goes on by itself.
    pub async fn check(&self, actor: &Principal, reads: bool) -> Result<Checking, Error> {
        self.authorize(actor, &Action::Check).await?;
        let begun = Checking { is_at_work: true, ..Checking::default() };
        {
            let mut state = self.checker.state();
            if state.is_at_work {
                let text = "a check is under way already; `--status` says how far it is";
                return Err(Error::Invalid(text.to_owned()));
            }
            state.clone_from(&begun);
        }
        tracing::info!(%actor, reads, "what is kept is looked at");
        let usecases = self.clone();
        tokio::spawn(async move {
            let outcome = usecases.look_at_all(reads).await;
            let mut state = usecases.checker.state();
            state.error = outcome.err().map(|error| error.to_string());
            state.is_at_work = false;
        });
        Ok(begun)
    }

    /// What was found so far.
    pub async fn checking(&self, actor: &Principal) -> Result<Checking, Error> {
        self.authorize(actor, &Action::Check).await?;
        Ok(self.checker.state().clone())
    }

    async fn look_at_all(&self, reads: bool) -> Result<(), Error> {
        for scope in self.all_scopes().await? {
            let looked = references::look(self.store.as_ref(), &scope).await;
            let (problems, objects) = looked.map_err(fault::to_error)?;
            self.checker.report(problems);
            let mut state = self.checker.state();
            state.objects += objects;
            state.applications += 1;
        }
        let lost = shelves::without_applications(self.store.as_ref()).await;
        self.checker.report(lost.map_err(fault::to_error)?);
        let broken = self.broken_contents(reads).await?;
        if !broken.is_empty() {
            self.report_holders(&broken).await?;
        }
        Ok(())
    }

    /// The scopes of all applications.
    pub(super) async fn all_scopes(&self) -> Result<Vec<Scope>, Error> {
        let names = self.store.names(&Scope::Global, Kind::Application).await;
        let names = names.map_err(fault::to_error)?;
        let name = |name: &String| name.parse::<ApplicationName>().ok().map(Scope::Application);
        Ok(names.iter().filter_map(name).collect())
    }

    /// Walks through what is held and what is kept, side by side. What is missing at a second look
    /// as well, or has another length, or bytes, is broken.
    async fn broken_contents(&self, reads: bool) -> Result<BTreeMap<Sha256, &'static str>, Error> {
        let mut held = Walk::held(self.store.as_ref());
        let mut kept = Walk::kept(self.files.blobs.as_ref());
        let mut broken = BTreeMap::new();
        while let Some(content) = held.next().await? {
            let mut size = None;
            while let Some(found) = kept.peek().await? {
                if found.sha256 > content.sha256 {
                    break;
                }
                kept.next().await?;
                if found.sha256 == content.sha256 {
                    size = Some(found.size);
                } else {
                    self.checker.state().unheld += 1;
                }
            }
            if let Some(what) = self.fault_of(content, size, reads).await? {
                broken.insert(content.sha256, what);
            }
            self.checker.state().contents += 1;
        }
        while kept.next().await?.is_some() {
            self.checker.state().unheld += 1;
        }
        Ok(broken)
    }

    /// What is wrong with a content that was listed with this size, or not at all.
    async fn fault_of(
        &self,
        content: Found,
        listed: Option<u64>,
        reads: bool,
    ) -> Result<Option<&'static str>, Error> {
        let Found { sha256, size, .. } = content;
        let mut there = listed;
        if there != Some(size) {
            // It may have come after the list was made.
            there = self.files.blobs.size(&sha256).await.map_err(to_error)?;
        }
        Ok(match there {
            None => Some("is missing"),
            Some(there) if there != size => Some("has another length"),
            Some(_) if reads && !self.is_as_it_was(content).await? => Some("has other bytes"),
            Some(_) => None,
        })
    }

    /// Whether a content still has its SHA-256.
    async fn is_as_it_was(&self, content: Found) -> Result<bool, Error> {
        let reading = self.files.blobs.get(&content.sha256, 0..content.size).await;
        let Some(mut reading) = reading.map_err(to_error)? else { return Ok(false) };
        let mut hasher = Hasher::new();
        while let Some(part) = reading.next().await {
            match part {
                Ok(part) => {
                    hasher.update(&part);
                    let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
                    self.checker.state().bytes_read += length;
                }
                Err(BlobError::Broken(_)) => return Ok(false),
                Err(error) => return Err(to_error(error)),
            }
        }
        Ok(<[u8; 32]>::from(hasher.finalize()) == content.sha256.0)
    }

    /// Says who holds contents that are broken. What nobody holds any more went meanwhile.
    async fn report_holders(&self, broken: &BTreeMap<Sha256, &'static str>) -> Result<(), Error> {
        for scope in self.all_scopes().await?.into_iter().chain([Scope::Global]) {
            for kind in HOLDERS {
                let names = self.store.names(&scope, kind).await.map_err(fault::to_error)?;
                for name in names {
                    let held = self.store.contents_of(&scope, kind, &name).await;
                    let held = held.map_err(fault::to_error)?;
                    self.checker.report(held.iter().filter_map(|content| {
                        let what = broken.get(&content.sha256)?;
                        let (md5, sha256) = (content.md5, content.sha256);
                        let what = format!("its file {md5} {what} (SHA-256 {sha256})");
                        Some(problem(&scope, kind, &name, &what))
                    }));
                }
            }
        }
        Ok(())
    }
}
