//! Searching.

use pantry_model::refusals::search;
use pantry_model::{Error, Refusal};
use pantry_query::{Formula, Plan, Query};
use pantry_store::{DocumentNumber, Index, Kind, Scope};

use super::{FoundObject, INDEXES, index_named};
use crate::UseCases;
use crate::callers::Caller;
use crate::fault::to_error;

/// What a search has found: which objects, and not yet what they are.
#[derive(Clone, Debug)]
pub struct Found {
    index: Index,
    numbers: Vec<DocumentNumber>,
}

impl Found {
    /// How many there are.
    pub fn total(&self) -> usize {
        self.numbers.len()
    }

    /// Those from one on, as many as are wanted.
    pub fn page(mut self, start: usize, rows: usize) -> Self {
        self.numbers.truncate(start.saturating_add(rows));
        self.numbers.drain(..start.min(self.numbers.len()));
        self
    }

    /// Parts of it, each of at most so many.
    pub fn batches(&self, size: usize) -> impl Iterator<Item = Self> + Send + use<'_> {
        let part = |numbers: &[DocumentNumber]| Self {
            index: self.index.clone(),
            numbers: numbers.to_vec(),
        };
        self.numbers.chunks(size).map(part)
    }
}

impl UseCases {
    /// The names of the indexes of the application that the request is about.
    pub async fn list_indexes(&self, caller: &Caller) -> Result<Vec<String>, Error> {
        let scope = self.scope_of(caller)?;
        let bags = self.store.names(&scope, Kind::DataBag).await.map_err(to_error)?;
        Ok(INDEXES.iter().map(|(name, _)| (*name).to_owned()).chain(bags).collect())
    }

    /// Searches an index of the application that the request is about, by its name. Whoever may ask
    /// anything of the application may search.
    pub async fn search(
        &self,
        caller: &Caller,
        name: &str,
        query: &SearchQuery,
    ) -> Result<Found, Error> {
        let scope = self.scope_of(caller)?;
        let index = index_named(&scope, name);
        let numbers = self.store.search(&index, &query.0).await.map_err(to_error)?;
        if numbers.is_empty() && index.kind == Kind::DataBagItem {
            let bag = self.find(&scope, Kind::DataBag, name).await?;
            bag.ok_or_else(|| search::no_such_index(name))?;
        }
        Ok(Found { index, numbers })
    }

    /// The objects that were found, as version 0 of the API shows them or as later ones do. What has
    /// gone since is left out.
    pub async fn objects_found(
        &self,
        found: &Found,
        is_version_0: bool,
    ) -> Result<Vec<FoundObject>, Error> {
        let Found { index, numbers } = found;
        let documents = self.store.found(index, numbers).await.map_err(to_error)?;
        let mut objects = Vec::with_capacity(documents.len());
        for document in documents {
            let key = match index.kind {
                Kind::ApiClient if is_version_0 => {
                    self.key_of(&index.scope, &document.name).await?
                }
                _ => None,
            };
            objects.push(FoundObject::new(&index.scope, index.kind, document, key)?);
        }
        Ok(objects)
    }

    /// The key named `default` of an API client, if it has one.
    async fn key_of(&self, scope: &Scope, name: &str) -> Result<Option<String>, Error> {
        match self.find(scope, Kind::ApiClient, name).await? {
            Some(client) => self.default_key(scope, &client).await,
            None => Ok(None),
        }
    }

    /// The names of an application's objects of a kind that a query finds, oldest first.
    pub async fn names_found(
        &self,
        scope: &Scope,
        kind: Kind,
        query: &str,
    ) -> Result<Vec<String>, Error> {
        let index = Index::of(scope, kind);
        let query = SearchQuery::read(query)?;
        let numbers = self.store.search(&index, &query.0).await.map_err(to_error)?;
        self.store.found_names(&index, &numbers).await.map_err(to_error)
    }
}

/// A query that can be understood.
#[derive(Clone, Debug)]
pub struct SearchQuery(Plan);

impl SearchQuery {
    /// Everything.
    pub fn all() -> Self {
        Self(Plan::new(Vec::new(), Formula::All))
    }

    /// Reads it.
    pub fn read(query: &str) -> Result<Self, Refusal> {
        let read = Query::parse(query).map_err(|why| {
            let before = query.get(..why.offset()).unwrap_or_default();
            search::invalid_query(query, why.problem(), before.chars().count() + 1)
        })?;
        Ok(Self(read.plan()))
    }
}
