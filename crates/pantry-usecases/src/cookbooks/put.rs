//! Putting a version of a cookbook: a new one, or another content for one that is there.

use pantry_model::chef::cookbook::{AskedVersion, NewCookbookVersion, is_frozen};
use pantry_model::refusals::cookbooks;
use pantry_model::{Content, Error, Md5, Permission, Sha256, Version};
use pantry_store::{Change, Document, Kind, Object, Scope, Write};

use super::files::{hold, hold_expected, hold_instead};
use super::{CONTAINER, stored_name, versioned};
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;
use crate::supermarket::discard;

const KIND: Kind = Kind::CookbookVersion;

/// A version that was put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedCookbook {
    /// Whether there was none before.
    pub is_new: bool,
    /// What was put, and whether it is frozen now.
    pub answer: Vec<u8>,
}

impl UseCases {
    /// Stores a version of a cookbook: for a new cookbook that needs *create* on the container, else
    /// *update* on the cookbook. One that is frozen is changed only by force, and stays frozen.
    pub async fn put_cookbook(
        &self,
        caller: &Caller,
        new: &NewCookbookVersion,
        is_forced: bool,
    ) -> Result<SavedCookbook, Error> {
        let scope = self.scope_of(caller)?;
        let (name, stored) = (new.name().as_str(), stored_name(new.name().as_str(), new.version()));
        let of = (&scope, KIND, stored.as_str());
        let put = self.decide_as(caller, |caller| async move {
            let mut write = self.write_as(&caller);
            let cookbook = self.find(of.0, Kind::Cookbook, name).await?;
            let before = match &cookbook {
                Some(_) => self.store.document(of.0, of.1, of.2).await.map_err(to_error)?,
                None => None,
            };
            let is_new = before.is_none();
            let new_ones = u64::from(is_new);
            self.admit_versions(&mut write, &caller, (of.0, name), (cookbook, new_ones)).await?;
            let is_frozen_before = before.as_ref().is_some_and(|before| is_frozen(&before.body));
            if is_frozen_before && !is_forced {
                return Err(cookbooks::frozen(name, new.version()).into());
            }
            let is_frozen = is_frozen_before || new.is_frozen();
            let answer = new.to_answer(is_frozen);
            let body = new.to_stored(is_frozen);
            let released = match &before {
                None => self.add_version(&mut write, of, new, body).await.map(|()| Vec::new())?,
                Some(before) => self.change_version(&mut write, of, (before, new), body).await?,
            };
            let saved = SavedCookbook { is_new, answer };
            Ok((write, (saved, released)))
        });
        let (saved, released) = put.await?;
        self.collect(released);
        Ok(saved)
    }

    /// Lets the caller put versions of a cookbook, of which so many are new, or makes the cookbook.
    pub(crate) async fn admit_versions(
        &self,
        write: &mut Write,
        caller: &Caller,
        (scope, name): (&Scope, &str),
        (cookbook, new_ones): (Option<Object>, u64),
    ) -> Result<(), Error> {
        let kind = Kind::Cookbook;
        if let Some(cookbook) = cookbook {
            caller.require(Permission::Update, &cookbook)?;
            return match new_ones {
                0 => Ok(()),
                more => versioned::more(write, (scope, kind), &cookbook, more),
            };
        }
        let container = self.container(caller, Permission::Create, scope, CONTAINER).await?;
        let (of, id) = ((scope, kind, name), self.new_id());
        versioned::first(write, of, id, (&container, caller), new_ones);
        Ok(())
    }

    async fn add_version(
        &self,
        write: &mut Write,
        of: (&Scope, Kind, &str),
        new: &NewCookbookVersion,
        body: Vec<u8>,
    ) -> Result<(), Error> {
        if new.no_checksum().is_some() {
            return Err(cookbooks::not_uploaded().into());
        }
        let checksums = new.checksums();
        let contents = match self.uploaded(of.0, &checksums).await? {
            Ok(contents) => {
                write.expect_held(of.0, contents.clone());
                contents
            }
            Err(_) => {
                let version = (new.name().as_str(), new.version());
                let found = self.with_those_on_a_shelf(write, of.0, version, &checksums).await?;
                found.ok_or_else(cookbooks::not_uploaded)?
            }
        };
        write.create(of.0, of.1, of.2, body);
        summarize(write, of, new);
        hold_expected(write, of, contents);
        Ok(())
    }

    /// What the application has uploaded under these checksums, or sees in just this version on a shelf:
    /// whoever reads it there need not send it once more for a copy of his own. The write rests on it
    /// that the shelf still has them.
    async fn with_those_on_a_shelf(
        &self,
        write: &mut Write,
        scope: &Scope,
        (name, version): (&str, Version),
        checksums: &[Md5],
    ) -> Result<Option<Vec<Content>>, Error> {
        let seen = self.visible_version(scope, name, AskedVersion::Exactly(version)).await?;
        let Some(seen) = seen else { return Ok(None) };
        let on_shelf = self.store.contents_of(&seen.scope, KIND, &seen.document.name).await;
        let on_shelf = on_shelf.map_err(to_error)?;
        let own = self.store.contents(scope, checksums).await.map_err(to_error)?;
        write.expect_held(scope, own.iter().flatten().copied().collect());
        write.expect_held(&seen.scope, on_shelf.clone());
        let found = own.into_iter().zip(checksums).map(|(own, checksum)| {
            own.or_else(|| on_shelf.iter().find(|content| content.md5 == *checksum).copied())
        });
        Ok(found.collect())
    }

    async fn change_version(
        &self,
        write: &mut Write,
        of: (&Scope, Kind, &str),
        (before, new): (&Document, &NewCookbookVersion),
        body: Vec<u8>,
    ) -> Result<Vec<Sha256>, Error> {
        if let Some(checksum) = new.no_checksum() {
            return Err(cookbooks::checksum_not_uploaded(checksum).into());
        }
        let contents = self.uploaded(of.0, &new.checksums()).await?;
        let contents = contents.map_err(|missing| cookbooks::md5_not_uploaded(&missing))?;
        if before.body == body {
            // It may have been uploaded again nevertheless.
            write.expect(of.0, of.1, of.2, Some(before.hash));
            hold(write, of, contents);
            return Ok(Vec::new());
        }
        let held = self.store.contents_of(of.0, of.1, of.2).await.map_err(to_error)?;
        write.update(of.0, of.1, of.2, before.hash, body);
        summarize(write, of, new);
        discard(write, of.0, of.2);
        let mut released = self.archived(of.0, of.2).await?;
        released.extend(hold_instead(write, of, &held, contents));
        Ok(released)
    }
}

/// Stores what is read of a version by whoever looks at many.
fn summarize(write: &mut Write, of: (&Scope, Kind, &str), new: &NewCookbookVersion) {
    let (scope, name) = (of.0.clone(), of.2.to_owned());
    let (kind, body) = (Kind::CookbookSummary, new.summary());
    write.changes.push(Change::Put { scope, kind, name, body });
}
