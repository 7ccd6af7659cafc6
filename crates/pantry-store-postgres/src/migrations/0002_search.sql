-- Search. An index holds keys, a key terms: each value that some document has under it, with the
-- documents that have it. A row of terms holds those of one block of 512 numbers, by their places in
-- it, so that a value stands once as long as documents are few, and what is written again when one
-- more has it stays small when they are many.
--
-- What nobody can find any more is only taken off its scope; its rows go bit by bit afterwards.

CREATE TABLE search_indexes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- None if nobody can find it any more.
    scope bigint REFERENCES scopes ON DELETE SET NULL,
    kind text COLLATE "C" NOT NULL,
    -- Empty for a kind whose names have no parent.
    parent text COLLATE "C" NOT NULL,
    -- Whether it is being built to take the place of the one that is searched.
    building boolean NOT NULL,
    -- In which way its terms were made.
    format integer NOT NULL,
    UNIQUE (scope, kind, parent, building)
);

CREATE TABLE search_keys (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    of bigint NOT NULL REFERENCES search_indexes,
    path text COLLATE "C" NOT NULL,
    leaf text COLLATE "C" NOT NULL,
    UNIQUE (of, path, leaf)
);

CREATE INDEX search_keys_by_leaf ON search_keys (of, leaf);

-- Nothing refers to a key by a constraint: what checks it would write to the key's row for every
-- term. A scope is written by one transaction at a time, and a key goes after its terms.
CREATE TABLE search_terms (
    key bigint NOT NULL,
    block bigint NOT NULL,
    value text COLLATE "C" NOT NULL,
    -- Never empty.
    documents smallint[] NOT NULL,
    PRIMARY KEY (key, value, block)
-- Most of what changes is a value that takes the place of another, and documents that come to one.
) WITH (fillfactor = 90);

-- Nothing is indexed yet of what is there.
INSERT INTO search_indexes (scope, kind, parent, building, format)
    SELECT DISTINCT scope, kind,
        CASE kind WHEN 'data-bag-item' THEN split_part(name, '/', 1) ELSE '' END, false, 0
    FROM documents WHERE kind IN ('node', 'role', 'environment', 'api-client', 'data-bag-item');
