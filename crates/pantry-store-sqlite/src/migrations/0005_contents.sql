-- Contents of files, which are kept elsewhere under their SHA-256. A content is here as long as a
-- document holds it, and then until it is deleted there.
CREATE TABLE contents (
    id INTEGER PRIMARY KEY,
    sha256 BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    -- 1 while it is being deleted: then nothing can begin to hold it.
    condemned INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Nothing refers to a content by a constraint: each row that goes would be noted for the case that it
-- fails, which in a transaction of very many takes longer with each. Only a content that nothing holds
-- is ever condemned, and only one that is condemned goes.
CREATE TABLE held (
    document INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
    md5 BLOB NOT NULL,
    -- The document's, repeated for the indexes: a content can be held by very many.
    scope INTEGER NOT NULL,
    kind TEXT NOT NULL,
    content INTEGER NOT NULL,
    PRIMARY KEY (document, md5)
) STRICT, WITHOUT ROWID;

CREATE INDEX held_by_md5 ON held (scope, md5, kind);
CREATE INDEX held_by_content ON held (content, scope, kind);

-- The position of the newest ledger entry about a cookbook, of which there is none yet.
ALTER TABLE scopes ADD COLUMN cookbooks INTEGER NOT NULL DEFAULT 0;
