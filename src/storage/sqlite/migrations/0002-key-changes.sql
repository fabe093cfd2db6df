-- Keys that were added and removed between bundles. Nothing that was taken is ever forgotten.
CREATE TABLE key_change (
  number INTEGER PRIMARY KEY,
  -- The digest of the change itself: whoever signs the same once more changes nothing.
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
  -- Envelope, when it was stored, and who had signed it, as JSON.
  body TEXT NOT NULL
) STRICT;
