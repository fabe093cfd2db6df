import type { DatabaseSync } from 'node:sqlite'
import type { RunnerStoreIds } from '#engine/store.ts'
import { textOf } from './columns.ts'

/** Which claims file each key of a runner was admitted with. */
export class SqliteRunnerStoreIds implements RunnerStoreIds {
  readonly #statements: ReturnType<typeof prepare>

  constructor(db: DatabaseSync) {
    this.#statements = prepare(db)
  }

  async all(runner: string): Promise<readonly string[]> {
    return this.#statements.all.all(runner).map((row) => textOf(row, 'store'))
  }

  async get(runner: string, key: string): Promise<string | undefined> {
    const row = this.#statements.get.get(runner, key)
    return row && textOf(row, 'store')
  }

  async admit(runner: string, key: string, store: string): Promise<string> {
    this.#statements.admit.run(runner, key, store)
    return textOf(this.#statements.get.get(runner, key), 'store')
  }

  async reset(runner: string): Promise<boolean> {
    return Number(this.#statements.reset.run(runner).changes) > 0
  }
}

const prepare = (db: DatabaseSync) => ({
  all: db.prepare('SELECT store FROM runner_store WHERE runner = ?'),
  get: db.prepare('SELECT store FROM runner_store WHERE runner = ? AND key = ?'),
  admit: db.prepare('INSERT INTO runner_store (runner, key, store) VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
  reset: db.prepare('DELETE FROM runner_store WHERE runner = ?'),
})
