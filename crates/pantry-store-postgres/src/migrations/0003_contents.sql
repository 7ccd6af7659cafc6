-- The position of the newest ledger entry about a cookbook, of which there is none yet.
ALTER TABLE scopes ADD COLUMN cookbooks bigint NOT NULL DEFAULT 0;
