//! Making versions of cookbooks that stand in one application, for a review say, available on a shelf.
//!
//! They come with what they need, in one write: whoever uses the shelf sees all of it or nothing. What
//! comes along is worked out from both applications' cookbooks as they stand, so the write rests on
//! both generations.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use pantry_model::refusals::shelves;
use pantry_model::{ApplicationName, CookbookName, Error, Version};
use pantry_store::{Family, Generations, Kind, Scope, Verb, Write};

use super::copy::WholeVersion;
use super::needs::{NamedVersion, Need, needed};
use crate::UseCases;
use crate::callers::Caller;
use crate::cookbooks::stored_name;
use crate::fault::to_error;

/// How many versions can be named at once.
pub const MOST_PROMOTED: usize = 250;

/// A version that was to be promoted, or has to come along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PromotedVersion {
    /// The cookbook's name.
    pub name: Arc<str>,
    /// Which version of it.
    pub version: Version,
    /// Whether the shelf had none of it: what it has already stays as it is.
    pub is_new: bool,
    /// Why it comes along, if it was not named.
    pub needed_by: Option<Need>,
    /// How many files it has.
    pub files: usize,
    /// How large they are together, in bytes.
    pub bytes: u64,
}

/// What is copied to a shelf, by the cookbook's name.
type Copies = BTreeMap<Arc<str>, Vec<WholeVersion>>;

impl UseCases {
    /// Makes versions of an application's own cookbooks available on the shelf that the request is
    /// about, frozen, with all that they need and that the shelf lacks; or only says what that would
    /// be. It needs *read* there, and here what it takes to upload them.
    ///
    /// Of what is said, those that were named come first. All are copied, or none.
    pub async fn promote_cookbooks(
        &self,
        caller: &Caller,
        from: &ApplicationName,
        named: &[(CookbookName, Version)],
        is_dry_run: bool,
    ) -> Result<Vec<PromotedVersion>, Error> {
        if named.len() > MOST_PROMOTED {
            return Err(shelves::too_many_at_once("versions", MOST_PROMOTED).into());
        }
        let named: BTreeSet<NamedVersion> =
            named.iter().map(|(name, version)| (name.as_str().into(), *version)).collect();
        let named = &named;
        self.decide_as(caller, |caller| async move {
            let (write, promoted) = self.promotion(&caller, from, named).await?;
            Ok((if is_dry_run { self.write_as(&caller) } else { write }, promoted))
        })
        .await
    }

    async fn promotion(
        &self,
        caller: &Caller,
        from: &ApplicationName,
        named: &BTreeSet<NamedVersion>,
    ) -> Result<(Write, Vec<PromotedVersion>), Error> {
        let to = self.scope_of(caller)?;
        if let Scope::Application(shelf) = &to {
            self.must_be_shelf(shelf).await?;
            if shelf == from {
                return Err(shelves::copied_to_itself(shelf).into());
            }
        }
        let (reader, from) = self.reader_of(caller, from).await?;
        let mut write = self.write_as(caller);
        reader.answer_for(&mut write);
        let scopes = [to.clone(), from.clone()];
        let stand = self.store.generations(&scopes).await.map_err(to_error)?;
        rest_on(&mut write, &scopes, &stand);

        let (mut promoted, mut copies) = self.named_versions(&reader, (&from, &to), named).await?;
        for (version, need) in self.along_with((&from, &to), named).await? {
            let (name, _) = &version;
            self.may_read_cookbook(&reader, &from, name).await?;
            let missing = || shelves::no_such_version(name, version.1, from.as_str());
            let whole = self.whole_version(&from, &stored_name(name, version.1)).await?;
            let whole = whole.ok_or_else(missing)?;
            promoted.push(shown(&version, &whole, (true, Some(need)))?);
            copies.entry(Arc::clone(name)).or_default().push(whole);
        }
        for (name, versions) in &copies {
            let versions = (name.as_ref(), versions.as_slice());
            self.copy_versions(&mut write, caller, (&from, &to), versions, true).await?;
        }
        for one in promoted.iter().filter(|one| one.is_new) {
            let stored = stored_name(&one.name, one.version);
            let line = format!("{stored} from {from}");
            write.enter(&to, Verb::Create, Kind::Promotion, &line, None);
        }
        Ok((write, promoted))
    }

    /// What was named, and what is to be copied of it. All of which the shelf has another content are
    /// told at once.
    async fn named_versions(
        &self,
        reader: &Caller,
        (from, to): (&Scope, &Scope),
        named: &BTreeSet<NamedVersion>,
    ) -> Result<(Vec<PromotedVersion>, Copies), Error> {
        let (mut promoted, mut copies, mut others) = (Vec::new(), Copies::new(), Vec::new());
        for one in named {
            let (name, version) = one;
            self.may_read_cookbook(reader, from, name).await?;
            let missing = || shelves::no_such_version(name, *version, from.as_str());
            let stored = stored_name(name, *version);
            let whole = self.whole_version(from, &stored).await?.ok_or_else(missing)?;
            let there = self.whole_version(to, &stored).await?;
            promoted.push(shown(one, &whole, (there.is_none(), None))?);
            match there {
                None => copies.entry(Arc::clone(name)).or_default().push(whole),
                Some(there) if there.likeness()? == whole.likeness()? => {}
                Some(_) => others.push(format!("{name} {version}")),
            }
        }
        if others.is_empty() {
            Ok((promoted, copies))
        } else {
            Err(shelves::other_versions(others, to.as_str()).into())
        }
    }

    /// What has to come along with these, which are in the one application or the other.
    async fn along_with(
        &self,
        (from, to): (&Scope, &Scope),
        named: &BTreeSet<NamedVersion>,
    ) -> Result<BTreeMap<NamedVersion, Need>, Error> {
        let there = self.own_cookbooks(to).await?.unwrap_or_default();
        let staged = self.own_cookbooks(from).await?.unwrap_or_default();
        let named = named.clone();
        let needed = self.solver.run(move || needed(&there, &staged, &named)).await?;
        needed.map_err(|((name, version), why)| {
            let version = format!("{name} {version}");
            shelves::needs_unmet(&version, (from.as_str(), to.as_str()), why).into()
        })
    }
}

/// Has a write rest on it that the cookbooks of these applications stand where they did.
fn rest_on(write: &mut Write, scopes: &[Scope], stand: &[Option<Generations>]) {
    let pairs = scopes.iter().cloned().zip(stand);
    write.generations.extend(pairs.map(|(scope, at)| (scope, Family::Cookbooks, *at)));
}

fn shown(
    (name, version): &NamedVersion,
    whole: &WholeVersion,
    (is_new, needed_by): (bool, Option<Need>),
) -> Result<PromotedVersion, Error> {
    let (files, bytes) = (whole.likeness()?.files, whole.bytes());
    let name = Arc::clone(name);
    Ok(PromotedVersion { name, version: *version, is_new, needed_by, files, bytes })
}
