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
