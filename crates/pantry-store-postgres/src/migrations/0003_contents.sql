-- Contents of files, which are kept elsewhere under their SHA-256. A content is here as long as a
-- document holds it, and then until it is deleted there.
CREATE TABLE contents (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sha256 bytea NOT NULL UNIQUE,
    size bigint NOT NULL,
    -- Whether it is being deleted: then nothing can begin to hold it.
    condemned boolean NOT NULL DEFAULT false,
    -- By which server and when. Two that delete one content would not know of each other when it has
    -- come again in between.
    condemned_by bigint,
    condemned_at timestamptz
);

-- Numbers of servers that delete contents, each from its start to its end.
CREATE SEQUENCE collectors;

-- Nothing refers to a content by a constraint, which would be checked row by row: whoever begins to
-- hold some locks all of them first, and only a content that nothing holds is ever condemned.
CREATE TABLE held (
    document bigint NOT NULL REFERENCES documents ON DELETE CASCADE,
    md5 bytea NOT NULL,
    -- The document's, repeated for the indexes: a content can be held by very many.
    scope bigint NOT NULL,
    kind text COLLATE "C" NOT NULL,
    content bigint NOT NULL,
    PRIMARY KEY (document, md5)
);

CREATE INDEX held_by_md5 ON held (scope, md5, kind);
CREATE INDEX held_by_content ON held (content, scope, kind);

-- The position of the newest ledger entry about a cookbook, of which there is none yet.
ALTER TABLE scopes ADD COLUMN cookbooks bigint NOT NULL DEFAULT 0;
