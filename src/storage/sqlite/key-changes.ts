import type { DatabaseSync } from 'node:sqlite'
import { keptKeyChange } from '#core/bundle/kept-key-change.ts'
import { type KeptKeyChange, kindOfChange } from '#core/bundle/key-change.ts'
import { FoobotError } from '#core/errors.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import { textOf } from './columns.ts'

/** The keys that were added and removed, in the transaction of whoever stores them. */
export class SqliteKeyChanges {
  readonly #statements: ReturnType<typeof prepare>

  constructor(db: DatabaseSync) {
    this.#statements = prepare(db)
  }

  /** False where this change is there already; signed by others, it takes the place of the one that is there. */
  add(change: KeptKeyChange): boolean {
    const { digest } = readEnvelope(kindOfChange(change.envelope), change.envelope)
    return this.#statements.add.run(Buffer.from(digest, 'hex'), JSON.stringify(change)).changes === 1
  }

  /** @throws FoobotError `data-damaged` */
  all(): readonly KeptKeyChange[] {
    return this.#statements.all.all().map((row) => {
      const read = keptKeyChange.safeParse(JSON.parse(textOf(row, 'body')))
      if (!read.success) throw new FoobotError('data-damaged', `a key change is not what was stored: ${read.error}`)
      return read.data
    })
  }
}

const prepare = (db: DatabaseSync) => ({
  add: db.prepare(`
    INSERT INTO key_change (digest, body) VALUES (?, ?)
    ON CONFLICT (digest) DO UPDATE SET body = excluded.body WHERE body ->> '$.by' <> excluded.body ->> '$.by'`),
  all: db.prepare('SELECT body FROM key_change ORDER BY number'),
})
