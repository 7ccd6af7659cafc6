//! Objects: documents that have an id and an access control list.
//!
//! Both are columns of the document, so that reading an object is one row, and a put of the content
//! leaves them as they are.

use std::collections::HashMap;

use pantry_model::{Acl, ObjectId};
use pantry_store::columns::{broken, kind, scope};
use pantry_store::{Kind, Object, Place, Scope, StoreError, sql};
use tokio_postgres::Row;

use crate::documents::{self, Key};
use crate::pipeline::Step;
use crate::pool::Pool;
use crate::row::{Columns, Result, wanted};

sql! {
    OBJECT = "SELECT d.name, d.body, d.hash, d.object_id, d.acl \
        FROM scopes s JOIN documents d ON d.scope = s.id \
        WHERE s.name = $1 AND d.kind = $2 AND d.name = $3 AND d.object_id IS NOT NULL";
    OBJECTS = "SELECT d.name, d.body, d.hash, d.object_id, d.acl, e.number \
        FROM unnest($3::text[]) WITH ORDINALITY AS e (name, number) \
        JOIN scopes s ON s.name = $1 \
        JOIN documents d ON d.scope = s.id AND d.kind = $2 AND d.name = e.name \
        WHERE d.object_id IS NOT NULL";
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
    // The number of one that could not be done: odd if the document has an id, even if there is none.
    SECURE = "WITH wanted AS (SELECT scope_number(e.scope) AS scope, e.kind, e.name, e.id, e.acl, \
            e.number FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::bytea[]) \
            WITH ORDINALITY AS e (scope, kind, name, id, acl, number)), \
        secured AS (UPDATE documents d SET object_id = w.id, acl = w.acl FROM wanted w \
            WHERE d.scope = w.scope AND d.kind = w.kind AND d.name = w.name \
            AND d.object_id IS NULL RETURNING w.number) \
        SELECT refuse((2 * w.number - CASE WHEN EXISTS (SELECT FROM documents d \
            WHERE d.scope = w.scope AND d.kind = w.kind AND d.name = w.name) \
            THEN 1 ELSE 0 END)::text) \
        FROM wanted w WHERE NOT EXISTS (SELECT FROM secured s WHERE s.number = w.number) LIMIT 1";
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
    let row = pool.row(OBJECT, &[&scope.as_str(), &kind.as_str(), &wanted(name)]).await?;
    row.as_ref().map(object).transpose()
}

/// The objects of these names.
pub(crate) async fn list(
    pool: &Pool,
    scope: &Scope,
    kind: Kind,
    names: &[String],
) -> Result<Vec<Option<Object>>> {
    let asked: Vec<Option<&str>> = names.iter().map(|name| wanted(name)).collect();
    let rows = pool.rows(OBJECTS, &[&scope.as_str(), &kind.as_str(), &asked]).await?;
    let found = rows.iter().map(|row| Ok((row.integer(5)?, object(row)?)));
    let mut found = found.collect::<Result<HashMap<i64, Object>>>()?;
    Ok((1..).zip(names).map(|(number, _)| found.remove(&number)).collect())
}

/// The ids of the objects at these places.
pub(crate) async fn ids(pool: &Pool, places: &[Place]) -> Result<Vec<Option<ObjectId>>> {
    let scopes: Vec<&str> = places.iter().map(|place| place.scope.as_str()).collect();
    let kinds: Vec<&str> = places.iter().map(|place| place.kind.as_str()).collect();
    let names: Vec<Option<&str>> = places.iter().map(|place| wanted(&place.name)).collect();
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

/// A document that is to become an object.
pub(crate) struct Secure<'a> {
    /// Which.
    pub(crate) place: Key<'a>,
    /// What it is known by from now on.
    pub(crate) id: ObjectId,
    /// Who may do what to it.
    pub(crate) acl: &'a Acl,
}

/// Makes documents objects, all of them others.
pub(crate) fn secure<'a>(secures: &[Secure<'a>]) -> Step<'a> {
    let reasons = secures.iter().flat_map(|secure| {
        let (scope, kind, name) = secure.place;
        let text = format!("{kind:?} `{name}` of {scope} has an id already");
        [StoreError::Broken(text), documents::moved(scope, kind, name)]
    });
    let taken = "another object has an id already that one was to have".to_owned();
    Step::new(SECURE)
        .with(secures.iter().map(|one| one.place.0.as_str()).collect::<Vec<_>>())
        .with(secures.iter().map(|one| one.place.1.as_str()).collect::<Vec<_>>())
        .with(secures.iter().map(|one| one.place.2).collect::<Vec<_>>())
        .with(secures.iter().map(|one| one.id.0.to_vec()).collect::<Vec<_>>())
        .with(secures.iter().map(|one| one.acl.to_bytes()).collect::<Vec<_>>())
        .refusing(reasons)
        .taken(StoreError::Broken(taken))
}

/// Replaces an object's access control list.
pub(crate) fn set_acl(id: ObjectId, acl: &Acl) -> Step<'static> {
    let step = Step::new(SET_ACL).with(id.0.to_vec()).with(acl.to_bytes());
    step.refusing([StoreError::NoSuchObject(id)])
}
