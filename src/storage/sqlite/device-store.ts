import type { DatabaseSync } from 'node:sqlite'
import type { Device, DeviceStore } from '#engine/store.ts'
import { numberOf, type Row, textOf } from './columns.ts'

/** Of one person. */
const most = 8

/** The phones that can be woken. */
export class SqliteDeviceStore implements DeviceStore {
  readonly #statements: ReturnType<typeof prepare>

  constructor(db: DatabaseSync) {
    this.#statements = prepare(db)
  }

  async of(person: string): Promise<readonly Device[]> {
    return this.#statements.of.all(person).map(fromRow)
  }

  async put({ person, name, endpoint, p256dh, auth, addedAt }: Device): Promise<boolean> {
    const others = this.#statements.of.all(person).filter((row) => textOf(row, 'name') !== name)
    if (others.length >= most) return false
    this.#statements.put.run(person, name, endpoint, p256dh, auth, addedAt)
    return true
  }

  async remove(person: string, name: string): Promise<boolean> {
    return Number(this.#statements.remove.run(person, name).changes) > 0
  }
}

const fromRow = (row: Row): Device => ({
  person: textOf(row, 'person'),
  name: textOf(row, 'name'),
  endpoint: textOf(row, 'endpoint'),
  p256dh: textOf(row, 'p256dh'),
  auth: textOf(row, 'auth'),
  addedAt: numberOf(row, 'added'),
})

const prepare = (db: DatabaseSync) => ({
  of: db.prepare('SELECT * FROM device WHERE person = ? ORDER BY number'),
  put: db.prepare(`
    INSERT INTO device (person, name, endpoint, p256dh, auth, added) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (person, name) DO UPDATE SET endpoint = excluded.endpoint, p256dh = excluded.p256dh,
      auth = excluded.auth, added = excluded.added`),
  remove: db.prepare('DELETE FROM device WHERE person = ? AND name = ?'),
})
