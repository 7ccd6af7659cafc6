//! Who is a member of what, by ids.

use std::collections::BTreeMap;

use pantry_model::ObjectId;
use pantry_store::Place;
use rusqlite::Connection;

use crate::error::Error;
use crate::objects::{self, missing, place};
use pantry_store::sql;

sql! {
    MEMBERS = "SELECT m.member, s.name, d.kind, d.name FROM members m \
        JOIN documents d ON d.object_id = m.member JOIN scopes s ON s.id = d.scope \
        WHERE m.of = ?1";
    MEMBER_OF = "SELECT m.of, s.name, d.kind, d.name FROM members m \
        JOIN documents d ON d.object_id = m.of JOIN scopes s ON s.id = d.scope \
        WHERE m.member = ?1";
    // UNION and not UNION ALL: what was found before leads no further, so that circles end.
    ALL_ABOVE = "WITH RECURSIVE above (id) AS (SELECT of FROM members WHERE member = ?1 \
        UNION SELECT m.of FROM above JOIN members m ON m.member = above.id) \
        SELECT above.id, d.scope FROM above CROSS JOIN documents d ON d.object_id = above.id";
    ADD = "INSERT INTO members (of, member) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
    REMOVE = "DELETE FROM members WHERE of = ?1 AND member = ?2";
}

/// What an object has as direct members.
pub(crate) fn list(connection: &Connection, of: ObjectId) -> Result<Vec<(ObjectId, Place)>, Error> {
    neighbours(connection, MEMBERS, of)
}

/// What an object is a direct member of.
pub(crate) fn of(
    connection: &Connection,
    member: ObjectId,
) -> Result<Vec<(ObjectId, Place)>, Error> {
    neighbours(connection, MEMBER_OF, member)
}

fn neighbours(
    connection: &Connection,
    statement: &str,
    id: ObjectId,
) -> Result<Vec<(ObjectId, Place)>, Error> {
    let mut statement = connection.prepare_cached(statement)?;
    let rows =
        statement.query_and_then([id.0], |row| Ok((ObjectId(row.get(0)?), place(row, 1)?)))?;
    let mut found = rows.collect::<Result<Vec<_>, Error>>()?;
    // Here and not in SQL, which knows nothing of the order of kinds and would have `_global` come
    // after an application `9lives`.
    found.sort_unstable_by(|(_, one), (_, other)| one.cmp(other));
    Ok(found)
}

/// Everything that an object is a member of, directly or through others, with its scope's number.
pub(crate) fn above(
    connection: &Connection,
    member: ObjectId,
) -> Result<BTreeMap<ObjectId, i64>, Error> {
    let mut statement = connection.prepare_cached(ALL_ABOVE)?;
    let rows = statement.query_map([member.0], |row| Ok((ObjectId(row.get(0)?), row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Makes one object a member of another, if it is not yet.
pub(crate) fn add(connection: &Connection, of: ObjectId, member: ObjectId) -> Result<(), Error> {
    let added = connection.prepare_cached(ADD)?.execute((of.0, member.0));
    added.map(drop).map_err(|error| missing(connection, error, &[of, member]))
}

/// Ends a membership, if there is one.
pub(crate) fn remove(connection: &Connection, of: ObjectId, member: ObjectId) -> Result<(), Error> {
    if connection.prepare_cached(REMOVE)?.execute((of.0, member.0))? == 0 {
        objects::require(connection, of)?;
        objects::require(connection, member)?;
    }
    Ok(())
}
