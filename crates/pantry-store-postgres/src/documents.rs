//! Documents: stored as sent, returned as stored.

use pantry_store::columns::from_column;
use pantry_store::{ContentHash, Document, Expect, Kind, Scope, StoreError, sql};
use tokio_postgres::Row;

use crate::pipeline::Step;
use crate::pool::Pool;
use crate::row::{Columns, Result, wanted};

sql! {
    ONE = "SELECT d.name, d.body, d.hash FROM scopes s JOIN documents d ON d.scope = s.id \
        WHERE s.name = $1 AND d.kind = $2 AND d.name = $3";
    OF_KIND = "SELECT d.name, d.body, d.hash FROM scopes s JOIN documents d ON d.scope = s.id \
        WHERE s.name = $1 AND d.kind = $2 ORDER BY d.name";
    COUNT = "SELECT count(*) FROM scopes s JOIN documents d ON d.scope = s.id \
        WHERE s.name = $1 AND d.kind = $2";
    NAMES = "SELECT d.name FROM scopes s JOIN documents d ON d.scope = s.id \
        WHERE s.name = $1 AND d.kind = $2 ORDER BY d.name";
    // From the parent's name with a slash to that with what comes after a slash.
    NAMES_UNDER = "SELECT d.name FROM scopes s JOIN documents d ON d.scope = s.id \
        WHERE s.name = $1 AND d.kind = $2 AND d.name > $3 || '/' AND d.name < $3 || '0' \
        ORDER BY d.name";
    UNDER = "SELECT d.name, d.body, d.hash FROM scopes s JOIN documents d ON d.scope = s.id \
        WHERE s.name = $1 AND d.kind = $2 AND d.name > $3 || '/' AND d.name < $3 || '0' \
        ORDER BY d.name";
    // The number of one that is not as it was expected.
    CHECK = "SELECT refuse(e.number::text) FROM unnest($1::text[], $2::text[], $3::text[], \
        $4::bytea[]) WITH ORDINALITY AS e (scope, kind, name, hash, number) \
        WHERE (SELECT d.hash FROM documents d \
            WHERE d.scope = (SELECT s.id FROM scopes s WHERE s.name = e.scope) \
            AND d.kind = e.kind AND d.name = e.name) IS DISTINCT FROM e.hash LIMIT 1";
    REQUIRE = "SELECT refuse(e.number::text) \
        FROM unnest($1::text[], $2::text[], $3::text[]) \
            WITH ORDINALITY AS e (scope, kind, name, number) \
        WHERE NOT EXISTS (SELECT FROM documents d WHERE d.scope = scope_number(e.scope) \
            AND d.kind = e.kind AND d.name = e.name) LIMIT 1";
    // An update keeps the row's id, which a machine's sighting refers to, and what makes the
    // document an object.
    PUT = "INSERT INTO documents (scope, kind, name, hash, body) \
        SELECT scope_number(e.scope), e.kind, e.name, e.hash, e.body \
        FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::bytea[]) \
            AS e (scope, kind, name, hash, body) ON CONFLICT (scope, kind, name) \
        DO UPDATE SET hash = excluded.hash, body = excluded.body";
    RENAME = "WITH renamed AS (UPDATE documents SET name = $4 \
        WHERE scope = scope_number($1) AND kind = $2 AND name = $3 RETURNING id) \
        SELECT refuse('1') WHERE NOT EXISTS (SELECT FROM renamed)";
    DELETE = "DELETE FROM documents WHERE scope = scope_number($1) AND kind = $2 AND name = $3";
    DELETE_UNDER = "DELETE FROM documents WHERE scope = scope_number($1) AND kind = $2 \
        AND name > $3 || '/' AND name < $3 || '0'";
}

/// A document from the first columns of a row: name, body and hash.
pub(crate) fn document(row: &Row) -> Result<Document> {
    let hash: [u8; 32] = row.array(2)?;
    Ok(Document { name: row.text(0)?, body: row.bytes(1)?, hash: ContentHash(hash) })
}

/// One document.
pub(crate) async fn get(
    pool: &Pool,
    scope: &Scope,
    kind: Kind,
    name: &str,
) -> Result<Option<Document>> {
    let row = pool.row(ONE, &[&scope.as_str(), &kind.as_str(), &wanted(name)]).await?;
    row.as_ref().map(document).transpose()
}

/// All of a kind, by name.
pub(crate) async fn list(pool: &Pool, scope: &Scope, kind: Kind) -> Result<Vec<Document>> {
    let rows = pool.rows(OF_KIND, &[&scope.as_str(), &kind.as_str()]).await?;
    rows.iter().map(document).collect()
}

/// The names of all of a kind, in order.
pub(crate) async fn names(pool: &Pool, scope: &Scope, kind: Kind) -> Result<Vec<String>> {
    let rows = pool.rows(NAMES, &[&scope.as_str(), &kind.as_str()]).await?;
    rows.iter().map(|row| row.text(0)).collect()
}

/// The names of those of a kind that are under a parent's, without it, in order.
pub(crate) async fn names_under(
    pool: &Pool,
    scope: &Scope,
    kind: Kind,
    parent: &str,
) -> Result<Vec<String>> {
    let rows = pool.rows(NAMES_UNDER, &[&scope.as_str(), &kind.as_str(), &wanted(parent)]).await?;
    let own = |name: &str| match name.strip_prefix(parent).and_then(|it| it.strip_prefix('/')) {
        Some(own) => own.to_owned(),
        None => name.to_owned(),
    };
    rows.iter().map(|row| Ok(own(row.str(0)?))).collect()
}

/// Those of a kind that are under a parent's name, by name.
pub(crate) async fn under(
    pool: &Pool,
    scope: &Scope,
    kind: Kind,
    parent: &str,
) -> Result<Vec<Document>> {
    let rows = pool.rows(UNDER, &[&scope.as_str(), &kind.as_str(), &wanted(parent)]).await?;
    rows.iter().map(document).collect()
}

/// How many of a kind there are.
pub(crate) async fn count(pool: &Pool, scope: &Scope, kind: Kind) -> Result<u64> {
    let row = pool.row(COUNT, &[&scope.as_str(), &kind.as_str()]).await?;
    row.map_or(Ok(0), |row| from_column(row.integer(0)?))
}

/// Whether what was expected is so; an application that is not there has no documents.
pub(crate) fn check<'a>(expects: &[&'a Expect]) -> Step<'a> {
    let hashes = expects.iter().map(|expect| expect.hash.as_ref().map(|hash| hash.0.as_slice()));
    let reasons = expects.iter().map(|expect| moved(&expect.scope, expect.kind, &expect.name));
    Step::new(CHECK)
        .with(expects.iter().map(|expect| expect.scope.as_str()).collect::<Vec<_>>())
        .with(expects.iter().map(|expect| expect.kind.as_str()).collect::<Vec<_>>())
        .with(expects.iter().map(|expect| expect.name.as_str()).collect::<Vec<_>>())
        .with(hashes.collect::<Vec<Option<&[u8]>>>())
        .refusing(reasons)
}

/// The error that says that this document is not as it was.
pub(crate) fn moved(scope: &Scope, kind: Kind, name: &str) -> StoreError {
    StoreError::Moved { scope: scope.clone(), kind, name: name.to_owned() }
}

/// A document that is to be stored.
pub(crate) struct Put<'a> {
    /// Where.
    pub(crate) place: Key<'a>,
    /// Its content.
    pub(crate) body: &'a [u8],
}

/// What names a document: scope, kind and name.
pub(crate) type Key<'a> = (&'a Scope, Kind, &'a str);

/// Fails if one of them is not there.
pub(crate) fn require<'a>(places: &[Key<'a>]) -> Step<'a> {
    Step::new(REQUIRE)
        .with(places.iter().map(|place| place.0.as_str()).collect::<Vec<_>>())
        .with(places.iter().map(|place| place.1.as_str()).collect::<Vec<_>>())
        .with(places.iter().map(|place| place.2).collect::<Vec<_>>())
        .refusing(places.iter().map(|(scope, kind, name)| moved(scope, *kind, name)))
}

/// Stores documents, all of them others.
pub(crate) fn put<'a>(puts: &[Put<'a>]) -> Step<'a> {
    let hashes = puts.iter().map(|put| ContentHash::of(put.body).0.to_vec());
    Step::new(PUT)
        .with(puts.iter().map(|put| put.place.0.as_str()).collect::<Vec<_>>())
        .with(puts.iter().map(|put| put.place.1.as_str()).collect::<Vec<_>>())
        .with(puts.iter().map(|put| put.place.2).collect::<Vec<_>>())
        .with(hashes.collect::<Vec<_>>())
        .with(puts.iter().map(|put| put.body).collect::<Vec<_>>())
}

/// Gives a document another name.
pub(crate) fn rename<'a>(scope: &'a Scope, kind: Kind, name: &'a str, to: &'a str) -> Step<'a> {
    let step = Step::new(RENAME).with(scope.as_str()).with(kind.as_str()).with(name).with(to);
    step.refusing([moved(scope, kind, name)]).taken(moved(scope, kind, to))
}

/// Deletes a document, if it is there.
pub(crate) fn delete<'a>(scope: &'a Scope, kind: Kind, name: &'a str) -> Step<'a> {
    Step::new(DELETE).with(scope.as_str()).with(kind.as_str()).with(name)
}

/// Deletes all documents under a parent's name.
pub(crate) fn delete_under<'a>(scope: &'a Scope, kind: Kind, parent: &'a str) -> Step<'a> {
    Step::new(DELETE_UNDER).with(scope.as_str()).with(kind.as_str()).with(parent)
}
