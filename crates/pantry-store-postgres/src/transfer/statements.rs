//! The SQL of moving a store: for each table its pages, its count, and how a row goes and comes.
//!
//! A page begins where the last one ended: of each parent (a scope, a job, a delivery) all rows
//! after a least key, and of the one that the last page ended in those after its end. PostgreSQL
//! does not know that a nested loop over two indexes is in the order of both, and would sort a whole
//! parent for each page. So the rows of each parent are limited to a page where they are found.

use pantry_store::sql;
use pantry_store::transfer::Table;

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

macro_rules! runs {
    () => {
        "SELECT s.name, r.run, r.node, r.recorded_at, r.status, r.summary, r.detail \
            FROM scopes s CROSS JOIN LATERAL (SELECT * FROM runs WHERE scope = s.id \
            AND run > CASE WHEN s.name = $1 THEN $2 ELSE '' END ORDER BY run LIMIT $3) r \
            WHERE s.name >= $1 ORDER BY s.name, r.run LIMIT $3"
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
    SCOPES = "SELECT name, position, security, environments, cookbooks FROM scopes \
        WHERE name > $1 ORDER BY name LIMIT $2";
    COUNT_SCOPES = "SELECT COUNT(*) FROM scopes";
    DELETE_SCOPE = "DELETE FROM scopes WHERE name = $1";
    // Never deleted to be put: that would take all it has, and `_global` is not to lose its number.
    PUT_SCOPE = "INSERT INTO scopes (name, position, security, environments, cookbooks) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (name) DO UPDATE SET \
        position = excluded.position, security = excluded.security, \
        environments = excluded.environments, cookbooks = excluded.cookbooks";

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

    HELD = "SELECT s.name, h.kind, h.name, h.md5, c.sha256, c.size \
        FROM scopes s CROSS JOIN LATERAL (SELECT d.kind, d.name, k.md5, k.content FROM documents d \
            CROSS JOIN LATERAL (SELECT md5, content FROM held WHERE document = d.id AND md5 > \
                CASE WHEN s.name = $1 AND d.kind = $2 AND d.name = $3 THEN $4::bytea ELSE '' END \
                ORDER BY md5 LIMIT $5) k \
            WHERE d.scope = s.id AND (d.kind, d.name) >= (CASE WHEN s.name = $1 THEN $2 ELSE '' END, \
                CASE WHEN s.name = $1 THEN $3 ELSE '' END) \
            ORDER BY d.kind, d.name, k.md5 LIMIT $5) h \
        CROSS JOIN LATERAL (SELECT sha256, size FROM contents WHERE id = h.content OFFSET 0) c \
        WHERE s.name >= $1 ORDER BY s.name, h.kind, h.name, h.md5 LIMIT $5";
    COUNT_HELD = "SELECT COUNT(*) FROM held";
    DELETE_HELD = "DELETE FROM held WHERE md5 = $4 AND document = (SELECT d.id \
        FROM scopes s JOIN documents d ON d.scope = s.id WHERE s.name = $1 \
        AND d.kind = $2 AND d.name = $3)";
    // A statement does not see what it has added itself, and `known` has nothing that was as it is.
    PUT_HELD = "WITH known AS (INSERT INTO contents AS c (sha256, size) VALUES ($5, $6) \
            ON CONFLICT (sha256) DO UPDATE SET size = excluded.size WHERE c.size <> excluded.size \
            RETURNING id) \
        INSERT INTO held (document, md5, scope, kind, content) \
        VALUES ((SELECT d.id FROM scopes s JOIN documents d ON d.scope = s.id \
            WHERE s.name = $1 AND d.kind = $2 AND d.name = $3), $4, \
            (SELECT id FROM scopes WHERE name = $1), $2, \
            (SELECT id FROM known UNION ALL SELECT id FROM contents WHERE sha256 = $5 LIMIT 1))";

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

    RUNS = runs!();
    RUN_SIZES = concat!("SELECT octet_length(detail) + 0::bigint FROM (", runs!(), ") \
        AS page (scope, run, node, recorded_at, status, summary, detail)");
    COUNT_RUNS = "SELECT COUNT(*) FROM runs";
    DELETE_RUN = "DELETE FROM runs WHERE run = $2 \
        AND scope = (SELECT id FROM scopes WHERE name = $1)";
    PUT_RUN = "INSERT INTO runs (scope, run, node, recorded_at, status, summary, detail) \
        VALUES ((SELECT id FROM scopes WHERE name = $1), $2, $3, $4, $5, $6, $7)";

    REFUSALS = "SELECT id, at, who, address, what, count FROM refusals WHERE id > $1 \
        ORDER BY id LIMIT $2";
    COUNT_REFUSALS = "SELECT COUNT(*) FROM refusals";
    DELETE_REFUSAL = "DELETE FROM refusals WHERE id = $1";
    PUT_REFUSAL = "INSERT INTO refusals (id, at, who, address, what, count) \
        OVERRIDING SYSTEM VALUE VALUES ($1, $2, $3, $4, $5, $6)";
    // The next line comes after those that were put.
    COUNT_ON_REFUSALS = "SELECT setval(pg_get_serial_sequence('refusals', 'id'), \
        (SELECT MAX(id) FROM refusals)) WHERE EXISTS (SELECT 1 FROM refusals)";
}

/// A table's statements. All take the cells of a row or of its key, and `page` then a limit.
pub(super) struct Statements {
    /// Rows after a key.
    pub(super) page: &'static str,
    /// How many bytes the rows of a page have, for tables whose rows may be large.
    pub(super) sizes: Option<&'static str>,
    /// How many rows there are.
    pub(super) count: &'static str,
    /// Deletes a row.
    pub(super) delete: &'static str,
    /// Adds a row.
    pub(super) put: &'static str,
    /// Deletes the row that has the id of an object, for the table that has objects.
    pub(super) delete_object: Option<&'static str>,
    /// What is done when rows were put.
    pub(super) put_done: Option<&'static str>,
}

/// Those of one table.
pub(super) fn statements(table: Table) -> Statements {
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
    let sizes = match table {
        Table::Documents => Some(DOCUMENT_SIZES),
        Table::Jobs => Some(JOB_SIZES),
        Table::Output => Some(OUTPUT_SIZES),
        Table::Runs => Some(RUN_SIZES),
        _ => None,
    };
    let delete_object = (table == Table::Documents).then_some(DELETE_OBJECT);
    let put_done = (table == Table::Refusals).then_some(COUNT_ON_REFUSALS);
    Statements { page, sizes, count, delete, put, delete_object, put_done }
}
