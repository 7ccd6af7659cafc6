//! What is asked about contents of files, and how those that nothing holds are deleted.

use std::collections::HashMap;

use pantry_model::{Content, Md5, Sha256};
use pantry_store::columns::{broken, from_column};
use pantry_store::{Holder, Kind, Scope, sql};
use tokio_postgres::Row;

use crate::documents::document;
use crate::pipeline::Step;
use crate::pool::Pool;
use crate::row::{Columns, Result, wanted};

sql! {
    // All that hold one MD5 in a scope hold one content, so that any of them tells which.
    OF_MD5 = "SELECT e.number, e.md5, c.sha256, c.size \
        FROM unnest($2::bytea[]) WITH ORDINALITY AS e (md5, number) \
        CROSS JOIN LATERAL (SELECT h.content FROM held h \
            WHERE h.scope = (SELECT id FROM scopes WHERE name = $1) AND h.md5 = e.md5 LIMIT 1) h \
        CROSS JOIN LATERAL (SELECT c.sha256, c.size FROM contents c WHERE c.id = h.content \
            OFFSET 0) c";
    OF_DOCUMENT = "SELECT h.md5, c.sha256, c.size FROM scopes s \
        JOIN documents d ON d.scope = s.id AND d.kind = $2 AND d.name = $3 \
        JOIN held h ON h.document = d.id JOIN contents c ON c.id = h.content \
        WHERE s.name = $1 ORDER BY h.md5";
    WITH_DOCUMENTS = "SELECT d.name, d.body, d.hash, e.number, h.md5, h.sha256, h.size \
        FROM unnest($3::text[]) WITH ORDINALITY AS e (name, number) \
        JOIN scopes s ON s.name = $1 \
        JOIN documents d ON d.scope = s.id AND d.kind = $2 AND d.name = e.name \
        CROSS JOIN LATERAL (SELECT array_agg(h.md5 ORDER BY h.md5) AS md5, \
                array_agg(c.sha256 ORDER BY h.md5) AS sha256, array_agg(c.size ORDER BY h.md5) AS size \
            FROM held h JOIN contents c ON c.id = h.content WHERE h.document = d.id) h";
    SIZE = "SELECT c.size FROM contents c WHERE c.sha256 = $2 AND EXISTS (SELECT FROM held h \
        WHERE h.content = c.id AND h.scope = (SELECT id FROM scopes WHERE name = $1) \
        AND h.kind IN ($3, $4))";
    HELD = "SELECT c.sha256, c.size FROM contents c WHERE c.sha256 > $1 \
        AND EXISTS (SELECT FROM held h WHERE h.content = c.id) ORDER BY c.sha256 LIMIT $2";
    UNHELD = "SELECT c.sha256 FROM contents c \
        WHERE NOT EXISTS (SELECT FROM held h WHERE h.content = c.id) ORDER BY c.sha256 LIMIT $1";
    COLLECTOR = "SELECT nextval('collectors')";
    // These four in order: who begins to hold contents makes them known before locking them as well,
    // so that nobody waits for somebody who waits for him. What is held is asked in a statement of
    // its own, which sees what was committed while the one before waited for its locks. Of those
    // that nobody knew the length is not known either, and never told.
    KNOW_CONDEMNED = "INSERT INTO contents (sha256, size, condemned, condemned_by, condemned_at) \
        SELECT sha256, 0, true, $2::bigint, now() FROM unnest($1::bytea[]) AS e (sha256) \
        ON CONFLICT (sha256) DO NOTHING";
    LOCK_ALONE = "WITH locked AS MATERIALIZED (SELECT id FROM contents \
        WHERE sha256 = ANY($1::bytea[]) ORDER BY sha256 FOR UPDATE) SELECT count(*) FROM locked";
    // What another server has condemned is its own, unless it has not come to an end: it has died.
    CONDEMN = "UPDATE contents c SET condemned = true, condemned_by = $2::bigint, \
            condemned_at = now() WHERE c.sha256 = ANY($1::bytea[]) \
        AND (NOT c.condemned OR c.condemned_at < now() - interval '10 minutes') \
        AND NOT EXISTS (SELECT FROM held h WHERE h.content = c.id)";
    CONDEMNED = "SELECT sha256 FROM contents \
        WHERE sha256 = ANY($1::bytea[]) AND condemned AND condemned_by = $2::bigint";
    FORGET = "DELETE FROM contents \
        WHERE sha256 = ANY($1::bytea[]) AND condemned AND condemned_by = $2::bigint";
}

fn sha256(row: &Row, column: usize) -> Result<Sha256> {
    row.array(column).map(Sha256)
}

/// A content from the columns from `first` on: MD5, SHA-256 and size.
fn content(row: &Row, first: usize) -> Result<Content> {
    let size = from_column(row.integer(first + 2)?)?;
    Ok(Content { md5: Md5(row.array(first)?), sha256: sha256(row, first + 1)?, size })
}

/// What something in a scope holds under these MD5s.
pub(crate) async fn list(pool: &Pool, scope: &Scope, of: &[Md5]) -> Result<Vec<Option<Content>>> {
    let columns: Vec<&[u8]> = of.iter().map(|md5| md5.0.as_slice()).collect();
    let rows = pool.rows(OF_MD5, &[&scope.as_str(), &columns]).await?;
    let found = rows.iter().map(|row| Ok((row.integer(0)?, content(row, 1)?)));
    let found = found.collect::<Result<HashMap<i64, Content>>>()?;
    Ok((1..).zip(of).map(|(number, _)| found.get(&number).copied()).collect())
}

/// What a document holds.
pub(crate) async fn of(pool: &Pool, scope: &Scope, kind: Kind, name: &str) -> Result<Vec<Content>> {
    let rows = pool.rows(OF_DOCUMENT, &[&scope.as_str(), &kind.as_str(), &wanted(name)]).await?;
    rows.iter().map(|row| content(row, 0)).collect()
}

/// The documents of these names, each with what it holds.
pub(crate) async fn with_documents(
    pool: &Pool,
    scope: &Scope,
    kind: Kind,
    names: &[String],
) -> Result<Vec<Option<Holder>>> {
    let asked: Vec<Option<&str>> = names.iter().map(|name| wanted(name)).collect();
    let rows = pool.rows(WITH_DOCUMENTS, &[&scope.as_str(), &kind.as_str(), &asked]).await?;
    let found = rows.iter().map(|row| Ok((row.integer(3)?, (document(row)?, held_by(row)?))));
    let mut found = found.collect::<Result<HashMap<i64, _>>>()?;
    Ok((1..).zip(names).map(|(number, _)| found.remove(&number)).collect())
}

/// What the document of a row holds, in three columns of as many parts; of one that holds nothing they
/// are null.
fn held_by(row: &Row) -> Result<Vec<Content>> {
    let md5s: Option<Vec<&[u8]>> = row.get_column(4)?;
    let sha256s: Option<Vec<&[u8]>> = row.get_column(5)?;
    let sizes: Option<Vec<i64>> = row.get_column(6)?;
    let hashes = md5s.unwrap_or_default().into_iter().zip(sha256s.unwrap_or_default());
    let parts = hashes.zip(sizes.unwrap_or_default());
    let content = |((md5, sha256), size): ((&[u8], &[u8]), i64)| {
        let size = from_column(size)?;
        let (md5, sha256) = (md5.try_into().map_err(broken)?, sha256.try_into().map_err(broken)?);
        Ok(Content { md5: Md5(md5), sha256: Sha256(sha256), size })
    };
    parts.map(content).collect()
}

/// The length of a content that something of one of these kinds holds.
pub(crate) async fn size(
    pool: &Pool,
    scope: &Scope,
    content: &Sha256,
    [one, other]: [Kind; 2],
) -> Result<Option<u64>> {
    let sha256 = content.0.as_slice();
    let row = pool.row(SIZE, &[&scope.as_str(), &sha256, &one.as_str(), &other.as_str()]).await?;
    row.map(|row| from_column(row.integer(0)?)).transpose()
}

/// Contents that are held, after this one.
pub(crate) async fn held(
    pool: &Pool,
    after: Option<Sha256>,
    limit: u32,
) -> Result<Vec<(Sha256, u64)>> {
    // An empty text of bytes comes before all others.
    let after = after.as_ref().map_or(&[][..], |sha256| &sha256.0);
    let rows = pool.rows(HELD, &[&after, &i64::from(limit)]).await?;
    rows.iter().map(|row| Ok((sha256(row, 0)?, from_column(row.integer(1)?)?))).collect()
}

/// Contents that nothing holds.
pub(crate) async fn unheld(pool: &Pool, limit: u32) -> Result<Vec<Sha256>> {
    let rows = pool.rows(UNHELD, &[&i64::from(limit)]).await?;
    rows.iter().map(|row| sha256(row, 0)).collect()
}

/// A number for a server that deletes contents.
pub(crate) async fn collector(pool: &Pool) -> Result<i64> {
    let row = pool.row(COLLECTOR, &[]).await?;
    row.ok_or_else(|| broken("a sequence has no next value"))?.integer(0)
}

/// Condemns those of these contents that nothing holds, for the server of this number.
pub(crate) async fn condemn(pool: &Pool, of: &[Sha256], by: i64) -> Result<Vec<Sha256>> {
    let of = column(of);
    let step = |statement| Step::new(statement).with(of.clone());
    let steps = [
        step(KNOW_CONDEMNED).with(by),
        step(LOCK_ALONE),
        step(CONDEMN).with(by),
        step(CONDEMNED).with(by),
    ];
    let rows = pool.write(&steps).await?;
    rows.last().into_iter().flatten().map(|row| sha256(row, 0)).collect()
}

/// Forgets those of these contents that the server of this number has condemned.
pub(crate) async fn forget(pool: &Pool, of: &[Sha256], by: i64) -> Result<()> {
    pool.write(&[Step::new(FORGET).with(column(of)).with(by)]).await.map(drop)
}

/// Contents as a parameter, each once and in the order in which they are locked.
fn column(of: &[Sha256]) -> Vec<&[u8]> {
    let mut column: Vec<&[u8]> = of.iter().map(|sha256| sha256.0.as_slice()).collect();
    column.sort_unstable();
    column.dedup();
    column
}
