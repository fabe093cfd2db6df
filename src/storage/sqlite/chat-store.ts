import type { DatabaseSync } from 'node:sqlite'
import type { Conversation } from '#engine/platform.ts'
import type { Appended, ChatEntry, ChatPage, ChatStore, PageOf } from '#engine/store.ts'
import { numberOf, type Row, textOf } from './columns.ts'
import { transaction } from './transaction.ts'

type Waiting = {
  readonly entry: ChatEntry
  readonly resolve: (appended: Appended) => void
  readonly reject: (error: unknown) => void
}

/** What was said. Entries of one turn of the event loop share one durable write. */
export class SqliteChatStore implements ChatStore {
  readonly #db: DatabaseSync
  readonly #statements: ReturnType<typeof prepare>
  #waiting: Waiting[] = []

  constructor(db: DatabaseSync) {
    this.#db = db
    this.#statements = prepare(db)
  }

  append(entry: ChatEntry): Promise<Appended> {
    if (this.#waiting.length === 0) setImmediate(() => this.flush())
    return new Promise((resolve, reject) => this.#waiting.push({ entry, resolve, reject }))
  }

  async page(conversation: Conversation, { before = afterAll, count, bytes }: PageOf): Promise<ChatPage> {
    this.flush()
    const where = nameOf(conversation)
    const sizes = this.#statements.sizes.all(where, before, count + 1)
    const fitting = countFitting(sizes.slice(0, count), bytes)
    const rows = this.#statements.last.all(where, before, fitting)
    const entries = rows.map((row) => ({ place: numberOf(row, 'number'), entry: fromRow(conversation, row) })).reverse()
    return { entries, hasOlder: sizes.length > fitting }
  }

  /** Writes what waits. */
  flush(): void {
    const waiting = this.#waiting
    if (waiting.length === 0) return
    this.#waiting = []
    try {
      const added = transaction(this.#db, () => waiting.map(({ entry }) => this.#add(entry)))
      for (const [i, { resolve }] of waiting.entries()) resolve(added[i] ?? 'new')
    } catch (error) {
      for (const { reject } of waiting) reject(error)
    }
  }

  #add({ conversation, from, name, message, at, text, rich }: ChatEntry): Appended {
    const where = nameOf(conversation)
    this.#statements.addConversation.run(where)
    if (this.#statements.add.run(where, from, message ?? null, name, at, text, rich ?? null).changes === 1) return 'new'
    const known = this.#statements.known.get(where, from, message ?? null)
    return known?.text === text ? 'known' : 'other'
  }
}

/** No entry has so high a number. */
const afterAll = Number.MAX_SAFE_INTEGER

/** How many of these, newest first, are no larger than that together; one at least. */
const countFitting = (sizes: readonly Row[], bytes: number): number => {
  let sum = 0
  const end = sizes.findIndex((row, at) => {
    sum += numberOf(row, 'bytes')
    return at > 0 && sum > bytes
  })
  return end === -1 ? sizes.length : end
}

const nameOf = ({ platform, tenant, room, thread }: Conversation): string =>
  JSON.stringify([platform, tenant, room, ...(thread === undefined ? [] : [thread])])

const fromRow = (conversation: Conversation, row: Row): ChatEntry => ({
  conversation,
  from: textOf(row, 'sender'),
  name: textOf(row, 'name'),
  ...(row.message !== null && { message: textOf(row, 'message') }),
  at: numberOf(row, 'at'),
  text: textOf(row, 'text'),
  ...(row.rich !== null && { rich: textOf(row, 'rich') }),
})

const prepare = (db: DatabaseSync) => ({
  addConversation: db.prepare('INSERT INTO conversation (name) VALUES (?) ON CONFLICT DO NOTHING'),
  add: db.prepare(`
    INSERT INTO chat (conversation, sender, message, name, at, text, rich)
    VALUES ((SELECT number FROM conversation WHERE name = ?), ?, ?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING`),
  known: db.prepare(`
    SELECT text FROM chat
    WHERE conversation = (SELECT number FROM conversation WHERE name = ?) AND sender = ? AND message = ?`),
  // The lengths alone: SQLite knows them without reading what is long.
  sizes: db.prepare(`
    SELECT octet_length(text) + octet_length(name) + COALESCE(octet_length(rich), 0) AS bytes FROM chat
    WHERE conversation = (SELECT number FROM conversation WHERE name = ?) AND number < ?
    ORDER BY number DESC LIMIT ?`),
  last: db.prepare(`
    SELECT * FROM chat WHERE conversation = (SELECT number FROM conversation WHERE name = ?) AND number < ?
    ORDER BY number DESC LIMIT ?`),
})
