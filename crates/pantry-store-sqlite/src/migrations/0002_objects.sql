-- Objects: documents with an id and an access control list. Their members and keys refer to the id,
-- which never changes, and so go with the document.

ALTER TABLE documents ADD COLUMN object_id BLOB;
ALTER TABLE documents ADD COLUMN acl BLOB;

-- Of all rows and not only of those with an id, or nothing could refer to it.
CREATE UNIQUE INDEX documents_object_id ON documents (object_id);

CREATE TABLE members (
    of BLOB NOT NULL REFERENCES documents (object_id) ON DELETE CASCADE,
    member BLOB NOT NULL REFERENCES documents (object_id) ON DELETE CASCADE,
    PRIMARY KEY (of, member)
) STRICT, WITHOUT ROWID;

CREATE INDEX members_member ON members (member);

-- RSA keys of users and API clients.
CREATE TABLE actor_keys (
    owner BLOB NOT NULL REFERENCES documents (object_id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    -- PEM, as it was given.
    public_key TEXT NOT NULL,
    -- None if it never ends.
    expires_at INTEGER,
    PRIMARY KEY (owner, name)
) STRICT, WITHOUT ROWID;

-- The position of the newest ledger entry of a kind that permissions rest on; 0 if there is none.
ALTER TABLE scopes ADD COLUMN security INTEGER NOT NULL DEFAULT 0;

UPDATE scopes SET security = COALESCE(
    (SELECT MAX(position) FROM ledger
        WHERE scope = scopes.id AND kind IN ('application', 'user')), 0);

-- The same of environments and roles, of which there is none yet.
ALTER TABLE scopes ADD COLUMN environments INTEGER NOT NULL DEFAULT 0;
