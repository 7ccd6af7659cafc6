-- Reports of Chef runs, the newest of each node.
CREATE TABLE runs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope bigint NOT NULL REFERENCES scopes ON DELETE CASCADE,
    -- The run's id as Chef has made it.
    run text COLLATE "C" NOT NULL,
    -- The node's name: it need not be there, while its API client is.
    node text COLLATE "C" NOT NULL,
    -- When it was first heard of.
    recorded_at bigint NOT NULL,
    status text COLLATE "C" NOT NULL,
    -- JSON of what a list shows, and of all else.
    summary text NOT NULL,
    detail bytea NOT NULL,
    UNIQUE (scope, run)
);

CREATE INDEX runs_by_age ON runs (scope, recorded_at, run);
CREATE INDEX runs_of_node ON runs (scope, node, recorded_at, run);
