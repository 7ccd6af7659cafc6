//! Everything as the rows of the seam's tables, for moving to another store or from one.
//!
//! A page begins where the last one ended, which an index finds: of each parent (a scope, a job, a
//! delivery) all rows after a least key, and of the one that the last page ended in those after its
//! end. CROSS JOIN is how SQLite is told that order.

use pantry_store::StoreError;
use pantry_store::transfer::{Bounds, Cell, Key, Mark, Row, Table, Type};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension, ToSql, params_from_iter};

use crate::error::Error;
use pantry_store::columns::from_column;
use pantry_store::sql;

sql! {
    SCOPES = "SELECT name, position, security, environments, cookbooks FROM scopes \
        WHERE name > ?1 ORDER BY name LIMIT ?2";
    COUNT_SCOPES = "SELECT COUNT(*) FROM scopes";
    DELETE_SCOPE = "DELETE FROM scopes WHERE name = ?1";
    // Never deleted to be put: that would take all it has, and `_global` is not to lose its number.
    PUT_SCOPE = "INSERT INTO scopes (name, position, security, environments, cookbooks) \
        VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (name) DO UPDATE SET \
        position = excluded.position, security = excluded.security, \
        environments = excluded.environments, cookbooks = excluded.cookbooks";

    DOCUMENTS = "SELECT s.name, d.kind, d.name, d.hash, d.body, d.object_id, d.acl \
        FROM scopes s CROSS JOIN documents d ON d.scope = s.id WHERE s.name >= ?1 \
        AND (d.kind, d.name) > (IIF(s.name = ?1, ?2, ''), IIF(s.name = ?1, ?3, '')) \
        ORDER BY s.name, d.kind, d.name LIMIT ?4";
    COUNT_DOCUMENTS = "SELECT COUNT(*) FROM documents";
    DELETE_DOCUMENT = "DELETE FROM documents WHERE kind = ?2 AND name = ?3 \
        AND scope = (SELECT id FROM scopes WHERE name = ?1)";
    // Renamed since, so that another document has the id yet.
    DELETE_OBJECT = "DELETE FROM documents WHERE object_id = ?1";
    PUT_DOCUMENT = "INSERT INTO documents (scope, kind, name, hash, body, object_id, acl) \
        VALUES ((SELECT id FROM scopes WHERE name = ?1), ?2, ?3, ?4, ?5, ?6, ?7)";

    HELD = "SELECT s.name, d.kind, d.name, h.md5, c.sha256, c.size \
        FROM scopes s CROSS JOIN documents d ON d.scope = s.id \
        CROSS JOIN held h ON h.document = d.id CROSS JOIN contents c ON c.id = h.content \
        WHERE s.name >= ?1 \
        AND (d.kind, d.name) >= (IIF(s.name = ?1, ?2, ''), IIF(s.name = ?1, ?3, '')) \
        AND h.md5 > IIF(s.name = ?1 AND d.kind = ?2 AND d.name = ?3, ?4, x'') \
        ORDER BY s.name, d.kind, d.name, h.md5 LIMIT ?5";
    COUNT_HELD = "SELECT COUNT(*) FROM held";
    DELETE_HELD = "DELETE FROM held WHERE md5 = ?4 AND document = (SELECT d.id \
        FROM scopes s JOIN documents d ON d.scope = s.id WHERE s.name = ?1 \
        AND d.kind = ?2 AND d.name = ?3)";
    KNOW_HELD = "INSERT INTO contents (sha256, size) VALUES (?1, ?2) \
        ON CONFLICT (sha256) DO UPDATE SET size = excluded.size WHERE size <> excluded.size";
    // Of no document it adds no row. The length is the content's own.
    PUT_HELD = "INSERT INTO held (document, md5, scope, kind, content) \
        SELECT d.id, ?4, s.id, d.kind, (SELECT id FROM contents WHERE sha256 = ?5 AND size = ?6) \
        FROM scopes s JOIN documents d ON d.scope = s.id \
        WHERE s.name = ?1 AND d.kind = ?2 AND d.name = ?3";

    MEMBERS = "SELECT of, member FROM members WHERE (of, member) > (?1, ?2) \
        ORDER BY of, member LIMIT ?3";
    COUNT_MEMBERS = "SELECT COUNT(*) FROM members";
    DELETE_MEMBER = "DELETE FROM members WHERE of = ?1 AND member = ?2";
    PUT_MEMBER = "INSERT INTO members (of, member) VALUES (?1, ?2)";

    ACTOR_KEYS = "SELECT owner, name, public_key, expires_at FROM actor_keys \
        WHERE (owner, name) > (?1, ?2) ORDER BY owner, name LIMIT ?3";
    COUNT_ACTOR_KEYS = "SELECT COUNT(*) FROM actor_keys";
    DELETE_ACTOR_KEY = "DELETE FROM actor_keys WHERE owner = ?1 AND name = ?2";
    PUT_ACTOR_KEY = "INSERT INTO actor_keys (owner, name, public_key, expires_at) \
        VALUES (?1, ?2, ?3, ?4)";

    CURVE_KEYS = "SELECT k.key, s.name, k.owner FROM curve_keys k \
        CROSS JOIN scopes s ON s.id = k.scope WHERE k.key > ?1 ORDER BY k.key LIMIT ?2";
    COUNT_CURVE_KEYS = "SELECT COUNT(*) FROM curve_keys";
    DELETE_CURVE_KEY = "DELETE FROM curve_keys WHERE key = ?1";
    PUT_CURVE_KEY = "INSERT INTO curve_keys (key, scope, owner) \
        VALUES (?1, (SELECT id FROM scopes WHERE name = ?2), ?3)";

    LEDGER = "SELECT s.name, l.position, l.at, l.actor, l.verb, l.kind, l.name, l.hash, \
        l.closed_position, l.closed_hash FROM scopes s CROSS JOIN ledger l ON l.scope = s.id \
        WHERE s.name >= ?1 AND l.position > IIF(s.name = ?1, ?2, -1) \
        ORDER BY s.name, l.position LIMIT ?3";
    COUNT_LEDGER = "SELECT COUNT(*) FROM ledger";
    DELETE_ENTRY = "DELETE FROM ledger WHERE position = ?2 \
        AND scope = (SELECT id FROM scopes WHERE name = ?1)";
    PUT_ENTRY = "INSERT INTO ledger (scope, position, at, actor, verb, kind, name, hash, \
        closed_position, closed_hash) VALUES ((SELECT id FROM scopes WHERE name = ?1), \
        ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

    JOBS = "SELECT j.name, s.name, j.actor, j.target, j.instruction, j.created_at, j.expires_at, \
        j.lost_at, j.payload FROM jobs j CROSS JOIN scopes s ON s.id = j.scope \
        WHERE j.name > ?1 ORDER BY j.name LIMIT ?2";
    COUNT_JOBS = "SELECT COUNT(*) FROM jobs";
    DELETE_JOB = "DELETE FROM jobs WHERE name = ?1";
    PUT_JOB = "INSERT INTO jobs (name, scope, actor, target, instruction, created_at, expires_at, \
        lost_at, payload) VALUES (?1, (SELECT id FROM scopes WHERE name = ?2), \
        ?3, ?4, ?5, ?6, ?7, ?8, ?9)";

    DELIVERIES = "SELECT j.name, d.identity, d.state, d.incarnation, d.changed_at, d.started_at, \
        d.ending, d.due_at FROM jobs j CROSS JOIN deliveries d ON d.job = j.id \
        WHERE j.name >= ?1 AND d.identity > IIF(j.name = ?1, ?2, '') \
        ORDER BY j.name, d.identity LIMIT ?3";
    COUNT_DELIVERIES = "SELECT COUNT(*) FROM deliveries";
    DELETE_DELIVERY = "DELETE FROM deliveries WHERE identity = ?2 \
        AND job = (SELECT id FROM jobs WHERE name = ?1)";
    PUT_DELIVERY = "INSERT INTO deliveries (job, identity, scope, state, incarnation, changed_at, \
        started_at, ending, due_at) VALUES ((SELECT id FROM jobs WHERE name = ?1), ?2, \
        (SELECT scope FROM jobs WHERE name = ?1), ?3, ?4, ?5, ?6, ?7, ?8)";

    OUTPUT = "SELECT j.name, d.identity, o.sequence, o.stream, o.bytes \
        FROM jobs j CROSS JOIN deliveries d ON d.job = j.id \
        CROSS JOIN output o ON o.delivery = d.id \
        WHERE j.name >= ?1 AND d.identity >= IIF(j.name = ?1, ?2, '') \
        AND o.sequence > IIF(j.name = ?1 AND d.identity = ?2, ?3, -1) \
        ORDER BY j.name, d.identity, o.sequence LIMIT ?4";
    COUNT_OUTPUT = "SELECT COUNT(*) FROM output";
    DELETE_CHUNK = "DELETE FROM output WHERE sequence = ?3 AND delivery = (SELECT d.id \
        FROM jobs j JOIN deliveries d ON d.job = j.id WHERE j.name = ?1 AND d.identity = ?2)";
    PUT_CHUNK = "INSERT INTO output (delivery, sequence, stream, bytes) VALUES ((SELECT d.id \
        FROM jobs j JOIN deliveries d ON d.job = j.id WHERE j.name = ?1 AND d.identity = ?2), \
        ?3, ?4, ?5)";

    SIGHTINGS = "SELECT s.name, d.name, g.at, g.address, g.version, g.incarnation \
        FROM scopes s CROSS JOIN documents d ON d.scope = s.id AND d.kind = 'machine' \
        CROSS JOIN sightings g ON g.machine = d.id \
        WHERE s.name >= ?1 AND d.name > IIF(s.name = ?1, ?2, '') \
        ORDER BY s.name, d.name LIMIT ?3";
    COUNT_SIGHTINGS = "SELECT COUNT(*) FROM sightings";
    DELETE_SIGHTING = "DELETE FROM sightings WHERE machine = (SELECT d.id FROM scopes s \
        JOIN documents d ON d.scope = s.id WHERE s.name = ?1 AND d.kind = 'machine' \
        AND d.name = ?2)";
    // Of no machine it adds no row, while VALUES would give a NULL a number.
    PUT_SIGHTING = "INSERT INTO sightings (machine, at, address, version, incarnation) \
        SELECT d.id, ?3, ?4, ?5, ?6 FROM scopes s JOIN documents d ON d.scope = s.id \
        WHERE s.name = ?1 AND d.kind = 'machine' AND d.name = ?2";

    RUNS = "SELECT s.name, r.run, r.node, r.recorded_at, r.status, r.summary, r.detail \
        FROM scopes s CROSS JOIN runs r ON r.scope = s.id \
        WHERE s.name >= ?1 AND r.run > IIF(s.name = ?1, ?2, '') ORDER BY s.name, r.run LIMIT ?3";
    COUNT_RUNS = "SELECT COUNT(*) FROM runs";
    DELETE_RUN = "DELETE FROM runs WHERE run = ?2 \
        AND scope = (SELECT id FROM scopes WHERE name = ?1)";
    PUT_RUN = "INSERT INTO runs (scope, run, node, recorded_at, status, summary, detail) \
        VALUES ((SELECT id FROM scopes WHERE name = ?1), ?2, ?3, ?4, ?5, ?6, ?7)";

    REFUSALS = "SELECT id, at, who, address, what, count FROM refusals WHERE id > ?1 \
        ORDER BY id LIMIT ?2";
    COUNT_REFUSALS = "SELECT COUNT(*) FROM refusals";
    DELETE_REFUSAL = "DELETE FROM refusals WHERE id = ?1";
    PUT_REFUSAL = "INSERT INTO refusals (id, at, who, address, what, count) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

    MARK = "SELECT text FROM marks WHERE name = ?1";
    SET_MARK = "INSERT INTO marks (name, text) VALUES (?1, ?2) \
        ON CONFLICT (name) DO UPDATE SET text = excluded.text";
    REMOVE_MARK = "DELETE FROM marks WHERE name = ?1";
}

/// A table's statements. All take the cells of a row or of its key, and `page` then a limit.
struct Statements {
    page: &'static str,
    count: &'static str,
    delete: &'static str,
    put: &'static str,
}

fn statements(table: Table) -> Statements {
    let (page, count, delete, put) = match table {
        Table::Scopes => (SCOPES, COUNT_SCOPES, DELETE_SCOPE, PUT_SCOPE),
        Table::Documents => (DOCUMENTS, COUNT_DOCUMENTS, DELETE_DOCUMENT, PUT_DOCUMENT),
        Table::Held => (HELD, COUNT_HELD, DELETE_HELD, PUT_HELD),
        Table::Members => (MEMBERS, COUNT_MEMBERS, DELETE_MEMBER, PUT_MEMBER),
        Table::ActorKeys => (ACTOR_KEYS, COUNT_ACTOR_KEYS, DELETE_ACTOR_KEY, PUT_ACTOR_KEY),
        Table::CurveKeys => (CURVE_KEYS, COUNT_CURVE_KEYS, DELETE_CURVE_KEY, PUT_CURVE_KEY),
        Table::Ledger => (LEDGER, COUNT_LEDGER, DELETE_ENTRY, PUT_ENTRY),
        Table::Jobs => (JOBS, COUNT_JOBS, DELETE_JOB, PUT_JOB),
        Table::Deliveries => (DELIVERIES, COUNT_DELIVERIES, DELETE_DELIVERY, PUT_DELIVERY),
        Table::Output => (OUTPUT, COUNT_OUTPUT, DELETE_CHUNK, PUT_CHUNK),
        Table::Sightings => (SIGHTINGS, COUNT_SIGHTINGS, DELETE_SIGHTING, PUT_SIGHTING),
        Table::Runs => (RUNS, COUNT_RUNS, DELETE_RUN, PUT_RUN),
        Table::Refusals => (REFUSALS, COUNT_REFUSALS, DELETE_REFUSAL, PUT_REFUSAL),
    };
    Statements { page, count, delete, put }
}

/// A cell as a parameter.
struct Bound<'a>(&'a Cell);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Cell::Null => ValueRef::Null,
            Cell::Integer(number) => ValueRef::Integer(*number),
            Cell::Text(text) => ValueRef::Text(text.as_bytes()),
            Cell::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// Rows after a key, as far as the bounds go.
pub(crate) fn rows(
    connection: &Connection,
    table: Table,
    after: &Key,
    bounds: Bounds,
) -> Result<Vec<Row>, Error> {
    let mut statement = connection.prepare_cached(statements(table).page)?;
    let limit = Cell::Integer(bounds.rows.into());
    let parameters = after.cells().iter().chain([&limit]).map(Bound);
    let mut found = statement.query(params_from_iter(parameters))?;
    let (mut rows, mut bytes) = (Vec::new(), 0usize);
    while let Some(row) = found.next()? {
        let row = read(table, row)?;
        bytes = bytes.saturating_add(row.size());
        rows.push(row);
        if bytes >= bounds.bytes {
            break;
        }
    }
    Ok(rows)
}

fn read(table: Table, row: &rusqlite::Row<'_>) -> Result<Row, Error> {
    let cells = table.columns().iter().enumerate().map(|(at, column)| {
        let cell = match column.kind {
            Type::Integer => row.get::<_, Option<i64>>(at)?.map(Cell::Integer),
            Type::Text => row.get::<_, Option<String>>(at)?.map(Cell::Text),
            Type::Bytes => row.get::<_, Option<Vec<u8>>>(at)?.map(Cell::Bytes),
        };
        Ok(cell.unwrap_or(Cell::Null))
    });
    Ok(Row::new(table, cells.collect::<Result<_, Error>>()?)?)
}

/// How many rows a table has.
pub(crate) fn count(connection: &Connection, table: Table) -> Result<u64, Error> {
    let mut statement = connection.prepare_cached(statements(table).count)?;
    Ok(from_column(statement.query_row([], |row| row.get(0))?)?)
}

/// Deletes rows, and puts rows in the place of others.
pub(crate) fn patch(
    connection: &Connection,
    table: Table,
    gone: &[Key],
    put: &[Row],
) -> Result<(), Error> {
    let mut delete = connection.prepare_cached(statements(table).delete)?;
    let replaced = put.iter().map(Row::key).filter(|_| table != Table::Scopes);
    for key in gone.iter().cloned().chain(replaced) {
        delete.execute(params_from_iter(key.cells().iter().map(Bound)))?;
    }
    if table == Table::Documents {
        let mut delete = connection.prepare_cached(DELETE_OBJECT)?;
        for id in put.iter().filter_map(|row| row.object_id(table)) {
            delete.execute([Bound(id)])?;
        }
    }
    for content in put.iter().filter_map(|row| row.content(table)) {
        let mut know = connection.prepare_cached(KNOW_HELD)?;
        know.execute(params_from_iter(content.iter().map(Bound)))?;
    }
    let mut insert = connection.prepare_cached(statements(table).put)?;
    for row in put {
        if insert.execute(params_from_iter(row.cells().iter().map(Bound)))? != 1 {
            let text = format!("what a row of {table} refers to is missing: {:?}", row.key());
            return Err(StoreError::Broken(text).into());
        }
    }
    Ok(())
}

/// What a mark says.
pub(crate) fn mark(connection: &Connection, mark: Mark) -> Result<Option<String>, Error> {
    let mut statement = connection.prepare_cached(MARK)?;
    Ok(statement.query_row([mark.as_str()], |row| row.get(0)).optional()?)
}

/// Sets a mark, or takes it away.
pub(crate) fn set_mark(
    connection: &Connection,
    mark: Mark,
    text: Option<&str>,
) -> Result<(), Error> {
    match text {
        Some(text) => connection.prepare_cached(SET_MARK)?.execute((mark.as_str(), text))?,
        None => connection.prepare_cached(REMOVE_MARK)?.execute([mark.as_str()])?,
    };
    Ok(())
}
