import type { DatabaseSync } from 'node:sqlite'
import type { Conversation } from '#engine/platform.ts'
import type { Appended, ChatEntry, ChatStore } from '#engine/store.ts'
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

  async last(conversation: Conversation, count: number): Promise<readonly ChatEntry[]> {
    this.flush()
    const rows = this.#statements.last.all(nameOf(conversation), count)
    return rows.map((row) => fromRow(conversation, row)).reverse()
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
  last: db.prepare(`
    SELECT * FROM chat WHERE conversation = (SELECT number FROM conversation WHERE name = ?)
    ORDER BY number DESC LIMIT ?`),
})
