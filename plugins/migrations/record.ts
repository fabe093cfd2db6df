import type { DatabaseSync } from 'node:sqlite'

/** Where a database keeps which migrations it has. */
export const table = 'foobot_migrations'

/** Name to git's name of the content, in the order of names. Empty where nothing was ever applied. */
export const appliedIn = (database: DatabaseSync): ReadonlyMap<string, string> => {
  const there = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(table)
  const rows = there ? database.prepare(`SELECT name, blob FROM ${table} ORDER BY name`).all() : []
  return new Map(rows.map(({ name, blob }) => [String(name), String(blob)]))
}

export const makeTable = (database: DatabaseSync): void =>
  database.exec(`CREATE TABLE IF NOT EXISTS ${table} (
    name TEXT PRIMARY KEY, blob TEXT NOT NULL, git_commit TEXT NOT NULL, request TEXT NOT NULL, at TEXT NOT NULL
  ) STRICT`)
