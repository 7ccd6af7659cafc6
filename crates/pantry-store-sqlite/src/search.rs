//! Search: leaves are looked up here, what they found is put together elsewhere.
//!
//! A leaf means keys, mostly one or two. Of each of them one value is looked up, or the values are
//! walked in their order from the first that can be sought: rows of terms, which are few where many
//! documents have the same. All of it is one read transaction.

use std::collections::HashMap;

use pantry_query::{Field, Leaf, Plan, Sought, storable};
use pantry_store::search::{DocumentNumber, Found, Index, begin, is_beyond};
use pantry_store::{Document, sql};
use rusqlite::{Connection, OptionalExtension};

use crate::error::Error;
use crate::index::parent;
use crate::{documents, numbers};
use pantry_store::columns::{from_column, to_column};

sql! {
    INDEX = "SELECT i.id FROM scopes s JOIN search_indexes i ON i.scope = s.id \
        WHERE s.name = ?1 AND i.kind = ?2 AND i.parent = ?3 AND i.building = 0";
    // Two, since SQLite would walk all keys of the index for one that says both.
    KEYS_BY_PATH = "SELECT id FROM search_keys WHERE of = ?1 AND path = ?2";
    KEYS_BY_LEAF = "SELECT id FROM search_keys WHERE of = ?1 AND leaf = ?2";
    KEYS = "SELECT id, path, leaf FROM search_keys WHERE of = ?1";
    EXACT = "SELECT block, documents FROM search_terms WHERE key = ?1 AND value = ?2";
    FROM = "SELECT block, documents, value FROM search_terms WHERE key = ?1 AND value >= ?2 \
        ORDER BY value";
    EVERY_NUMBER = "SELECT d.id FROM scopes s JOIN documents d ON d.scope = s.id \
        WHERE s.name = ?1 AND d.kind = ?2";
    NUMBERS_UNDER = "SELECT d.id FROM scopes s JOIN documents d ON d.scope = s.id \
        WHERE s.name = ?1 AND d.kind = ?2 AND d.name > ?3 || '/' AND d.name < ?3 || '0'";
    // Only what is in the index: the number may have become another document's.
    FOUND = "SELECT d.name, d.body, d.hash FROM documents d JOIN scopes s ON s.id = d.scope \
        WHERE d.id = ?1 AND s.name = ?2 AND d.kind = ?3";
    FOUND_NAME = "SELECT d.name FROM documents d JOIN scopes s ON s.id = d.scope \
        WHERE d.id = ?1 AND s.name = ?2 AND d.kind = ?3";
}

/// The numbers of the documents that a plan finds.
pub(crate) fn search(
    connection: &Connection,
    index: &Index,
    plan: &Plan,
) -> Result<Vec<DocumentNumber>, Error> {
    let place = (index.scope.as_str(), index.kind.as_str(), parent(index));
    let mut statement = connection.prepare_cached(INDEX)?;
    let number = statement.query_row(place, |row| row.get(0)).optional()?;
    let Some(number) = number else { return Ok(Vec::new()) };
    let mut reader = Reader { connection, index: number, keys: HashMap::new() };
    let found =
        plan.leaves().iter().map(|leaf| reader.find(leaf)).collect::<Result<Vec<_>, _>>()?;
    let all = if plan.needs_all() { every(connection, index)? } else { Vec::new() };
    Ok(plan.evaluate(&found, &all))
}

/// An index that is being read, and the keys that fields mean in it.
struct Reader<'a> {
    connection: &'a Connection,
    index: i64,
    keys: HashMap<&'a Field, Vec<i64>>,
}

impl<'a> Reader<'a> {
    fn find(&mut self, leaf: &'a Leaf) -> Result<Vec<DocumentNumber>, Error> {
        let mut found = Found::default();
        let connection = self.connection;
        for &key in self.keys(&leaf.field)? {
            look_up(connection, key, &leaf.sought, &mut found)?;
        }
        Ok(found.into_numbers())
    }

    fn keys(&mut self, field: &'a Field) -> Result<&[i64], Error> {
        if !self.keys.contains_key(field) {
            let keys = keys(self.connection, self.index, field)?;
            self.keys.insert(field, keys);
        }
        Ok(self.keys.get(field).map(Vec::as_slice).unwrap_or_default())
    }
}

fn keys(connection: &Connection, index: i64, field: &Field) -> Result<Vec<i64>, Error> {
    if let Field::Named(name) = field {
        let mut keys = Vec::new();
        for statement in [KEYS_BY_PATH, KEYS_BY_LEAF] {
            let mut statement = connection.prepare_cached(statement)?;
            let mut rows = statement.query((index, storable(name)))?;
            while let Some(row) = rows.next()? {
                keys.push(row.get(0)?);
            }
        }
        // At the top of an object, the path of a key is its leaf.
        keys.sort_unstable();
        keys.dedup();
        return Ok(keys);
    }
    let mut statement = connection.prepare_cached(KEYS)?;
    let mut rows = statement.query([index])?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next()? {
        let is_meant = match field {
            Field::Matching(pattern) => {
                pattern.matches(text(row, 1)?) || pattern.matches(text(row, 2)?)
            }
            Field::Any | Field::Named(_) => true,
        };
        if is_meant {
            keys.push(row.get(0)?);
        }
    }
    Ok(keys)
}

fn look_up(
    connection: &Connection,
    key: i64,
    sought: &Sought,
    found: &mut Found,
) -> Result<(), Error> {
    if let Sought::Exactly(value) = sought {
        let mut statement = connection.prepare_cached(EXACT)?;
        let mut rows = statement.query((key, storable(value)))?;
        while let Some(row) = rows.next()? {
            numbers::gather(found, row.get(0)?, blob(row, 1)?)?;
        }
        return Ok(());
    }
    let mut statement = connection.prepare_cached(FROM)?;
    let mut rows = statement.query((key, begin(sought)))?;
    while let Some(row) = rows.next()? {
        let value = text(row, 2)?;
        if is_beyond(sought, value) {
            break;
        }
        if sought.is(value) {
            numbers::gather(found, row.get(0)?, blob(row, 1)?)?;
        }
    }
    Ok(())
}

fn text<'r>(row: &'r rusqlite::Row<'_>, column: usize) -> Result<&'r str, Error> {
    Ok(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?)
}

fn blob<'r>(row: &'r rusqlite::Row<'_>, column: usize) -> Result<&'r [u8], Error> {
    Ok(row.get_ref(column)?.as_blob().map_err(rusqlite::Error::from)?)
}

/// The numbers of all documents of an index, ascending.
fn every(connection: &Connection, index: &Index) -> Result<Vec<DocumentNumber>, Error> {
    let (scope, kind) = (index.scope.as_str(), index.kind.as_str());
    let mut found = Found::default();
    let (mut every, mut under);
    let mut rows = match &index.parent {
        None => {
            every = connection.prepare_cached(EVERY_NUMBER)?;
            every.query((scope, kind))?
        }
        Some(parent) => {
            under = connection.prepare_cached(NUMBERS_UNDER)?;
            under.query((scope, kind, parent))?
        }
    };
    while let Some(row) = rows.next()? {
        found.add(from_column(row.get(0)?)?);
    }
    Ok(found.into_numbers())
}

/// The documents with these numbers.
pub(crate) fn found(
    connection: &Connection,
    index: &Index,
    numbers: &[DocumentNumber],
) -> Result<Vec<Document>, Error> {
    let mut statement = connection.prepare_cached(FOUND)?;
    let mut found = Vec::with_capacity(numbers.len());
    for &number in numbers {
        let place = (to_column(number)?, index.scope.as_str(), index.kind.as_str());
        found.extend(statement.query_row(place, documents::document).optional()?);
    }
    found.retain(|document: &Document| index.holds(&document.name));
    Ok(found)
}

/// Their names.
pub(crate) fn found_names(
    connection: &Connection,
    index: &Index,
    numbers: &[DocumentNumber],
) -> Result<Vec<String>, Error> {
    let mut statement = connection.prepare_cached(FOUND_NAME)?;
    let mut found = Vec::with_capacity(numbers.len());
    for &number in numbers {
        let place = (to_column(number)?, index.scope.as_str(), index.kind.as_str());
        found.extend(statement.query_row(place, |row| row.get(0)).optional()?);
    }
    found.retain(|name: &String| index.holds(name));
    Ok(found)
}
