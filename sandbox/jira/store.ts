import type { DatabaseSync } from 'node:sqlite'

/** Issues of one project in their database. What was sent is kept as it came. */
export class Store {
  readonly #database: DatabaseSync
  readonly #first: number

  constructor(database: DatabaseSync, first: number) {
    this.#database = database
    this.#first = first
    database.exec('CREATE TABLE IF NOT EXISTS issues (number INTEGER PRIMARY KEY, fields TEXT NOT NULL) STRICT')
  }

  /** Gives the number of the new one. */
  add(fields: unknown): number {
    const last = this.#database.prepare('SELECT max(number) AS number FROM issues').get()
    const number = last?.number ? Number(last.number) + 1 : this.#first
    this.#database.prepare('INSERT INTO issues VALUES (?, ?)').run(number, JSON.stringify(fields))
    return number
  }

  fields(number: number): unknown {
    const row = this.#database.prepare('SELECT fields FROM issues WHERE number = ?').get(number)
    return row && JSON.parse(String(row.fields))
  }
}
