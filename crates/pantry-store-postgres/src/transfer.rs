//! Everything as the rows of the seam's tables, for moving to another store or from one.
//!
//! A page begins where the last one ended: of each parent (a scope, a job, a delivery) all rows
//! after a least key, and of the one that the last page ended in those after its end. PostgreSQL
//! does not know that a nested loop over two indexes is in the order of both, and would sort a whole
//! parent for each page. So the rows of each parent are limited to a page where they are found.
//!
//! A page is bounded in bytes by asking first how large its rows are, since what was asked for
//! arrives as a whole.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use bytes::BytesMut;
use pantry_store::columns::from_column;
use pantry_store::transfer::{Bounds, Cell, Key, Mark, Row, Table, Type};
use pantry_store::{StoreError, sql};
use tokio::time::{Instant, sleep};
use tokio_postgres::types::{IsNull, ToSql, to_sql_checked};

use crate::pipeline::Step;
use crate::pool::{Parameter, Pool};
use crate::row::{Columns, Result};

/// How often a write is tried of which nobody knows whether it was done: it may be done twice.
const TRIES: usize = 5;

/// For how long a server that has ended may be seen, and how often is looked.
const LINGERING: Duration = Duration::from_secs(1);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

macro_rules! documents {
    () => {
        "SELECT s.name, d.kind, d.name, d.hash, d.body, d.object_id, d.acl \
            FROM scopes s CROSS JOIN LATERAL (SELECT * FROM documents WHERE scope = s.id \
            AND (kind, name) > (CASE WHEN s.name = $1 THEN $2 ELSE '' END, \
                CASE WHEN s.name = $1 THEN $3 ELSE '' END) \
            ORDER BY kind, name LIMIT $4) d WHERE s.name >= $1 \
            ORDER BY s.name, d.kind, d.name LIMIT $4"
    };
}

macro_rules! jobs {
    () => {
        "SELECT j.name, s.name, j.actor, j.target, j.instruction, j.created_at, j.expires_at, \
            j.lost_at, j.payload FROM jobs j JOIN scopes s ON s.id = j.scope \
            WHERE j.name > $1 ORDER BY j.name LIMIT $2"
    };
}

macro_rules! output {
    () => {
        "SELECT j.name, o.identity, o.sequence, o.stream, o.bytes \
            FROM jobs j CROSS JOIN LATERAL (SELECT d.identity, c.* FROM deliveries d \
                CROSS JOIN LATERAL (SELECT * FROM output WHERE delivery = d.id AND sequence > \
                    CASE WHEN j.name = $1 AND d.identity = $2 THEN $3::bigint ELSE -1 END \
                    ORDER BY sequence LIMIT $4) c \
                WHERE d.job = j.id AND d.identity >= CASE WHEN j.name = $1 THEN $2 ELSE '' END \
                ORDER BY d.identity, c.sequence LIMIT $4) o \
            WHERE j.name >= $1 ORDER BY j.name, o.identity, o.sequence LIMIT $4"
    };
}

sql! {
    SCOPES = "SELECT name, position, security, environments FROM scopes WHERE name > $1 \
        ORDER BY name LIMIT $2";
    COUNT_SCOPES = "SELECT COUNT(*) FROM scopes";
    DELETE_SCOPE = "DELETE FROM scopes WHERE name = $1";
    // Never deleted to be put: that would take all it has, and `_global` is not to lose its number.
    PUT_SCOPE = "INSERT INTO scopes (name, position, security, environments) \
        VALUES ($1, $2, $3, $4) ON CONFLICT (name) DO UPDATE SET position = excluded.position, \
        security = excluded.security, environments = excluded.environments";

    DOCUMENTS = documents!();
    DOCUMENT_SIZES = concat!("SELECT octet_length(body) + 0::bigint FROM (", documents!(), ") \
        AS page (scope, kind, name, hash, body, object_id, acl)");
    COUNT_DOCUMENTS = "SELECT COUNT(*) FROM documents";
    DELETE_DOCUMENT = "DELETE FROM documents WHERE kind = $2 AND name = $3 \
        AND scope = (SELECT id FROM scopes WHERE name = $1)";
    // Renamed since, so that another document has the id yet.
    DELETE_OBJECT = "DELETE FROM documents WHERE object_id = $1";
    PUT_DOCUMENT = "INSERT INTO documents (scope, kind, name, hash, body, object_id, acl) \
        VALUES ((SELECT id FROM scopes WHERE name = $1), $2, $3, $4, $5, $6, $7)";

    MEMBERS = "SELECT of, member FROM members WHERE (of, member) > ($1, $2) \
        ORDER BY of, member LIMIT $3";
    COUNT_MEMBERS = "SELECT COUNT(*) FROM members";
    DELETE_MEMBER = "DELETE FROM members WHERE of = $1 AND member = $2";
    PUT_MEMBER = "INSERT INTO members (of, member) VALUES ($1, $2)";

    ACTOR_KEYS = "SELECT owner, name, public_key, expires_at FROM actor_keys \
        WHERE (owner, name) > ($1, $2) ORDER BY owner, name LIMIT $3";
    COUNT_ACTOR_KEYS = "SELECT COUNT(*) FROM actor_keys";
    DELETE_ACTOR_KEY = "DELETE FROM actor_keys WHERE owner = $1 AND name = $2";
    PUT_ACTOR_KEY = "INSERT INTO actor_keys (owner, name, public_key, expires_at) \
        VALUES ($1, $2, $3, $4)";

    CURVE_KEYS = "SELECT k.key, s.name, k.owner FROM curve_keys k \
        JOIN scopes s ON s.id = k.scope WHERE k.key > $1 ORDER BY k.key LIMIT $2";
    COUNT_CURVE_KEYS = "SELECT COUNT(*) FROM curve_keys";
    DELETE_CURVE_KEY = "DELETE FROM curve_keys WHERE key = $1";
    PUT_CURVE_KEY = "INSERT INTO curve_keys (key, scope, owner) \
        VALUES ($1, (SELECT id FROM scopes WHERE name = $2), $3)";

    LEDGER = "SELECT s.name, l.position, l.at, l.actor, l.verb, l.kind, l.name, l.hash, \
        l.closed_position, l.closed_hash FROM scopes s \
        CROSS JOIN LATERAL (SELECT * FROM ledger WHERE scope = s.id \
        AND position > CASE WHEN s.name = $1 THEN $2::bigint ELSE -1 END \
        ORDER BY position LIMIT $3) l WHERE s.name >= $1 ORDER BY s.name, l.position LIMIT $3";
    COUNT_LEDGER = "SELECT COUNT(*) FROM ledger";
    DELETE_ENTRY = "DELETE FROM ledger WHERE position = $2 \
        AND scope = (SELECT id FROM scopes WHERE name = $1)";
    PUT_ENTRY = "INSERT INTO ledger (scope, position, at, actor, verb, kind, name, hash, \
        closed_position, closed_hash) VALUES ((SELECT id FROM scopes WHERE name = $1), \
        $2, $3, $4, $5, $6, $7, $8, $9, $10)";

    JOBS = jobs!();
    JOB_SIZES = concat!("SELECT octet_length(payload) + 0::bigint FROM (", jobs!(), ") \
        AS page (name, scope, actor, target, instruction, created_at, expires_at, lost_at, payload)");
    COUNT_JOBS = "SELECT COUNT(*) FROM jobs";
    DELETE_JOB = "DELETE FROM jobs WHERE name = $1";
    PUT_JOB = "INSERT INTO jobs (name, scope, actor, target, instruction, created_at, expires_at, \
        lost_at, payload) VALUES ($1, (SELECT id FROM scopes WHERE name = $2), \
        $3, $4, $5, $6, $7, $8, $9)";

    DELIVERIES = "SELECT j.name, d.identity, d.state, d.incarnation, d.changed_at, d.started_at, \
        d.ending, d.due_at FROM jobs j CROSS JOIN LATERAL (SELECT * FROM deliveries \
        WHERE job = j.id AND identity > CASE WHEN j.name = $1 THEN $2 ELSE '' END \
        ORDER BY identity LIMIT $3) d WHERE j.name >= $1 ORDER BY j.name, d.identity LIMIT $3";
    COUNT_DELIVERIES = "SELECT COUNT(*) FROM deliveries";
    DELETE_DELIVERY = "DELETE FROM deliveries WHERE identity = $2 \
        AND job = (SELECT id FROM jobs WHERE name = $1)";
    PUT_DELIVERY = "INSERT INTO deliveries (job, identity, scope, state, incarnation, changed_at, \
        started_at, ending, due_at) VALUES ((SELECT id FROM jobs WHERE name = $1), $2, \
        (SELECT scope FROM jobs WHERE name = $1), $3, $4, $5, $6, $7, $8)";

    OUTPUT = output!();
    OUTPUT_SIZES = concat!("SELECT octet_length(bytes) + 0::bigint FROM (", output!(), ") \
        AS page (job, identity, sequence, stream, bytes)");
    COUNT_OUTPUT = "SELECT COUNT(*) FROM output";
    DELETE_CHUNK = "DELETE FROM output WHERE sequence = $3 AND delivery = (SELECT d.id \
        FROM jobs j JOIN deliveries d ON d.job = j.id WHERE j.name = $1 AND d.identity = $2)";
    PUT_CHUNK = "INSERT INTO output (delivery, sequence, stream, bytes) VALUES ((SELECT d.id \
        FROM jobs j JOIN deliveries d ON d.job = j.id WHERE j.name = $1 AND d.identity = $2), \
        $3, $4, $5)";

    SIGHTINGS = "SELECT s.name, g.name, g.at, g.address, g.version, g.incarnation \
        FROM scopes s CROSS JOIN LATERAL (SELECT d.name, g.* FROM documents d \
        JOIN sightings g ON g.machine = d.id WHERE d.scope = s.id AND d.kind = 'machine' \
        AND d.name > CASE WHEN s.name = $1 THEN $2 ELSE '' END ORDER BY d.name LIMIT $3) g \
        WHERE s.name >= $1 ORDER BY s.name, g.name LIMIT $3";
    COUNT_SIGHTINGS = "SELECT COUNT(*) FROM sightings";
    DELETE_SIGHTING = "DELETE FROM sightings WHERE machine = (SELECT d.id FROM scopes s \
        JOIN documents d ON d.scope = s.id WHERE s.name = $1 AND d.kind = 'machine' \
        AND d.name = $2)";
    PUT_SIGHTING = "INSERT INTO sightings (machine, at, address, version, incarnation) \
        VALUES ((SELECT d.id FROM scopes s JOIN documents d ON d.scope = s.id \
        WHERE s.name = $1 AND d.kind = 'machine' AND d.name = $2), $3, $4, $5, $6)";

    REFUSALS = "SELECT id, at, who, address, what, count FROM refusals WHERE id > $1 \
        ORDER BY id LIMIT $2";
    COUNT_REFUSALS = "SELECT COUNT(*) FROM refusals";
    DELETE_REFUSAL = "DELETE FROM refusals WHERE id = $1";
    PUT_REFUSAL = "INSERT INTO refusals (id, at, who, address, what, count) \
        OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6)";
    // The next line comes after those that were put.
    COUNT_ON_REFUSALS = "SELECT setval(pg_get_serial_sequence('refusals', 'id'), \
        (SELECT MAX(id) FROM refusals)) WHERE EXISTS (SELECT 1 FROM refusals)";

    MARK = "SELECT text FROM marks WHERE name = $1";
    SET_MARK = "INSERT INTO marks (name, text) VALUES ($1, $2) \
        ON CONFLICT (name) DO UPDATE SET text = excluded.text";
    // Who holds the lock of `notice.rs`.
    OTHERS = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = 0 \
        AND objid = 7266 AND objsubid = 1 AND granted \
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    REMOVE_MARK = "DELETE FROM marks WHERE name = $1";
}

/// A table's statements. All take the cells of a row or of its key, and `page` then a limit.
struct Statements {
    page: &'static str,
    /// How many bytes the rows of a page have, for tables whose rows may be large.
    sizes: Option<&'static str>,
    count: &'static str,
    delete: &'static str,
    put: &'static str,
}

fn statements(table: Table) -> Statements {
    let (page, count, delete, put) = match table {
        Table::Scopes => (SCOPES, COUNT_SCOPES, DELETE_SCOPE, PUT_SCOPE),
        Table::Documents => (DOCUMENTS, COUNT_DOCUMENTS, DELETE_DOCUMENT, PUT_DOCUMENT),
        Table::Members => (MEMBERS, COUNT_MEMBERS, DELETE_MEMBER, PUT_MEMBER),
        Table::ActorKeys => (ACTOR_KEYS, COUNT_ACTOR_KEYS, DELETE_ACTOR_KEY, PUT_ACTOR_KEY),
        Table::CurveKeys => (CURVE_KEYS, COUNT_CURVE_KEYS, DELETE_CURVE_KEY, PUT_CURVE_KEY),
        Table::Ledger => (LEDGER, COUNT_LEDGER, DELETE_ENTRY, PUT_ENTRY),
        Table::Jobs => (JOBS, COUNT_JOBS, DELETE_JOB, PUT_JOB),
        Table::Deliveries => (DELIVERIES, COUNT_DELIVERIES, DELETE_DELIVERY, PUT_DELIVERY),
        Table::Output => (OUTPUT, COUNT_OUTPUT, DELETE_CHUNK, PUT_CHUNK),
        Table::Sightings => (SIGHTINGS, COUNT_SIGHTINGS, DELETE_SIGHTING, PUT_SIGHTING),
        Table::Refusals => (REFUSALS, COUNT_REFUSALS, DELETE_REFUSAL, PUT_REFUSAL),
    };
    let sizes = match table {
        Table::Documents => Some(DOCUMENT_SIZES),
        Table::Jobs => Some(JOB_SIZES),
        Table::Output => Some(OUTPUT_SIZES),
        _ => None,
    };
    Statements { page, sizes, count, delete, put }
}

/// A cell as a parameter.
struct Bound<'a>(&'a Cell);

impl fmt::Debug for Bound<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // It may be secret.
        f.write_str("a cell")
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(
        &self,
        of: &tokio_postgres::types::Type,
        out: &mut BytesMut,
    ) -> std::result::Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self.0 {
            Cell::Null => Ok(IsNull::Yes),
            Cell::Integer(number) if *of == tokio_postgres::types::Type::INT2 => {
                i16::try_from(*number)?.to_sql(of, out)
            }
            Cell::Integer(number) => number.to_sql(of, out),
            Cell::Text(text) => text.to_sql(of, out),
            Cell::Bytes(bytes) => bytes.to_sql(of, out),
        }
    }

    fn accepts(_: &tokio_postgres::types::Type) -> bool {
        // Each statement says which columns its parameters are for, and a row has their types.
        true
    }

    to_sql_checked!();
}

/// Rows after a key, as far as the bounds go.
pub(crate) async fn rows(
    pool: &Pool,
    table: Table,
    after: &Key,
    bounds: Bounds,
) -> Result<Vec<Row>> {
    let Statements { page, sizes, .. } = statements(table);
    let mut limit = i64::from(bounds.rows);
    if let Some(sizes) = sizes {
        let sizes = ask(pool, sizes, after, limit).await?;
        let sizes = sizes.iter().map(|row| row.integer(0)).collect::<Result<Vec<_>>>()?;
        limit = fitting(&sizes, bounds.bytes);
    }
    let found = ask(pool, page, after, limit).await?;
    found.iter().map(|row| read(table, row)).collect()
}

async fn ask(
    pool: &Pool,
    statement: &'static str,
    after: &Key,
    limit: i64,
) -> Result<Vec<tokio_postgres::Row>> {
    let cells: Vec<Bound<'_>> = after.cells().iter().map(Bound).collect();
    let mut parameters: Vec<Parameter<'_>> = cells.iter().map(|cell| cell as _).collect();
    parameters.push(&limit);
    pool.rows(statement, &parameters).await
}

/// How many rows of these sizes fit: at least one, and none after they have so many bytes.
fn fitting(sizes: &[i64], bytes: usize) -> i64 {
    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
    let (mut rows, mut sum) = (0, 0i64);
    for size in sizes {
        if sum >= bytes {
            break;
        }
        rows += 1;
        sum = sum.saturating_add(*size);
    }
    rows.max(1)
}

fn read(table: Table, row: &tokio_postgres::Row) -> Result<Row> {
    let cells = table.columns().iter().enumerate().map(|(at, column)| {
        let is_small = || {
            row.columns().get(at).map(tokio_postgres::Column::type_)
                == Some(&tokio_postgres::types::Type::INT2)
        };
        let cell = match column.kind {
            Type::Integer if is_small() => {
                row.get_column::<Option<i16>>(at)?.map(i64::from).map(Cell::Integer)
            }
            Type::Integer => row.get_column::<Option<i64>>(at)?.map(Cell::Integer),
            Type::Text => row.get_column::<Option<String>>(at)?.map(Cell::Text),
            Type::Bytes => row.get_column::<Option<Vec<u8>>>(at)?.map(Cell::Bytes),
        };
        Ok(cell.unwrap_or(Cell::Null))
    });
    Row::new(table, cells.collect::<Result<_>>()?)
}

/// How many rows a table has.
pub(crate) async fn count(pool: &Pool, table: Table) -> Result<u64> {
    let row = pool.row(statements(table).count, &[]).await?;
    row.map_or(Ok(0), |row| from_column(row.integer(0)?))
}

/// Deletes rows, and puts rows in the place of others. May be done twice.
pub(crate) async fn patch(pool: &Pool, table: Table, gone: &[Key], put: &[Row]) -> Result<()> {
    let Statements { delete, put: insert, .. } = statements(table);
    let replaced: Vec<Key> = put.iter().filter(|_| table != Table::Scopes).map(Row::key).collect();
    let mut tries = 1;
    loop {
        let deleted = gone.iter().chain(&replaced);
        let mut steps: Vec<Step<'_>> = deleted.map(|key| bound(delete, key.cells())).collect();
        if table == Table::Documents {
            let ids = put.iter().filter_map(object_id);
            steps.extend(ids.map(|id| Step::new(DELETE_OBJECT).with(Bound(id))));
        }
        steps.extend(put.iter().map(|row| bound(insert, row.cells())));
        if table == Table::Refusals {
            steps.push(Step::new(COUNT_ON_REFUSALS));
        }
        match pool.write(&steps).await {
            Err(StoreError::Interrupted(_)) if tries < TRIES => tries += 1,
            outcome => return outcome.map(drop),
        }
    }
}

fn bound<'a>(statement: &'static str, cells: &'a [Cell]) -> Step<'a> {
    cells.iter().fold(Step::new(statement), |step, cell| step.with(Bound(cell)))
}

/// The id of a document's row, if it is an object.
fn object_id(row: &Row) -> Option<&Cell> {
    let columns = Table::Documents.columns().iter();
    let mut cells = columns.zip(row.cells());
    let (_, id) = cells.find(|(column, _)| column.name == "object_id")?;
    (*id != Cell::Null).then_some(id)
}

/// What a mark says.
pub(crate) async fn mark(pool: &Pool, mark: Mark) -> Result<Option<String>> {
    let row = pool.row(MARK, &[&mark.as_str()]).await?;
    row.map(|row| row.text(0)).transpose()
}

/// Sets a mark, or takes it away. May be done twice.
pub(crate) async fn set_mark(pool: &Pool, mark: Mark, text: Option<&str>) -> Result<()> {
    let step = match text {
        Some(text) => Step::new(SET_MARK).with(mark.as_str()).with(text),
        None => Step::new(REMOVE_MARK).with(mark.as_str()),
    };
    pool.write(&[step]).await.map(drop)
}

/// How many servers listen to this database, besides this one, whose process `own` gives. Looks
/// again for a moment, since one that has just ended is still seen.
pub(crate) async fn others(pool: &Pool, own: impl Fn() -> i32) -> Result<u64> {
    let until = Instant::now() + LINGERING;
    loop {
        let listening = pool.rows(OTHERS, &[]).await?;
        let listening = listening.iter().map(|row| row.get_column::<i32>(0));
        let listening = listening.collect::<Result<Vec<_>>>()?;
        // Asked for afterwards, since this server may only be beginning to listen.
        let own = own();
        let others = listening.into_iter().filter(|process| *process != own).count();
        if others == 0 || Instant::now() >= until {
            return Ok(others as u64);
        }
        sleep(LOOK_AGAIN).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_full_once_it_has_its_bytes() {
        for (sizes, bytes, rows) in [
            (&[][..], 10, 1),
            (&[99, 1], 10, 1),
            (&[9, 9, 9], 10, 2),
            (&[0, 0, 0], 10, 3),
            (&[i64::MAX, i64::MAX, 1], usize::MAX, 1),
        ] {
            assert_eq!(fitting(sizes, bytes), rows, "{sizes:?}");
        }
    }
}
