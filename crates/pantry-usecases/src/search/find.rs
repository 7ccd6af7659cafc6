//! Searching.

use pantry_model::refusals::search;
use pantry_model::{Error, Refusal};
use pantry_query::{Formula, Plan};
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

    /// The objects that were found. What has gone since is left out.
    pub async fn objects_found(&self, found: &Found) -> Result<Vec<FoundObject>, Error> {
        let Found { index, numbers } = found;
        let documents = self.store.found(index, numbers).await.map_err(to_error)?;
        let object = |document| FoundObject::new(&index.scope, index.kind, document);
        documents.into_iter().map(object).collect()
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
        Ok(Self(stand_in(query).ok_or_else(|| search::invalid_query(query, "?"))?))
    }
}

fn stand_in(query: &str) -> Option<Plan> {
    use pantry_query::*;
    if query == "*:*" {
        return Some(Plan::new(vec![], Formula::All));
    }
    let (field, value) = query.split_once(':')?;
    let sought = match value.strip_suffix('*') {
        Some("") => Sought::Anything,
        Some(prefix) => {
            Sought::Matching(Pattern::new([Part::Text(prefix.to_owned()), Part::Any]).ok()?)
        }
        None => Sought::Exactly(value.to_owned()),
    };
    Some(Plan::new(vec![Leaf { field: Field::Named(field.to_owned()), sought }], Formula::Leaf(0)))
}
