-- Reports of Chef runs, the newest of each node.
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    scope INTEGER NOT NULL REFERENCES scopes ON DELETE CASCADE,
    -- The run's id as Chef has made it.
    run TEXT NOT NULL,
    -- The node's name: it need not be there, while its API client is.
    node TEXT NOT NULL,
    -- When it was first heard of.
    recorded_at INTEGER NOT NULL,
    status TEXT NOT NULL,
    -- JSON of what a list shows.
    summary TEXT NOT NULL,
    -- JSON of all else; last, so that reading the others does not walk through it.
    detail BLOB NOT NULL,
    UNIQUE (scope, run)
) STRICT;

CREATE INDEX runs_by_age ON runs (scope, recorded_at, run);
CREATE INDEX runs_of_node ON runs (scope, node, recorded_at, run);
