import type { DatabaseSync } from 'node:sqlite'
import type { Row } from './schema.ts'
import { fill } from './seed.ts'

const tables = `
  CREATE TABLE IF NOT EXISTS records (id TEXT PRIMARY KEY, kind TEXT NOT NULL, fields TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS records_kind ON records (kind, id);
  CREATE TABLE IF NOT EXISTS sessions (token TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT;
`

/** Records of all kinds in their database, filled when it is first opened. */
export class Store {
  readonly #database: DatabaseSync
  readonly #read = new Map<string, ReadonlyMap<string, Row>>()

  /** @param more leads beside the first */
  constructor(database: DatabaseSync, more: number) {
    this.#database = database
    database.exec(tables)
    if (!database.prepare('SELECT 1 FROM records').get()) {
      database.exec('BEGIN')
      const insert = database.prepare('INSERT INTO records VALUES (?, ?, ?)')
      fill(new Date().getUTCFullYear(), more, (kind, row) => void insert.run(row.Id, kind, JSON.stringify(row)))
      database.exec('COMMIT')
    }
  }

  all(kind: string): readonly Row[] {
    return [...this.#of(kind).values()]
  }

  one(kind: string, id: string): Row | undefined {
    return this.#of(kind).get(id)
  }

  /** No query changes a record: they are read once. */
  #of(kind: string): ReadonlyMap<string, Row> {
    const known = this.#read.get(kind)
    if (known) return known
    const rows = this.#database.prepare('SELECT id, fields FROM records WHERE kind = ? ORDER BY id').all(kind)
    const read = new Map(rows.map(({ id, fields }) => [String(id), JSON.parse(String(fields)) as Row]))
    this.#read.set(kind, read)
    return read
  }

  /** @param until milliseconds */
  begin(token: string, until: number): void {
    this.#database.prepare('INSERT INTO sessions VALUES (?, ?)').run(token, until)
  }

  hasSession(token: string, now: number): boolean {
    const row = this.#database.prepare('SELECT until FROM sessions WHERE token = ?').get(token)
    return row !== undefined && Number(row.until) > now
  }
}
