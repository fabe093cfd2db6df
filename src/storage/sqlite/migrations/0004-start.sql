-- The log. A leaf's number is its place in the tree, from 0 without a gap.
CREATE TABLE leaf (
  number INTEGER PRIMARY KEY,
  hash BLOB NOT NULL CHECK (length(hash) = 32),
  -- The PAE bytes of the object.
  entry BLOB NOT NULL,
  -- Signatures that belong to the object and are not in it, as JSON.
  signatures TEXT
) STRICT;

-- Full tiles of 256 hashes. A tile's root is its one hash in the level above.
CREATE TABLE tile (
  level INTEGER NOT NULL,
  number INTEGER NOT NULL,
  root BLOB NOT NULL CHECK (length(root) = 32),
  hashes BLOB NOT NULL CHECK (length(hashes) = 8192),
  PRIMARY KEY (level, number)
) STRICT;

-- The one signed end of the tree.
CREATE TABLE seal (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  size INTEGER NOT NULL,
  root BLOB NOT NULL CHECK (length(root) = 32),
  note TEXT NOT NULL
) STRICT;

CREATE TABLE request (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  -- Digest of conversation, account and message: a message makes one request.
  said BLOB NOT NULL UNIQUE CHECK (length(said) = 16),
  state TEXT NOT NULL,
  generation INTEGER NOT NULL,
  live INTEGER NOT NULL CHECK (live IN (0, 1)),
  digest BLOB CHECK (length(digest) = 32),
  statement BLOB,
  -- The leaf that holds the warrant; the warrant itself only where no leaf does. No foreign key: to check one, SQLite
  -- would look for each new leaf through all requests.
  leaf INTEGER,
  warrant BLOB,
  -- All other fields, as JSON.
  body TEXT NOT NULL
) STRICT;

CREATE INDEX request_by_digest ON request (digest) WHERE digest IS NOT NULL;
CREATE INDEX request_live ON request (number) WHERE live = 1;

CREATE TABLE conversation (
  number INTEGER PRIMARY KEY,
  -- Platform, tenant, room and thread, as a JSON list.
  name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE chat (
  number INTEGER PRIMARY KEY,
  conversation INTEGER NOT NULL REFERENCES conversation (number),
  sender TEXT NOT NULL,
  message TEXT,
  name TEXT NOT NULL,
  at INTEGER NOT NULL,
  text TEXT NOT NULL,
  rich TEXT
) STRICT;

CREATE INDEX chat_by_conversation ON chat (conversation, number);
CREATE UNIQUE INDEX chat_by_message ON chat (conversation, sender, message) WHERE message IS NOT NULL;

-- The claims file that each key of a runner was admitted with.
CREATE TABLE runner_store (
  runner TEXT NOT NULL,
  key TEXT NOT NULL,
  store TEXT NOT NULL,
  PRIMARY KEY (runner, key)
) STRICT;

-- Keys that were added and removed between bundles. Nothing that was taken is ever forgotten.
CREATE TABLE key_change (
  number INTEGER PRIMARY KEY,
  -- The digest of the change itself: whoever signs the same once more changes nothing.
  digest BLOB NOT NULL UNIQUE CHECK (length(digest) = 32),
  -- Envelope, when it was stored, and who had signed it, as JSON.
  body TEXT NOT NULL
) STRICT;

-- The phones that can be woken. The address of each is a secret between it, its push service and this server.
CREATE TABLE device (
  number INTEGER PRIMARY KEY,
  person TEXT NOT NULL,
  name TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  p256dh TEXT NOT NULL,
  auth TEXT NOT NULL,
  -- Milliseconds.
  added INTEGER NOT NULL,
  UNIQUE (person, name)
) STRICT;

-- Chat accounts that people have linked to themselves. Those that the bundle names stand there, and not here.
CREATE TABLE account (
  platform TEXT NOT NULL,
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  person TEXT NOT NULL,
  -- Seconds.
  linked INTEGER NOT NULL,
  PRIMARY KEY (platform, tenant, id)
) STRICT;

-- Leaves that are stored once however often they are handed over: the digest of the object, and its leaf.
CREATE TABLE once (
  digest BLOB PRIMARY KEY CHECK (length(digest) = 32),
  leaf INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
