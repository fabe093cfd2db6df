import type { DatabaseSync } from 'node:sqlite'
import type { AccountStore, LinkedAccount } from '#engine/store.ts'
import { numberOf, type Row, textOf } from './columns.ts'

/** The chat accounts that people have linked to themselves. */
export class SqliteAccountStore implements AccountStore {
  readonly #statements: ReturnType<typeof prepare>

  constructor(db: DatabaseSync) {
    this.#statements = prepare(db)
  }

  async all(): Promise<readonly LinkedAccount[]> {
    return this.#statements.all.all().map(fromRow)
  }

  async add({ platform, tenant, id, person, linked }: LinkedAccount): Promise<boolean> {
    return Number(this.#statements.add.run(platform, tenant, id, person, linked).changes) === 1
  }

  async forget(person: string): Promise<boolean> {
    return Number(this.#statements.forget.run(person).changes) > 0
  }
}

const fromRow = (row: Row): LinkedAccount => ({
  platform: textOf(row, 'platform'),
  tenant: textOf(row, 'tenant'),
  id: textOf(row, 'id'),
  person: textOf(row, 'person'),
  linked: numberOf(row, 'linked'),
})

const prepare = (db: DatabaseSync) => ({
  all: db.prepare('SELECT * FROM account ORDER BY rowid'),
  add: db.prepare(
    'INSERT INTO account (platform, tenant, id, person, linked) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  ),
  forget: db.prepare('DELETE FROM account WHERE person = ?'),
})
