//! Finding versions of cookbooks that several applications have, each a copy of its own, and having one
//! copy of each on a shelf.
//!
//! Two are the same if their metadata and their files are ([`Likeness`]), whoever has sent them. The
//! applications' own copies stay as they are. Each version is a write of its own: what was adopted before
//! something goes wrong is adopted, and passed over the next time.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use pantry_model::chef::cookbook::Likeness;
use pantry_model::refusals::shelves;
use pantry_model::{ApplicationName, CookbookName, Error, Version};
use pantry_store::{Kind, Scope};

use super::copy::WholeVersion;
use crate::UseCases;
use crate::callers::Caller;
use crate::cookbooks::stored_name;
use crate::fault::to_error;

/// How many applications can be looked at together.
pub const MOST_ADOPTED_FROM: usize = 1000;

/// A version of a cookbook that several applications have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedVersion {
    /// The cookbook's name.
    pub name: Arc<str>,
    /// Which version of it.
    pub version: Version,
    /// Who has it with the same contents, in the order in which they were named.
    pub applications: Vec<ApplicationName>,
    /// How many files it has.
    pub files: usize,
    /// How large they are together, in bytes.
    pub bytes: u64,
    /// What the shelf has of it.
    pub state: Adoption,
}

/// What a shelf has of a version that several applications have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adoption {
    /// Nothing: it can be adopted.
    Possible,
    /// It was adopted just now.
    Done,
    /// The same, already.
    There,
    /// Another content, which stays.
    Other,
}

/// Those who were named, as their cookbooks are read.
struct Holder {
    name: ApplicationName,
    scope: Scope,
    reader: Caller,
}

/// A version that several have, and whose is copied.
struct Shared {
    shown: SharedVersion,
    likeness: Likeness,
    source: usize,
}

impl UseCases {
    /// The versions that at least two of these applications have of their own with the same contents,
    /// by name and the newest first. It needs *read* on all of them, and on the shelf that the request
    /// is about.
    pub async fn shared_cookbooks(
        &self,
        caller: &Caller,
        applications: &[ApplicationName],
    ) -> Result<Vec<SharedVersion>, Error> {
        let (_, shared) = self.shared(caller, applications).await?;
        Ok(shared.into_iter().map(|one| one.shown).collect())
    }

    /// Makes a copy of each of them on the shelf, or of those that are named, frozen if that is asked
    /// for. That also needs what it takes to upload them there.
    pub async fn adopt_cookbooks(
        &self,
        caller: &Caller,
        applications: &[ApplicationName],
        (only, freeze): (Option<&[(CookbookName, Version)]>, bool),
    ) -> Result<Vec<SharedVersion>, Error> {
        let (holders, mut shared) = self.shared(caller, applications).await?;
        if let Some(only) = only {
            let only: BTreeSet<_> =
                only.iter().map(|(name, version)| (name.as_str(), *version)).collect();
            shared.retain(|one| only.contains(&(one.shown.name.as_ref(), one.shown.version)));
        }
        let mut shown = Vec::with_capacity(shared.len());
        for one in shared {
            let state = match (one.shown.state, holders.get(one.source)) {
                (Adoption::Possible, Some(holder)) => {
                    self.adopt(caller, holder, &one, freeze).await?
                }
                (state, _) => state,
            };
            shown.push(SharedVersion { state, ..one.shown });
        }
        Ok(shown)
    }

    /// Copies one of them. What has changed since it was found is not what was asked for.
    async fn adopt(
        &self,
        caller: &Caller,
        holder: &Holder,
        one: &Shared,
        freeze: bool,
    ) -> Result<Adoption, Error> {
        let to = self.scope_of(caller)?;
        let (name, version) = (one.shown.name.as_ref(), one.shown.version);
        let (to, stored) = (&to, &stored_name(name, version));
        self.decide_as(caller, |caller| async move {
            let (reader, from) = self.reader_of(&caller, &holder.name).await?;
            self.may_read_cookbook(&reader, &from, name).await?;
            let mut write = self.write_as(&caller);
            if let Some(there) = self.whole_version(to, stored).await? {
                let is_same = there.likeness()? == one.likeness;
                return Ok((write, if is_same { Adoption::There } else { Adoption::Other }));
            }
            reader.answer_for(&mut write);
            let found = self.whole_version(&from, stored).await?;
            let missing = || shelves::no_such_version(name, version, from.as_str());
            let whole = found.ok_or_else(missing)?;
            if whole.likeness()? != one.likeness {
                return Err(shelves::changed_meanwhile(name, version, from.as_str()).into());
            }
            let versions = (name, std::slice::from_ref(&whole));
            self.copy_versions(&mut write, &caller, (&from, to), versions, freeze).await?;
            Ok((write, Adoption::Done))
        })
        .await
    }

    async fn shared(
        &self,
        caller: &Caller,
        applications: &[ApplicationName],
    ) -> Result<(Vec<Holder>, Vec<Shared>), Error> {
        if applications.len() > MOST_ADOPTED_FROM {
            return Err(shelves::too_many_at_once("organizations", MOST_ADOPTED_FROM).into());
        }
        let named: BTreeSet<_> = applications.iter().collect();
        if named.len() < 2 || named.len() != applications.len() {
            return Err(shelves::invalid_applications().into());
        }
        let to = self.scope_of(caller)?;
        if let Scope::Application(shelf) = &to {
            self.must_be_shelf(shelf).await?;
            if named.contains(shelf) {
                return Err(shelves::copied_to_itself(shelf).into());
            }
            self.reader_of(caller, shelf).await?;
        }
        let mut holders = Vec::with_capacity(applications.len());
        // Only names are held of all of them at once, each once.
        let mut held_by: HashMap<String, Vec<usize>> = HashMap::new();
        for (at, name) in applications.iter().enumerate() {
            let (reader, scope) = self.reader_of(caller, name).await?;
            let names = self.store.names(&scope, Kind::CookbookVersion).await.map_err(to_error)?;
            for stored in names {
                held_by.entry(stored).or_default().push(at);
            }
            holders.push(Holder { name: name.clone(), scope, reader });
        }
        let mut shared = Vec::new();
        for ((name, version), held_by) in in_several(held_by) {
            shared.extend(self.same(&to, &holders, (name, version), held_by).await?);
        }
        Ok((holders, shared))
    }

    /// What most of those have who have a version, if at least two have the same.
    async fn same(
        &self,
        to: &Scope,
        holders: &[Holder],
        (name, version): (Arc<str>, Version),
        held_by: Vec<usize>,
    ) -> Result<Option<Shared>, Error> {
        let stored = stored_name(&name, version);
        let mut kinds: Vec<(WholeVersion, Likeness, Vec<usize>)> = Vec::new();
        for at in held_by {
            let Some(holder) = holders.get(at) else { continue };
            self.may_read_cookbook(&holder.reader, &holder.scope, &name).await?;
            let Some(whole) = self.whole_version(&holder.scope, &stored).await? else { continue };
            let likeness = whole.likeness()?;
            match kinds.iter_mut().find(|(_, known, _)| *known == likeness) {
                Some((_, _, who)) => who.push(at),
                None => kinds.push((whole, likeness, vec![at])),
            }
        }
        // Of those that as many have, the one that is named first counts.
        let most = kinds.into_iter().rev().max_by_key(|(_, _, who)| who.len());
        let Some((whole, likeness, who)) = most.filter(|(_, _, who)| who.len() > 1) else {
            return Ok(None);
        };
        let state = match self.whole_version(to, &stored).await? {
            None => Adoption::Possible,
            Some(there) if there.likeness()? == likeness => Adoption::There,
            Some(_) => Adoption::Other,
        };
        let named = who.iter().filter_map(|at| Some(holders.get(*at)?.name.clone()));
        let applications = named.collect();
        let (files, bytes) = (likeness.files, whole.bytes());
        let shown = SharedVersion { name, version, applications, files, bytes, state };
        let source = who.first().copied().unwrap_or_default();
        Ok(Some(Shared { shown, likeness, source }))
    }
}

/// Those that more than one has, by name and the newest first.
fn in_several(
    held_by: HashMap<String, Vec<usize>>,
) -> impl Iterator<Item = ((Arc<str>, Version), Vec<usize>)> {
    let several = held_by.into_iter().filter(|(_, who)| who.len() > 1);
    let read = several.filter_map(|(stored, who)| {
        let (name, version) = stored.split_once('/')?;
        Some(((Arc::from(name), Reverse(version.parse::<Version>().ok()?)), who))
    });
    let sorted: BTreeMap<_, _> = read.collect();
    sorted.into_iter().map(|((name, version), who)| ((name, version.0), who))
}
