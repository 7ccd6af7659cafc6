-- The first schema. Times are milliseconds since the Unix epoch, UTC. Names are compared as bytes.
--
-- Deleting a scope deletes all that is its own: everything refers to it, directly or through its
-- parent, with ON DELETE CASCADE, and every such reference has an index to be found by.

-- An application, or `_global`. The id of a deleted application is never used again.
CREATE TABLE scopes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text COLLATE "C" NOT NULL UNIQUE,
    -- The position of the newest ledger entry; kept here and not counted, so that old entries can go.
    position bigint NOT NULL DEFAULT 0,
    -- The position of the newest entry of a kind that permissions rest on; 0 if there is none.
    security bigint NOT NULL DEFAULT 0,
    -- The same of environments and roles.
    environments bigint NOT NULL DEFAULT 0
-- Every write changes a row here, which is cheap as long as its page has room for the next version.
) WITH (fillfactor = 10);

INSERT INTO scopes (name) VALUES ('_global');

CREATE TABLE documents (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope bigint NOT NULL REFERENCES scopes ON DELETE CASCADE,
    kind text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    hash bytea NOT NULL,
    body bytea NOT NULL,
    -- With an id and an access control list a document is an object.
    object_id bytea UNIQUE,
    acl bytea,
    UNIQUE (scope, kind, name)
);

CREATE TABLE members (
    of bytea NOT NULL REFERENCES documents (object_id) ON DELETE CASCADE,
    member bytea NOT NULL REFERENCES documents (object_id) ON DELETE CASCADE,
    PRIMARY KEY (of, member)
);

CREATE INDEX members_by_member ON members (member);

-- RSA keys of users and API clients.
CREATE TABLE actor_keys (
    owner bytea NOT NULL REFERENCES documents (object_id) ON DELETE CASCADE,
    name text COLLATE "C" NOT NULL,
    -- PEM, as it was given.
    public_key text NOT NULL,
    -- None if it never ends.
    expires_at bigint,
    PRIMARY KEY (owner, name)
);

CREATE TABLE curve_keys (
    key bytea PRIMARY KEY,
    -- The owner's application, or `_global` for a user.
    scope bigint NOT NULL REFERENCES scopes ON DELETE CASCADE,
    owner text COLLATE "C" NOT NULL
);

CREATE INDEX curve_keys_of_owner ON curve_keys (scope, owner);

CREATE TABLE ledger (
    scope bigint NOT NULL REFERENCES scopes ON DELETE CASCADE,
    position bigint NOT NULL,
    at bigint NOT NULL,
    actor text COLLATE "C",
    verb text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    hash bytea,
    closed_position bigint,
    closed_hash bytea,
    PRIMARY KEY (scope, position)
);

CREATE TABLE jobs (
    -- Small, since each delivery repeats it.
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    scope bigint NOT NULL REFERENCES scopes ON DELETE CASCADE,
    -- The job's id as everybody else knows it; it begins with its time, so names sort by age.
    name text COLLATE "C" NOT NULL UNIQUE,
    actor text COLLATE "C" NOT NULL,
    target text NOT NULL,
    instruction text NOT NULL,
    created_at bigint NOT NULL,
    -- When its time to live ends, and when its timeout has passed after that.
    expires_at bigint NOT NULL,
    lost_at bigint NOT NULL,
    payload bytea NOT NULL
);

CREATE INDEX jobs_of_scope ON jobs (scope, name);

CREATE TABLE deliveries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job bigint NOT NULL REFERENCES jobs ON DELETE CASCADE,
    identity text COLLATE "C" NOT NULL,
    -- The job's, repeated for the index of what is open.
    scope bigint NOT NULL,
    state text COLLATE "C" NOT NULL,
    -- 64 bits as they are; the sign means nothing.
    incarnation bigint,
    changed_at bigint NOT NULL,
    started_at bigint,
    -- JSON; none is an ending of which nothing is known.
    ending text,
    -- When its time is over, by its job and its state; none once it is final.
    due_at bigint,
    UNIQUE (job, identity)
);

-- Few deliveries are open, so what looks for those must not meet the others.
CREATE INDEX deliveries_open ON deliveries (scope, identity) WHERE due_at IS NOT NULL;
CREATE INDEX deliveries_due ON deliveries (due_at, id) WHERE due_at IS NOT NULL;

CREATE TABLE output (
    delivery bigint NOT NULL REFERENCES deliveries ON DELETE CASCADE,
    sequence bigint NOT NULL,
    -- 1 for standard output, 2 for standard error.
    stream smallint NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (delivery, sequence)
);

CREATE TABLE sightings (
    -- The machine's document: its sighting goes with it.
    machine bigint PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
    at bigint NOT NULL,
    address text NOT NULL,
    version text NOT NULL,
    incarnation bigint NOT NULL
);

CREATE TABLE refusals (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at bigint NOT NULL,
    who text NOT NULL,
    address text NOT NULL,
    what text NOT NULL,
    count bigint NOT NULL
);

-- What the store says about itself: that it is being filled from another, or was moved into one.
CREATE TABLE marks (
    name text COLLATE "C" PRIMARY KEY,
    text text NOT NULL
);

-- Fails the statement that comes to call it, and so the transaction: how a statement that was sent
-- along with those after it stops them.
CREATE FUNCTION refuse(reason text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'PAN01', MESSAGE = reason;
END
$$;

-- The number of a scope that must be there.
CREATE FUNCTION scope_number(scope text) RETURNS bigint STABLE LANGUAGE plpgsql AS $$
DECLARE
    number bigint;
BEGIN
    SELECT id INTO number FROM scopes WHERE name = scope;
    IF number IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'PAN02', MESSAGE = scope;
    END IF;
    RETURN number;
END
$$;
