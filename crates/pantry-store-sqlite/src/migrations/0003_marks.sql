-- What the store says about itself: that it is being filled from another, or was moved into one.
CREATE TABLE marks (
    name TEXT PRIMARY KEY,
    text TEXT NOT NULL
) STRICT, WITHOUT ROWID;
