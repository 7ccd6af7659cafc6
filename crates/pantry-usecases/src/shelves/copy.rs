//! Having versions of cookbooks in another application as well.
//!
//! What is copied are documents: the version, its summary, and that it holds its files' contents, which
//! are kept once for all applications. So a copy costs no space, and is the other application's own: it
//! stays when the first one goes. All of it is in the caller's write, which rests on everything that
//! was read.

use std::collections::BTreeMap;

use pantry_model::chef::cookbook::{Likeness, frozen, is_frozen};
use pantry_model::refusals::shelves;
use pantry_model::{ApplicationName, Content, Error, Permission};
use pantry_store::{Change, Document, Kind, Scope, Write};

use crate::UseCases;
use crate::callers::Caller;
use crate::cookbooks::CONTAINER;
use crate::cookbooks::files::hold_expected;
use crate::fault::to_error;

const KIND: Kind = Kind::CookbookVersion;

/// A version of a cookbook, with all that it takes to have it elsewhere.
pub(super) struct WholeVersion {
    document: Document,
    summary: Document,
    contents: Vec<Content>,
}

impl WholeVersion {
    /// What counts of it, whoever has sent it.
    pub(super) fn likeness(&self) -> Result<Likeness, Error> {
        let contents: BTreeMap<_, _> =
            self.contents.iter().map(|content| (content.md5, content.sha256)).collect();
        let likeness = Likeness::of(&self.document.body, &contents);
        let unreadable = || Error::Internal(format!("the cookbook {}", self.document.name));
        likeness.ok_or_else(unreadable)
    }

    /// How large its files are together, in bytes; one that is there twice counts once.
    pub(super) fn bytes(&self) -> u64 {
        self.contents.iter().map(|content| content.size).sum()
    }

    /// As people read it: `NAME VERSION`.
    fn title(&self) -> String {
        self.document.name.replace('/', " ")
    }
}

impl UseCases {
    /// The caller as one who reads the cookbooks of another application, and its scope. Whether there
    /// is no such application, or one that the caller may not read, is said in the same words.
    pub(super) async fn reader_of(
        &self,
        caller: &Caller,
        application: &ApplicationName,
    ) -> Result<(Caller, Scope), Error> {
        let refused = || Error::from(shelves::unreadable(application.as_str()));
        let principal = caller.actor()?.principal.clone();
        let reader = match self.caller(&principal, Some(application)).await {
            Err(Error::Refused(_) | Error::UnknownApplication(_)) => return Err(refused()),
            reader => reader?,
        };
        // An API client is its own application's, whichever is asked about.
        if !reader.belongs() || reader.within() != Some(application) {
            return Err(refused());
        }
        let scope = Scope::Application(application.clone());
        match self.container(&reader, Permission::Read, &scope, CONTAINER).await {
            Ok(_) => Ok((reader, scope)),
            Err(Error::Refused(_)) => Err(refused()),
            Err(error) => Err(error),
        }
    }

    /// Nothing if a reader may read this cookbook, or there is none.
    pub(super) async fn may_read_cookbook(
        &self,
        reader: &Caller,
        scope: &Scope,
        name: &str,
    ) -> Result<(), Error> {
        match self.find(scope, Kind::Cookbook, name).await? {
            Some(cookbook) if !reader.holds(Permission::Read, &cookbook.acl) => {
                Err(shelves::unreadable_cookbook(name, scope.as_str()).into())
            }
            _ => Ok(()),
        }
    }

    /// A version of an application's own, by its stored name.
    pub(super) async fn whole_version(
        &self,
        scope: &Scope,
        name: &str,
    ) -> Result<Option<WholeVersion>, Error> {
        let document = self.store.document(scope, KIND, name).await.map_err(to_error)?;
        let summary = self.store.document(scope, Kind::CookbookSummary, name).await;
        let (Some(document), Some(summary)) = (document, summary.map_err(to_error)?) else {
            return Ok(None);
        };
        let contents = self.store.contents_of(scope, KIND, name).await.map_err(to_error)?;
        Ok(Some(WholeVersion { document, summary, contents }))
    }

    /// Adds to a write that an application gets versions of one cookbook, none of which it has, frozen
    /// if that is asked for. The caller needs there what it takes to upload them.
    pub(super) async fn copy_versions(
        &self,
        write: &mut Write,
        caller: &Caller,
        (from, to): (&Scope, &Scope),
        (name, versions): (&str, &[WholeVersion]),
        freeze: bool,
    ) -> Result<(), Error> {
        let cookbook = self.find(to, Kind::Cookbook, name).await?;
        let count = u64::try_from(versions.len()).unwrap_or(u64::MAX);
        self.admit_versions(write, caller, (to, name), (cookbook, count)).await?;
        for version in versions {
            self.refuse_other_content(to, version).await?;
            copy(write, (from, to), version, freeze)?;
        }
        Ok(())
    }

    /// Refuses a version with a content if an application has another one under its MD5.
    async fn refuse_other_content(&self, to: &Scope, version: &WholeVersion) -> Result<(), Error> {
        let md5s: Vec<_> = version.contents.iter().map(|content| content.md5).collect();
        let there = self.store.contents(to, &md5s).await.map_err(to_error)?;
        let mut pairs = version.contents.iter().zip(there);
        let differs = |(ours, there): &(&Content, Option<Content>)| {
            there.is_some_and(|there| there.sha256 != ours.sha256)
        };
        match pairs.find(differs) {
            Some((ours, _)) => {
                Err(shelves::other_content(&version.title(), &ours.md5, to.as_str()).into())
            }
            None => Ok(()),
        }
    }
}

fn copy(
    write: &mut Write,
    (from, to): (&Scope, &Scope),
    version: &WholeVersion,
    freeze: bool,
) -> Result<(), Error> {
    let WholeVersion { document, summary, contents } = version;
    let body = if freeze && !is_frozen(&document.body) {
        let unreadable = || Error::Internal(format!("the cookbook {}", document.name));
        frozen(&document.body).ok_or_else(unreadable)?
    } else {
        document.body.clone()
    };
    write.expect(from, KIND, &document.name, Some(document.hash));
    write.expect_held(from, contents.clone());
    write.create(to, KIND, &document.name, body);
    write.changes.push(Change::Put {
        scope: to.clone(),
        kind: Kind::CookbookSummary,
        name: summary.name.clone(),
        body: summary.body.clone(),
    });
    hold_expected(write, (to, KIND, &document.name), contents.clone());
    Ok(())
}
