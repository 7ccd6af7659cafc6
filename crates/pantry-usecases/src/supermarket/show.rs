//! What a Supermarket tells of its cookbooks: some of all, those of a name, one, and one version.
//!
//! Names and versions come from the catalogue. What metadata says to people is read from the stored
//! version where it is shown, which is for some cookbooks at a time.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use pantry_model::chef::cookbook::{AboutCookbook, AskedVersion, PublishedVersion};
use pantry_model::refusals::supermarket;
use pantry_model::{Error, Timestamp, Version};
use pantry_store::{Document, Kind};

use super::OpenShelf;
use crate::UseCases;
use crate::cookbooks::{CatalogueCookbook, stored_name, versioned};
use crate::fault::to_error;

/// In which order cookbooks are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarketOrder {
    /// By name.
    Name,
    /// Those first that got a version last.
    RecentlyUpdated,
    /// Those first that came last.
    RecentlyAdded,
}

/// A cookbook in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketItem {
    /// Its name.
    pub name: Arc<str>,
    /// What its newest version says of itself.
    pub about: AboutCookbook,
}

/// Some of all cookbooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketPage {
    /// How many there are in all.
    pub total: usize,
    /// These of them.
    pub items: Vec<MarketItem>,
}

/// A cookbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketCookbook {
    /// Its name.
    pub name: Arc<str>,
    /// Its versions, the newest first.
    pub versions: Vec<Version>,
    /// What the newest says of itself.
    pub about: AboutCookbook,
    /// When its first version came.
    pub created_at: Option<Timestamp>,
    /// When its last did.
    pub updated_at: Option<Timestamp>,
}

/// A version of a cookbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarketVersion {
    /// The cookbook's name.
    pub name: Arc<str>,
    /// Which.
    pub version: Version,
    /// What it says of itself.
    pub about: AboutCookbook,
}

impl UseCases {
    /// Those of a shelf's cookbooks whose names have all words of a search in them, or all; so many of
    /// them, after the first ones. Names that begin with what is searched for come first.
    pub async fn list_on_shelf(
        &self,
        shelf: &OpenShelf,
        search: Option<&str>,
        order: MarketOrder,
        (start, items): (usize, usize),
    ) -> Result<MarketPage, Error> {
        let all = self.cookbooks_on(shelf).await?;
        let search = search.unwrap_or_default().to_lowercase();
        let fits = |one: &&Arc<CatalogueCookbook>| {
            let name = one.name.to_lowercase();
            search.split_whitespace().all(|word| name.contains(word))
        };
        let layers = all.layers();
        let mut found: Vec<_> = layers.flat_map(|own| own.cookbooks()).filter(fits).collect();
        let at_first = search.trim();
        if !at_first.is_empty() {
            found.sort_by_key(|one| !one.name.to_lowercase().starts_with(at_first));
        }
        if order != MarketOrder::Name {
            let times = self.times_on(shelf).await?;
            let time = |one: &CatalogueCookbook| {
                let (created, updated) = times.get(one.name.as_ref()).copied()?;
                Some(if order == MarketOrder::RecentlyAdded { created } else { updated })
            };
            found.sort_by_key(|one| Reverse(time(one)));
        }
        let total = found.len();
        let mut page = Vec::new();
        for one in found.into_iter().skip(start).take(items) {
            let newest = one.versions.first().map(|newest| newest.version);
            let about = match newest {
                Some(newest) => self.about(shelf, &one.name, newest).await?,
                None => None,
            };
            // One that was deleted just now is passed over.
            page.extend(about.map(|about| MarketItem { name: Arc::clone(&one.name), about }));
        }
        Ok(MarketPage { total, items: page })
    }

    /// A cookbook of a shelf.
    pub async fn show_on_shelf(
        &self,
        shelf: &OpenShelf,
        name: &str,
    ) -> Result<MarketCookbook, Error> {
        let all = self.cookbooks_on(shelf).await?;
        let cookbook = all.cookbook(name).ok_or_else(supermarket::not_found)?;
        let versions: Vec<_> = cookbook.versions.iter().map(|one| one.version).collect();
        let newest = versions.first().copied().ok_or_else(supermarket::not_found)?;
        let about = self.about(shelf, name, newest).await?.ok_or_else(supermarket::not_found)?;
        let stored = self.store.document(&shelf.scope, Kind::Cookbook, name).await;
        let times = stored.map_err(to_error)?.and_then(|stored| versioned::times(&stored));
        let (created_at, updated_at) = times.unzip();
        let name = Arc::clone(&cookbook.name);
        Ok(MarketCookbook { name, versions, about, created_at, updated_at })
    }

    /// A version of a cookbook of a shelf.
    pub async fn show_version_on_shelf(
        &self,
        shelf: &OpenShelf,
        name: &str,
        asked: AskedVersion,
    ) -> Result<MarketVersion, Error> {
        let all = self.cookbooks_on(shelf).await?;
        let cookbook = all.cookbook(name).ok_or_else(supermarket::not_found)?;
        let found = match asked {
            AskedVersion::Latest => cookbook.versions.first(),
            AskedVersion::Exactly(version) => cookbook.version(version),
        };
        let version = found.ok_or_else(supermarket::not_found)?.version;
        let about = self.about(shelf, name, version).await?.ok_or_else(supermarket::not_found)?;
        Ok(MarketVersion { name: Arc::clone(&cookbook.name), version, about })
    }

    async fn about(
        &self,
        shelf: &OpenShelf,
        name: &str,
        version: Version,
    ) -> Result<Option<AboutCookbook>, Error> {
        let stored = stored_name(name, version);
        let found = self.store.document(&shelf.scope, Kind::CookbookVersion, &stored).await;
        let read = |found: Document| Some(PublishedVersion::read(&found.body)?.about());
        Ok(found.map_err(to_error)?.map(|found| read(found).unwrap_or_default()))
    }

    /// When each cookbook came, and got its last version.
    async fn times_on(
        &self,
        shelf: &OpenShelf,
    ) -> Result<HashMap<String, (Timestamp, Timestamp)>, Error> {
        let all = self.store.documents(&shelf.scope, Kind::Cookbook).await.map_err(to_error)?;
        let timed = all.into_iter().filter_map(|one| Some((versioned::times(&one)?, one.name)));
        Ok(timed.map(|(times, name)| (name, times)).collect())
    }
}
