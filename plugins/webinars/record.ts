import { DatabaseSync } from 'node:sqlite'

/** What is known of one post. */
export type Known =
  /** It was begun, and nobody has heard what came of it. */
  | { readonly state: 'begun'; readonly first: Date; readonly last: Date }
  | { readonly state: 'posted'; readonly url: string }

/** Which post: of which webinar and occasion, on which network. */
export type PostId = { readonly key: string; readonly network: string }

const table = `CREATE TABLE IF NOT EXISTS posts (
  key TEXT NOT NULL, network TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, url TEXT,
  webinar TEXT NOT NULL, occasion TEXT NOT NULL, PRIMARY KEY (key, network)
) STRICT`

/**
 * What was posted, in a file of the runner's own: written before a post and after it, each time down to the disk, so that a runner
 * that dies in between knows afterwards that it does not know.
 */
export class PostRecord {
  readonly #database: DatabaseSync

  /** @throws where the file cannot be opened or written */
  constructor(file: string) {
    this.#database = new DatabaseSync(file)
    this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; ${table}`)
  }

  known({ key, network }: PostId): Known | undefined {
    const sql = 'SELECT first, last, url FROM posts WHERE key = ? AND network = ?'
    const row = this.#database.prepare(sql).get(key, network)
    if (!row) return undefined
    if (row.url !== null) return { state: 'posted', url: String(row.url) }
    return { state: 'begun', first: new Date(Number(row.first)), last: new Date(Number(row.last)) }
  }

  /** Before it is posted. The first time stays: from then on it may be there. */
  begin({ key, network }: PostId, about: { readonly webinar: string; readonly occasion: string }, at: Date): void {
    const sql = 'INSERT INTO posts VALUES (?, ?, ?, ?, NULL, ?, ?) ON CONFLICT DO UPDATE SET last = excluded.last'
    this.#database.prepare(sql).run(key, network, at.getTime(), at.getTime(), about.webinar, about.occasion)
  }

  posted({ key, network }: PostId, url: string): void {
    this.#database.prepare('UPDATE posts SET url = ? WHERE key = ? AND network = ?').run(url, key, network)
  }

  /** It is certain that it is not there. */
  forget({ key, network }: PostId): void {
    this.#database.prepare('DELETE FROM posts WHERE key = ? AND network = ?').run(key, network)
  }
}
