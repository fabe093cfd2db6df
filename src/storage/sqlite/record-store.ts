import { dirname } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import type { KeptKeyChange } from '#core/bundle/key-change.ts'
import { demandRoom } from '#disk/room.ts'
import { writing } from '#disk/write-error.ts'
import type { Account, Conversation } from '#engine/platform.ts'
import type { Request } from '#engine/request/request.ts'
import type { Change, Leaf, RecordStore, Seal, Stored } from '#engine/store.ts'
import { numberOf, textOf } from './columns.ts'
import { SqliteKeyChanges } from './key-changes.ts'
import type { SqliteLog } from './log.ts'
import { fromColumns, isWarrantOf, saidKey, toColumns } from './request-row.ts'
import { transaction } from './transaction.ts'

/** Requests and log in one database: what belongs together is one transaction. */
export class SqliteRecordStore implements RecordStore {
  readonly #db: DatabaseSync
  readonly #log: SqliteLog
  readonly #keyChanges: SqliteKeyChanges
  readonly #appended: () => void
  readonly #statements: ReturnType<typeof prepare>

  /** @param appended called after each commit that made the log longer */
  constructor(db: DatabaseSync, log: SqliteLog, appended: () => void) {
    this.#db = db
    this.#log = log
    this.#keyChanges = new SqliteKeyChanges(db)
    this.#appended = appended
    this.#statements = prepare(db)
  }

  async commit(
    changes: readonly Change[],
    note: (size: number, root: Uint8Array) => string,
  ): Promise<readonly Stored[]> {
    const { stored, growth } = this.#write(() => {
      const leaves: Leaf[] = []
      const stored = changes.map((change) => this.#store(change, leaves))
      return { stored, growth: leaves.length > 0 ? this.#log.append(leaves, note) : undefined }
    })
    if (growth) {
      this.#log.accept(growth)
      this.#appended()
    }
    return stored
  }

  async prove(): Promise<void> {
    const file = this.#db.location()
    if (file) demandRoom(dirname(file))
    // Its own version over itself: a page of the file is written and synced as with any other commit.
    const { user_version: version } = this.#statements.version.get() ?? {}
    this.#write(() => this.#db.exec(`PRAGMA user_version = ${Number(version)}`))
  }

  async find(id: string): Promise<Request | undefined> {
    const row = this.#statements.byId.get(Buffer.from(id, 'hex'))
    return row && fromColumns(row)
  }

  async ofMessage(conversation: Conversation, account: Account, message: string): Promise<Request | undefined> {
    const row = this.#statements.bySaid.get(saidKey(conversation, account, message))
    return row && fromColumns(row)
  }

  async ofDigest(digest: string): Promise<Request | undefined> {
    const row = this.#statements.byDigest.get(Buffer.from(digest, 'hex'))
    return row && fromColumns(row)
  }

  async live(): Promise<readonly Request[]> {
    return this.#statements.live.all().map(fromColumns)
  }

  async wordsSince(since: number): Promise<ReadonlyMap<string, number>> {
    const rows = this.#statements.words.all(since)
    return new Map(rows.reverse().map((row) => [textOf(row, 'word'), Number(row.ended)]))
  }

  async keyChanges(): Promise<readonly KeptKeyChange[]> {
    return this.#keyChanges.all()
  }

  async doneSince(since: number): Promise<readonly Request[]> {
    return this.#statements.doneSince.all(since).map(fromColumns)
  }

  async seal(): Promise<Seal | undefined> {
    return this.#log.seal()
  }

  #write<T>(work: () => T): T {
    return writing(this.#db.location() ?? 'the database', () => transaction(this.#db, work))
  }

  /** @param leaves those that this transaction appends; the change's own is added where it holds */
  #store(change: Change, leaves: Leaf[]): Stored {
    const index = this.#log.size + leaves.length
    if (change.once !== undefined) {
      const known = this.#statements.once.get(Buffer.from(change.once, 'hex'))
      if (known) return { stored: false, index: numberOf(known, 'leaf') }
      this.#statements.addOnce.run(Buffer.from(change.once, 'hex'), index)
    }
    if (!this.#compareAndSet(change, index)) return { stored: false }
    if (change.keyChange && !this.#keyChanges.add(change.keyChange)) return { stored: false }
    if (!change.leaf) return { stored: true }
    leaves.push(change.leaf)
    return { stored: true, index }
  }

  #compareAndSet({ from, request, leaf }: Change, index: number): boolean {
    if (!from && !request) return true
    if (!from || !request) throw new TypeError('a change has both what was stored and what shall be, or neither')
    const columns = {
      ...toColumns(request),
      ...(isWarrantOf(leaf, request) && { leaf: index, warrant: null }),
    }
    const { add, set } = this.#statements
    if (from.state === 'new') return add.run(columns).changes === 1
    return set.run({ ...columns, from: from.state, before: from.generation }).changes === 1
  }
}

const read = 'SELECT request.*, leaf.entry FROM request LEFT JOIN leaf ON leaf.number = request.leaf'

const prepare = (db: DatabaseSync) => ({
  version: db.prepare('PRAGMA user_version'),
  byId: db.prepare(`${read} WHERE request.id = ?`),
  bySaid: db.prepare(`${read} WHERE request.said = ?`),
  byDigest: db.prepare(`${read} WHERE request.digest = ?`),
  live: db.prepare(`${read} WHERE request.live = 1 ORDER BY request.number`),
  // No request lives longer than a few hours: the newest rows hold all that ended lately.
  words: db.prepare(`
    SELECT word, ended FROM (
      SELECT number, body ->> 'word' AS word, body ->> 'endedAt' AS ended FROM request
      WHERE live = 0 ORDER BY number DESC LIMIT 10000)
    WHERE word IS NOT NULL AND ended >= ?`),
  doneSince: db.prepare(`
    ${read} WHERE request.number IN (SELECT number FROM request WHERE live = 0 ORDER BY number DESC LIMIT 10000)
      AND request.state = 'done' AND request.body ->> 'consents' IS NOT NULL AND request.body ->> 'endedAt' >= ?
    ORDER BY request.number`),
  once: db.prepare('SELECT leaf FROM once WHERE digest = ?'),
  addOnce: db.prepare('INSERT INTO once (digest, leaf) VALUES (?, ?)'),
  add: db.prepare(`
    INSERT INTO request (id, said, state, generation, live, digest, statement, leaf, warrant, body)
    VALUES (:id, :said, :state, :generation, :live, :digest, :statement, :leaf, :warrant, :body)
    ON CONFLICT DO NOTHING`),
  // What a leaf holds is not stored a second time, and stays what it is.
  set: db.prepare(`
    UPDATE request SET said = :said, state = :state, generation = :generation, live = :live, digest = :digest,
      statement = :statement, leaf = :leaf, body = :body,
      warrant = CASE WHEN leaf = :leaf AND warrant IS NULL THEN NULL ELSE :warrant END
    WHERE id = :id AND state = :from AND generation = :before`),
})
