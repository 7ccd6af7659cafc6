-- The first schema. Times are milliseconds since the Unix epoch, UTC.
--
-- Deleting a scope deletes all that is its own: everything refers to it, directly or through its
-- parent, with ON DELETE CASCADE, and every such reference has an index to be found by.

-- An application, or `_global`. AUTOINCREMENT: the id of a deleted application is never used again.
CREATE TABLE scopes (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    -- The position of the newest ledger entry; kept here and not counted, so that old entries can go.
    position INTEGER NOT NULL DEFAULT 0
) STRICT;

INSERT INTO scopes (name) VALUES ('_global');

CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    scope INTEGER NOT NULL REFERENCES scopes ON DELETE CASCADE,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    hash BLOB NOT NULL,
    -- Last, so that reading the others does not walk through a long body.
    body BLOB NOT NULL,
    UNIQUE (scope, kind, name)
) STRICT;

CREATE TABLE curve_keys (
    key BLOB PRIMARY KEY,
    -- The owner's application, or `_global` for a user.
    scope INTEGER NOT NULL REFERENCES scopes ON DELETE CASCADE,
    owner TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX curve_keys_of_owner ON curve_keys (scope, owner);

CREATE TABLE ledger (
    scope INTEGER NOT NULL REFERENCES scopes ON DELETE CASCADE,
    position INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor TEXT,
    verb TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    hash BLOB,
    closed_position INTEGER,
    closed_hash BLOB,
    PRIMARY KEY (scope, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
    -- Small, since each delivery repeats it.
    id INTEGER PRIMARY KEY,
    scope INTEGER NOT NULL REFERENCES scopes ON DELETE CASCADE,
    -- The job's id as everybody else knows it; it begins with its time, so names sort by age.
    name TEXT NOT NULL UNIQUE,
    actor TEXT NOT NULL,
    target TEXT NOT NULL,
    instruction TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- When its time to live ends, and when its timeout has passed after that.
    expires_at INTEGER NOT NULL,
    lost_at INTEGER NOT NULL,
    payload BLOB NOT NULL
) STRICT;

CREATE INDEX jobs_of_scope ON jobs (scope, name);

CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY,
    job INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
    identity TEXT NOT NULL,
    -- The job's, repeated for the index of what is open.
    scope INTEGER NOT NULL,
    state TEXT NOT NULL,
    -- 64 bits as they are; the sign means nothing.
    incarnation INTEGER,
    changed_at INTEGER NOT NULL,
    started_at INTEGER,
    -- JSON; none is an ending of which nothing is known.
    ending TEXT,
    -- When its time is over, by its job and its state; none once it is final.
    due_at INTEGER,
    UNIQUE (job, identity)
) STRICT;

-- Few deliveries are open, so what looks for those must not meet the others.
CREATE INDEX deliveries_open ON deliveries (scope, identity) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_due ON deliveries (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE output (
    delivery INTEGER NOT NULL REFERENCES deliveries ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    -- 1 for standard output, 2 for standard error.
    stream INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (delivery, sequence)
) STRICT, WITHOUT ROWID;

CREATE TABLE sightings (
    -- The machine's document: its sighting goes with it.
    machine INTEGER PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
    at INTEGER NOT NULL,
    address TEXT NOT NULL,
    version TEXT NOT NULL,
    incarnation INTEGER NOT NULL
) STRICT;

CREATE TABLE refusals (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    who TEXT NOT NULL,
    address TEXT NOT NULL,
    what TEXT NOT NULL,
    count INTEGER NOT NULL
) STRICT;
