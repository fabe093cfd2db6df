-- Runners that have not handed in yet what they know of the log before: until they have, nobody signs in. Filled when a
-- copy is restored.
CREATE TABLE awaited_runner (
  runner TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
