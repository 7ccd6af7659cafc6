//! Objects: documents that have an id and an access control list.
//!
//! Both are columns of the document, so that reading an object is one row, and a put of the content
//! leaves them as they are.

use std::collections::HashMap;

use pantry_model::{Acl, ObjectId};
use pantry_store::columns::{broken, kind, scope};
use pantry_store::{Kind, Object, Place, Scope, StoreError, sql};
use tokio_postgres::Row;

use crate::documents;
use crate::pipeline::Step;
use crate::pool::Pool;
use crate::row::{Columns, Result};

sql! {
    OBJECT = "SELECT d.name, d.body, d.hash, d.object_id, d.acl \
        FROM scopes s JOIN documents d ON d.scope = s.id \
        WHERE s.name = $1 AND d.kind = $2 AND d.name = $3 AND d.object_id IS NOT NULL";
    IDS = "SELECT p.number, d.object_id \
        FROM unnest($1::text[], $2::text[], $3::text[]) \
            WITH ORDINALITY AS p (scope, kind, name, number) \
        JOIN scopes s ON s.name = p.scope \
        JOIN documents d ON d.scope = s.id AND d.kind = p.kind AND d.name = p.name \
        WHERE d.object_id IS NOT NULL";
    PLACES = "SELECT d.object_id, s.name, d.kind, d.name FROM unnest($1::bytea[]) AS ids (id) \
        JOIN documents d ON d.object_id = ids.id JOIN scopes s ON s.id = d.scope";
    REQUIRE = "SELECT refuse(ids.number::text) FROM unnest($1::bytea[]) \
        WITH ORDINALITY AS ids (id, number) \
        WHERE NOT EXISTS (SELECT FROM documents WHERE object_id = ids.id) LIMIT 1";
    SECURE = "WITH secured AS (UPDATE documents SET object_id = $4, acl = $5 \
        WHERE scope = scope_number($1) AND kind = $2 AND name = $3 AND object_id IS NULL \
        RETURNING id) SELECT refuse(CASE WHEN EXISTS (SELECT FROM documents \
            WHERE scope = scope_number($1) AND kind = $2 AND name = $3) THEN '1' ELSE '2' END) \
        WHERE NOT EXISTS (SELECT FROM secured)";
    SET_ACL = "WITH changed AS (UPDATE documents SET acl = $2 WHERE object_id = $1 RETURNING id) \
        SELECT refuse('1') WHERE NOT EXISTS (SELECT FROM changed)";
}

/// An object from the columns from `first` on: name, body, hash, id and list.
pub(crate) fn object(row: &Row) -> Result<Object> {
    let acl: &[u8] = row.get_column(4)?;
    Ok(Object {
        document: documents::document(row)?,
        id: row.object_id(3)?,
        acl: Acl::from_bytes(acl).map_err(broken)?,
    })
}

/// A place from the columns from `first` on: scope, kind and name.
pub(crate) fn place(row: &Row, first: usize) -> Result<Place> {
    Ok(Place {
        scope: scope(row.str(first)?)?,
        kind: kind(row.str(first + 1)?)?,
        name: row.text(first + 2)?,
    })
}

/// One object.
pub(crate) async fn get(
    pool: &Pool,
    scope: &Scope,
    kind: Kind,
    name: &str,
) -> Result<Option<Object>> {
    let row = pool.row(OBJECT, &[&scope.as_str(), &kind.as_str(), &name]).await?;
    row.as_ref().map(object).transpose()
}

/// The ids of the objects at these places.
pub(crate) async fn ids(pool: &Pool, places: &[Place]) -> Result<Vec<Option<ObjectId>>> {
    let scopes: Vec<&str> = places.iter().map(|place| place.scope.as_str()).collect();
    let kinds: Vec<&str> = places.iter().map(|place| place.kind.as_str()).collect();
    let names: Vec<&str> = places.iter().map(|place| place.name.as_str()).collect();
    let rows = pool.rows(IDS, &[&scopes, &kinds, &names]).await?;
    let found = rows.iter().map(|row| Ok((row.integer(0)?, row.object_id(1)?)));
    let found = found.collect::<Result<HashMap<i64, ObjectId>>>()?;
    Ok((1..).zip(places).map(|(number, _)| found.get(&number).copied()).collect())
}

/// Where the objects with these ids are.
pub(crate) async fn places(pool: &Pool, ids: &[ObjectId]) -> Result<Vec<Option<Place>>> {
    let columns: Vec<&[u8]> = ids.iter().map(|id| id.0.as_slice()).collect();
    let rows = pool.rows(PLACES, &[&columns]).await?;
    let found = rows.iter().map(|row| Ok((row.object_id(0)?, place(row, 1)?)));
    let found = found.collect::<Result<HashMap<ObjectId, Place>>>()?;
    Ok(ids.iter().map(|id| found.get(id).cloned()).collect())
}

/// Fails if there is no such object.
pub(crate) fn require(ids: &[ObjectId]) -> Step<'static> {
    let columns: Vec<Vec<u8>> = ids.iter().map(|id| id.0.to_vec()).collect();
    Step::new(REQUIRE).with(columns).refusing(ids.iter().map(|id| StoreError::NoSuchObject(*id)))
}

/// Makes a document an object.
pub(crate) fn secure<'a>(
    scope: &'a Scope,
    kind: Kind,
    name: &'a str,
    id: ObjectId,
    acl: &Acl,
) -> Step<'a> {
    let has_one = StoreError::Broken(format!("{kind:?} `{name}` of {scope} has an id already"));
    let taken = StoreError::Broken(format!("another object has the id {id} already"));
    let step = Step::new(SECURE).with(scope.as_str()).with(kind.as_str()).with(name);
    let step = step.with(id.0.to_vec()).with(acl.to_bytes());
    step.refusing([has_one, documents::moved(scope, kind, name)]).taken(taken)
}

/// Replaces an object's access control list.
pub(crate) fn set_acl(id: ObjectId, acl: &Acl) -> Step<'static> {
    let step = Step::new(SET_ACL).with(id.0.to_vec()).with(acl.to_bytes());
    step.refusing([StoreError::NoSuchObject(id)])
}
