-- Search. An index holds keys, a key terms: each value that some document has under it, with the
-- documents that have it. A row of terms holds those of one block of 4096 numbers, so that a value
-- stands once as long as documents are few, and what is written again when one more has it stays
-- small when they are many.
--
-- What nobody can find any more is only taken off its scope; its rows go bit by bit afterwards.

CREATE TABLE search_indexes (
    id INTEGER PRIMARY KEY,
    -- None if nobody can find it any more.
    scope INTEGER REFERENCES scopes ON DELETE SET NULL,
    kind TEXT NOT NULL,
    -- Empty for a kind whose names have no parent.
    parent TEXT NOT NULL,
    -- 0 for the one that is searched, 1 for the one that is being built to take its place.
    building INTEGER NOT NULL,
    -- In which way its terms were made.
    format INTEGER NOT NULL,
    UNIQUE (scope, kind, parent, building)
) STRICT;

CREATE TABLE search_keys (
    id INTEGER PRIMARY KEY,
    of INTEGER NOT NULL REFERENCES search_indexes,
    path TEXT NOT NULL,
    leaf TEXT NOT NULL,
    UNIQUE (of, path, leaf)
) STRICT;

CREATE INDEX search_keys_by_leaf ON search_keys (of, leaf);

CREATE TABLE search_terms (
    key INTEGER NOT NULL REFERENCES search_keys,
    value TEXT NOT NULL,
    block INTEGER NOT NULL,
    -- Never empty.
    documents BLOB NOT NULL,
    PRIMARY KEY (key, value, block)
) STRICT, WITHOUT ROWID;

-- Nothing is indexed yet of what is there.
INSERT INTO search_indexes (scope, kind, parent, building, format)
    SELECT DISTINCT scope, kind,
        CASE kind WHEN 'data-bag-item' THEN substr(name, 1, instr(name, '/') - 1) ELSE '' END, 0, 0
    FROM documents WHERE kind IN ('node', 'role', 'environment', 'api-client', 'data-bag-item');
