import { randomInt } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'

/** What somebody posted. */
export type Post = {
  readonly id: string
  readonly text: string
  readonly link: string
  /** Milliseconds. */
  readonly at: number
}

const table = `CREATE TABLE IF NOT EXISTS posts (
  id TEXT PRIMARY KEY, network TEXT NOT NULL, text TEXT NOT NULL, link TEXT NOT NULL, at INTEGER NOT NULL, key TEXT
) STRICT`

/** The posts of all networks in their database. */
export class Posts {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
    database.exec(table)
  }

  /** @param key names it for who might send it again */
  add(network: string, text: string, link: string, key?: string): Post {
    const at = Date.now()
    const id = `${at}${String(randomInt(1_000_000)).padStart(6, '0')}`
    const sql = 'INSERT INTO posts VALUES (?, ?, ?, ?, ?, ?)'
    this.#database.prepare(sql).run(id, network, text, link, at, key ?? null)
    return { id, text, link, at }
  }

  /** The latest first, made at that time or later. */
  since(network: string, at: number, most: number): readonly Post[] {
    const sql = 'SELECT id, text, link, at FROM posts WHERE network = ? AND at >= ? ORDER BY at DESC LIMIT ?'
    return this.#database.prepare(sql).all(network, at, most) as unknown as readonly Post[]
  }

  /** Made with this key at that time or later. */
  named(network: string, key: string, at: number): Post | undefined {
    const sql = 'SELECT id, text, link, at FROM posts WHERE network = ? AND key = ? AND at >= ?'
    return this.#database.prepare(sql).get(network, key, at) as Post | undefined
  }

  /** Whether the same text was posted at that time or later. */
  has(network: string, text: string, at: number): boolean {
    const sql = 'SELECT 1 FROM posts WHERE network = ? AND text = ? AND at >= ?'
    return this.#database.prepare(sql).get(network, text, at) !== undefined
  }
}

/** The first address in a text. */
export const linkIn = (text: string): string => /https?:\/\/\S+/.exec(text)?.[0] ?? ''

/** A field of a JSON body. */
export const field = (body: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((value, name) => (value as Readonly<Record<string, unknown>> | undefined)?.[name], body)
