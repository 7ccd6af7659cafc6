//! How an index is written: the terms that a document lost or got, and nothing else.
//!
//! Each of them is a row that is read, changed and written, found by its key's number and its value.
//! A row without documents goes, and so does a key without rows. What is dropped is only taken off
//! its scope ([`retire`]); there may be millions of rows, and they go a few at a time ([`tidy`]).

use std::collections::{BTreeSet, HashMap};

use pantry_query::{Key, Term};
use pantry_store::search::{DocumentNumber, FORMAT, Index, IndexState};
use pantry_store::sql;
use rusqlite::{Connection, OptionalExtension};

use crate::error::Error;
use crate::{documents, numbers, scopes};
use pantry_store::columns::{self, from_column};

sql! {
    // The one that is searched, and the one that is being built if there is one.
    BUILDS = "SELECT id FROM search_indexes WHERE scope = ?1 AND kind = ?2 AND parent = ?3";
    BUILD = "SELECT id FROM search_indexes WHERE scope = ?1 AND kind = ?2 AND parent = ?3 \
        AND building = 1";
    BEGIN_BUILD = "INSERT INTO search_indexes (scope, kind, parent, building, format) \
        VALUES (?1, ?2, ?3, 1, ?4) ON CONFLICT DO NOTHING";
    RETIRE_BUILD = "UPDATE search_indexes SET scope = NULL \
        WHERE scope = ?1 AND kind = ?2 AND parent = ?3 AND building = 1 AND format <> ?4";
    RETIRE_OLD = "UPDATE search_indexes SET scope = NULL \
        WHERE scope = ?1 AND kind = ?2 AND parent = ?3 AND building = 0";
    FINISH_BUILD = "UPDATE search_indexes SET building = 0 WHERE id = ?1";
    EVERY_INDEX = "SELECT s.name, i.kind, i.parent, i.format, i.building FROM search_indexes i \
        JOIN scopes s ON s.id = i.scope";
    ADD_INDEX = "INSERT INTO search_indexes (scope, kind, parent, building, format) \
        VALUES (?1, ?2, ?3, 0, ?4) RETURNING id";
    NUMBER = "SELECT id FROM documents WHERE scope = ?1 AND kind = ?2 AND name = ?3";
    KEY = "SELECT id FROM search_keys WHERE of = ?1 AND path = ?2 AND leaf = ?3";
    ADD_KEY = "INSERT INTO search_keys (of, path, leaf) VALUES (?1, ?2, ?3) RETURNING id";
    DROP_KEY = "DELETE FROM search_keys WHERE id = ?1 \
        AND NOT EXISTS (SELECT 1 FROM search_terms WHERE key = ?1)";
    TERM = "SELECT documents FROM search_terms WHERE key = ?1 AND value = ?2 AND block = ?3";
    PUT_TERM = "INSERT INTO search_terms (key, value, block, documents) VALUES (?1, ?2, ?3, ?4) \
        ON CONFLICT (key, value, block) DO UPDATE SET documents = excluded.documents";
    DROP_TERM = "DELETE FROM search_terms WHERE key = ?1 AND value = ?2 AND block = ?3";
    RETIRE = "UPDATE search_indexes SET scope = NULL \
        WHERE scope = ?1 AND kind = ?2 AND parent = ?3";
    RETIRED = "SELECT id FROM search_indexes WHERE scope IS NULL LIMIT 1";
    KEY_OF = "SELECT id FROM search_keys WHERE of = ?1 LIMIT 1";
    DROP_TERMS = "DELETE FROM search_terms WHERE (key, value, block) IN \
        (SELECT key, value, block FROM search_terms WHERE key = ?1 LIMIT ?2)";
    DROP_INDEX = "DELETE FROM search_indexes WHERE id = ?1";
}

/// The parent as a column.
pub(crate) fn parent(index: &Index) -> &str {
    index.parent.as_deref().unwrap_or_default()
}

/// Changes by what a document is found.
pub(crate) fn change(
    connection: &Connection,
    index: &Index,
    name: &str,
    gone: &[Term],
    new: &[Term],
) -> Result<(), Error> {
    let scope = scopes::require(connection, &index.scope)?;
    let number = number(connection, scope, index, name)?;
    for build in builds(connection, scope, index)? {
        let mut document = Document::new(connection, build, number)?;
        gone.iter().try_for_each(|term| document.remove(term))?;
        new.iter().try_for_each(|term| document.add(term))?;
        document.drop_unused_keys()?;
    }
    Ok(())
}

/// The number of a document, which must be there.
fn number(
    connection: &Connection,
    scope: i64,
    index: &Index,
    name: &str,
) -> Result<DocumentNumber, Error> {
    let place = (scope, index.kind.as_str(), name);
    let mut statement = connection.prepare_cached(NUMBER)?;
    let number = statement.query_row(place, |row| row.get(0)).optional()?;
    let missing = || documents::moved(&index.scope, index.kind, name);
    Ok(from_column(number.ok_or_else(missing)?)?)
}

/// Begins to build an index anew.
pub(crate) fn begin(connection: &Connection, index: &Index) -> Result<(), Error> {
    let scope = scopes::require(connection, &index.scope)?;
    let build = (scope, index.kind.as_str(), parent(index), FORMAT);
    connection.prepare_cached(RETIRE_BUILD)?.execute(build)?;
    connection.prepare_cached(BEGIN_BUILD)?.execute(build)?;
    Ok(())
}

/// What is being built, if anything is.
fn build_of(connection: &Connection, scope: i64, index: &Index) -> Result<Option<i64>, Error> {
    let place = (scope, index.kind.as_str(), parent(index));
    Ok(connection.prepare_cached(BUILD)?.query_row(place, |row| row.get(0)).optional()?)
}

/// Adds a document to what is being built.
pub(crate) fn build(
    connection: &Connection,
    index: &Index,
    name: &str,
    terms: &[Term],
) -> Result<(), Error> {
    let scope = scopes::require(connection, &index.scope)?;
    let number = number(connection, scope, index, name)?;
    let Some(build) = build_of(connection, scope, index)? else { return Ok(()) };
    let mut document = Document::new(connection, build, number)?;
    terms.iter().try_for_each(|term| document.add(term))
}

/// Puts what is being built in the place of what is searched.
pub(crate) fn finish(connection: &Connection, index: &Index) -> Result<(), Error> {
    let scope = scopes::require(connection, &index.scope)?;
    let Some(build) = build_of(connection, scope, index)? else { return Ok(()) };
    connection.prepare_cached(RETIRE_OLD)?.execute((scope, index.kind.as_str(), parent(index)))?;
    connection.prepare_cached(FINISH_BUILD)?.execute([build])?;
    Ok(())
}

/// How all indexes stand.
pub(crate) fn states(connection: &Connection) -> Result<Vec<IndexState>, Error> {
    let mut statement = connection.prepare_cached(EVERY_INDEX)?;
    let mut rows = statement.query([])?;
    let mut states = Vec::new();
    while let Some(row) = rows.next()? {
        let (name, kind): (String, String) = (row.get(0)?, row.get(1)?);
        let parent: String = row.get(2)?;
        let parent = (!parent.is_empty()).then_some(parent);
        let index = Index { scope: columns::scope(&name)?, kind: columns::kind(&kind)?, parent };
        states.push((index, row.get(3)?, row.get(4)?));
    }
    Ok(IndexState::gather(states))
}

/// The index, and what is being built to take its place; it is made if there is none.
fn builds(connection: &Connection, scope: i64, index: &Index) -> Result<Vec<i64>, Error> {
    let place = (scope, index.kind.as_str(), parent(index));
    let mut statement = connection.prepare_cached(BUILDS)?;
    let builds: Vec<i64> =
        statement.query_map(place, |row| row.get(0))?.collect::<Result<_, _>>()?;
    if !builds.is_empty() {
        return Ok(builds);
    }
    let (scope, kind, parent) = place;
    let mut statement = connection.prepare_cached(ADD_INDEX)?;
    Ok(vec![statement.query_row((scope, kind, parent, FORMAT), |row| row.get(0))?])
}

/// A document in one index, whose terms change.
struct Document<'a> {
    connection: &'a Connection,
    index: i64,
    block: i64,
    place: u16,
    /// Keys that were met.
    keys: HashMap<&'a Key, Option<i64>>,
    /// Those that may have no terms any more.
    emptied: BTreeSet<i64>,
}

impl<'a> Document<'a> {
    fn new(connection: &'a Connection, index: i64, number: DocumentNumber) -> Result<Self, Error> {
        let (block, place) = numbers::locate(number)?;
        let (keys, emptied) = (HashMap::new(), BTreeSet::new());
        Ok(Self { connection, index, block, place, keys, emptied })
    }

    fn key(&mut self, key: &'a Key) -> Result<Option<i64>, Error> {
        if let Some(known) = self.keys.get(key) {
            return Ok(*known);
        }
        let named = (self.index, &key.path, &key.leaf);
        let mut statement = self.connection.prepare_cached(KEY)?;
        let found = statement.query_row(named, |row| row.get(0)).optional()?;
        self.keys.insert(key, found);
        Ok(found)
    }

    fn key_or_new(&mut self, key: &'a Key) -> Result<i64, Error> {
        if let Some(found) = self.key(key)? {
            return Ok(found);
        }
        let named = (self.index, &key.path, &key.leaf);
        let mut statement = self.connection.prepare_cached(ADD_KEY)?;
        let made = statement.query_row(named, |row| row.get(0))?;
        self.keys.insert(key, Some(made));
        Ok(made)
    }

    fn places(&self, key: i64, value: &str) -> Result<Option<Vec<u8>>, Error> {
        let mut statement = self.connection.prepare_cached(TERM)?;
        Ok(statement.query_row((key, value, self.block), |row| row.get(0)).optional()?)
    }

    fn put(&self, key: i64, value: &str, places: &[u8]) -> Result<(), Error> {
        let mut statement = self.connection.prepare_cached(PUT_TERM)?;
        statement.execute((key, value, self.block, places))?;
        Ok(())
    }

    fn add(&mut self, term: &'a Term) -> Result<(), Error> {
        let key = self.key_or_new(&term.key)?;
        let value = &term.value;
        let mut places = self.places(key, value)?.unwrap_or_default();
        match numbers::insert(&mut places, self.place) {
            true => self.put(key, value, &places),
            false => Ok(()),
        }
    }

    fn remove(&mut self, term: &'a Term) -> Result<(), Error> {
        let Some(key) = self.key(&term.key)? else { return Ok(()) };
        let value = &term.value;
        let Some(mut places) = self.places(key, value)? else { return Ok(()) };
        if !numbers::remove(&mut places, self.place) {
            return Ok(());
        }
        if !places.is_empty() {
            return self.put(key, value, &places);
        }
        self.connection.prepare_cached(DROP_TERM)?.execute((key, value, self.block))?;
        self.emptied.insert(key);
        Ok(())
    }

    fn drop_unused_keys(&self) -> Result<(), Error> {
        let mut statement = self.connection.prepare_cached(DROP_KEY)?;
        self.emptied.iter().try_for_each(|key| statement.execute([key]).map(drop))?;
        Ok(())
    }
}

/// Takes an index off its scope, with what is being built to take its place.
pub(crate) fn retire(connection: &Connection, index: &Index) -> Result<(), Error> {
    let scope = scopes::require(connection, &index.scope)?;
    connection.prepare_cached(RETIRE)?.execute((scope, index.kind.as_str(), parent(index)))?;
    Ok(())
}

/// Deletes at most so many rows of indexes that nobody can find any more, and says whether there may
/// be more.
pub(crate) fn tidy(connection: &Connection, mut rows: i64) -> Result<bool, Error> {
    let one = |statement, of: &[i64]| -> Result<Option<i64>, Error> {
        let mut statement = connection.prepare_cached(statement)?;
        let of = rusqlite::params_from_iter(of);
        Ok(statement.query_row(of, |row| row.get(0)).optional()?)
    };
    while rows > 0 {
        let Some(index) = one(RETIRED, &[])? else { return Ok(false) };
        let gone = match one(KEY_OF, &[index])? {
            None => connection.prepare_cached(DROP_INDEX)?.execute([index])?,
            Some(key) => match connection.prepare_cached(DROP_TERMS)?.execute((key, rows))? {
                0 => connection.prepare_cached(DROP_KEY)?.execute([key])?,
                gone => gone,
            },
        };
        rows -= i64::try_from(gone).unwrap_or(rows).max(1);
    }
    Ok(true)
}
