import type { DatabaseSync } from 'node:sqlite'
import type { AwaitedRunners } from '#engine/store.ts'
import { textOf } from './columns.ts'

/** The runners that have not handed in yet what they know of the log before. */
export class SqliteAwaitedRunners implements AwaitedRunners {
  readonly #statements: ReturnType<typeof prepare>

  constructor(db: DatabaseSync) {
    this.#statements = prepare(db)
  }

  async all(): Promise<readonly string[]> {
    return this.#statements.all.all().map((row) => textOf(row, 'runner'))
  }

  async forget(runner: string): Promise<boolean> {
    return Number(this.#statements.forget.run(runner).changes) > 0
  }
}

const prepare = (db: DatabaseSync) => ({
  all: db.prepare('SELECT runner FROM awaited_runner ORDER BY runner'),
  forget: db.prepare('DELETE FROM awaited_runner WHERE runner = ?'),
})
