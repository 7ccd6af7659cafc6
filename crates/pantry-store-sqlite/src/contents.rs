//! Which document holds which file contents.

use pantry_model::{Content, Md5, Sha256};
use pantry_store::columns::{from_column, to_column};
use pantry_store::{Holder, Kind, Scope, StoreError, sql};
use rusqlite::{CachedStatement, Connection, OptionalExtension, Row};

use crate::documents::{self, moved};
use crate::error::Error;
use crate::scopes;

sql! {
    OF_MD5 = "SELECT h.md5, c.sha256, c.size FROM held h JOIN contents c ON c.id = h.content \
        WHERE h.scope = (SELECT id FROM scopes WHERE name = ?1) AND h.md5 = ?2 LIMIT 1";
    OF_DOCUMENT = "SELECT h.md5, c.sha256, c.size FROM scopes s \
        JOIN documents d ON d.scope = s.id AND d.kind = ?2 AND d.name = ?3 \
        CROSS JOIN held h ON h.document = d.id JOIN contents c ON c.id = h.content \
        WHERE s.name = ?1 ORDER BY h.md5";
    SIZE = "SELECT c.size FROM contents c CROSS JOIN held h ON h.content = c.id \
        AND h.scope = (SELECT id FROM scopes WHERE name = ?1) \
        WHERE c.sha256 = ?2 AND h.kind IN (?3, ?4) LIMIT 1";
    HELD = "SELECT c.sha256, c.size FROM contents c WHERE c.sha256 > ?1 \
        AND EXISTS (SELECT 1 FROM held h WHERE h.content = c.id) ORDER BY c.sha256 LIMIT ?2";
    UNHELD = "SELECT c.sha256 FROM contents c \
        WHERE NOT EXISTS (SELECT 1 FROM held h WHERE h.content = c.id) LIMIT ?1";
    DOCUMENT = "SELECT id FROM documents WHERE scope = ?1 AND kind = ?2 AND name = ?3";
    KNOW = "INSERT INTO contents (sha256, size) VALUES (?1, ?2)";
    KNOWN = "SELECT id, condemned FROM contents WHERE sha256 = ?1";
    // Of a content whose length nobody has said, which is one that was never held.
    CONDEMN = "INSERT INTO contents (sha256, size, condemned) VALUES (?1, 0, 1) \
        ON CONFLICT (sha256) DO UPDATE SET condemned = 1 \
        WHERE NOT EXISTS (SELECT 1 FROM held h WHERE h.content = contents.id)";
    FORGET_CONTENT = "DELETE FROM contents WHERE sha256 = ?1 AND condemned";
    // All that hold one MD5 in a scope hold one content, so that any of them tells which.
    MEANS = "SELECT content FROM held WHERE scope = ?1 AND md5 = ?2 LIMIT 1";
    HOLD = "INSERT INTO held (document, md5, scope, kind, content) VALUES (?1, ?2, ?3, ?4, ?5) \
        ON CONFLICT (document, md5) DO NOTHING";
    TAKE = "DELETE FROM held WHERE scope = ?1 AND md5 = ?2 AND kind = ?3 AND document <> ?4";
    RELEASE = "DELETE FROM held WHERE document = \
        (SELECT id FROM documents WHERE scope = ?1 AND kind = ?2 AND name = ?3)";
}

fn content(row: &Row<'_>) -> Result<Content, Error> {
    let size = from_column(row.get(2)?)?;
    Ok(Content { md5: Md5(row.get(0)?), sha256: Sha256(row.get(1)?), size })
}

/// What something in a scope holds under these MD5s.
pub(crate) fn list(
    connection: &Connection,
    scope: &Scope,
    of: &[Md5],
) -> Result<Vec<Option<Content>>, Error> {
    let mut statement = connection.prepare_cached(OF_MD5)?;
    let mut one = |md5: &Md5| {
        let mut rows = statement.query((scope.as_str(), md5.0))?;
        rows.next()?.map(content).transpose()
    };
    of.iter().map(&mut one).collect()
}

/// What a document holds.
pub(crate) fn of(
    connection: &Connection,
    scope: &Scope,
    kind: Kind,
    name: &str,
) -> Result<Vec<Content>, Error> {
    let mut statement = connection.prepare_cached(OF_DOCUMENT)?;
    statement.query_and_then((scope.as_str(), kind.as_str(), name), content)?.collect()
}

/// The documents of these names, each with what it holds.
pub(crate) fn with_documents(
    connection: &Connection,
    scope: &Scope,
    kind: Kind,
    names: &[String],
) -> Result<Vec<Option<Holder>>, Error> {
    let one = |name: &String| {
        let document = documents::get(connection, scope, kind, name)?;
        let held = |document| Ok((document, of(connection, scope, kind, name)?));
        document.map(held).transpose()
    };
    names.iter().map(one).collect()
}

/// The length of a content that something of one of these kinds holds.
pub(crate) fn size(
    connection: &Connection,
    scope: &Scope,
    content: &Sha256,
    [one, other]: [Kind; 2],
) -> Result<Option<u64>, Error> {
    let mut statement = connection.prepare_cached(SIZE)?;
    let parameters = (scope.as_str(), content.0, one.as_str(), other.as_str());
    let size = statement.query_row(parameters, |row| row.get(0)).optional()?;
    Ok(size.map(from_column).transpose()?)
}

/// Contents that are held, after this one.
pub(crate) fn held(
    connection: &Connection,
    after: Option<Sha256>,
    limit: u32,
) -> Result<Vec<(Sha256, u64)>, Error> {
    let mut statement = connection.prepare_cached(HELD)?;
    // An empty text of bytes comes before all others.
    let after = after.as_ref().map_or(&[][..], |sha256| &sha256.0);
    let one = |row: &Row<'_>| Ok((Sha256(row.get(0)?), from_column(row.get(1)?)?));
    statement.query_and_then((after, limit), one)?.collect()
}

/// Contents that nothing holds.
pub(crate) fn unheld(connection: &Connection, limit: u32) -> Result<Vec<Sha256>, Error> {
    let mut statement = connection.prepare_cached(UNHELD)?;
    let rows = statement.query_map([limit], |row| Ok(Sha256(row.get(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Condemns those of these contents that nothing holds.
pub(crate) fn condemn(connection: &Connection, of: &[Sha256]) -> Result<Vec<Sha256>, Error> {
    let mut statement = connection.prepare_cached(CONDEMN)?;
    let (mut of, mut condemned) = (of.to_vec(), Vec::new());
    of.sort_unstable();
    of.dedup();
    for sha256 in of {
        if statement.execute([sha256.0])? > 0 {
            condemned.push(sha256);
        }
    }
    Ok(condemned)
}

/// Forgets those of these contents that were condemned.
pub(crate) fn forget(connection: &Connection, of: &[Sha256]) -> Result<(), Error> {
    let mut statement = connection.prepare_cached(FORGET_CONTENT)?;
    of.iter().try_for_each(|sha256| Ok(statement.execute([sha256.0]).map(drop)?))
}

/// Whether something in a scope holds these contents.
pub(crate) fn check(
    connection: &Connection,
    scope: &Scope,
    contents: &[Content],
) -> Result<(), Error> {
    let md5s: Vec<Md5> = contents.iter().map(|content| content.md5).collect();
    let held = list(connection, scope, &md5s)?.into_iter().map(|it| it.map(|held| held.sha256));
    if held.eq(contents.iter().map(|content| Some(content.sha256))) {
        return Ok(());
    }
    Err(StoreError::ContentGone(scope.clone()).into())
}

/// Makes a document hold contents.
pub(crate) fn hold(
    connection: &Connection,
    (scope, kind, name): (&Scope, Kind, &str),
    contents: &[Content],
    taken_from: Option<Kind>,
) -> Result<(), Error> {
    let number = scopes::require(connection, scope)?;
    let document: i64 = connection
        .prepare_cached(DOCUMENT)?
        .query_row((number, kind.as_str(), name), |row| row.get(0))
        .optional()?
        .ok_or_else(|| moved(scope, kind, name))?;
    let mut known = Known::new(connection)?;
    let mut means = connection.prepare_cached(MEANS)?;
    let mut hold = connection.prepare_cached(HOLD)?;
    let mut take = connection.prepare_cached(TAKE)?;
    // In the order of the index that they go into.
    let mut contents: Vec<&Content> = contents.iter().collect();
    contents.sort_unstable_by_key(|content| content.sha256);
    for content in contents {
        let (id, md5) = (known.number(content)?, content.md5.0);
        let meant = means.query_row((number, md5), |row| row.get::<_, i64>(0)).optional()?;
        if meant.is_some_and(|meant| meant != id) {
            return Err(moved(scope, kind, name));
        }
        hold.execute((document, md5, number, kind.as_str(), id))?;
        if let Some(from) = taken_from {
            take.execute((number, md5, from.as_str(), document))?;
        }
    }
    Ok(())
}

/// The statements that make a content known.
struct Known<'a> {
    know: CachedStatement<'a>,
    known: CachedStatement<'a>,
}

impl<'a> Known<'a> {
    fn new(connection: &'a Connection) -> Result<Self, Error> {
        let know = connection.prepare_cached(KNOW)?;
        Ok(Self { know, known: connection.prepare_cached(KNOWN)? })
    }

    /// The number of a content, which is one that is not being deleted.
    fn number(&mut self, content: &Content) -> Result<i64, Error> {
        let sha256 = content.sha256.0;
        let found = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let found: Option<(i64, bool)> = self.known.query_row([sha256], found).optional()?;
        match found {
            Some((number, false)) => Ok(number),
            Some((_, true)) => Err(StoreError::being_deleted().into()),
            None => Ok(self.know.insert((sha256, to_column(content.size)?))?),
        }
    }
}

/// Makes a document hold nothing.
pub(crate) fn release(
    connection: &Connection,
    scope: &Scope,
    kind: Kind,
    name: &str,
) -> Result<(), Error> {
    let scope = scopes::require(connection, scope)?;
    connection.prepare_cached(RELEASE)?.execute((scope, kind.as_str(), name))?;
    Ok(())
}
