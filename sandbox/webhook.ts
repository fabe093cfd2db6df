import type { DatabaseSync } from 'node:sqlite'
import type { Answer, Asked } from './route.ts'

/** Where it is said where a vendor's webhooks go: no vendor has such an address, but a page in its console. */
const address = '/-/webhook'
/** Milliseconds before a delivery that was not taken is sent again, and how often in all. */
const pauses = [0, 200, 1000, 5000, 15_000]

/** What a stand-in tells of by itself: posts to one address, one after the other, and again where it was not taken. */
export class Outgoing {
  readonly #database: DatabaseSync
  readonly #headers: (body: string) => Readonly<Record<string, string>>
  #last: Promise<void> = Promise.resolve()

  /** @param headers what proves that it is the vendor's, over the very bytes that are sent */
  constructor(database: DatabaseSync, headers: (body: string) => Readonly<Record<string, string>>) {
    this.#database = database
    this.#headers = headers
    database.exec(
      'CREATE TABLE IF NOT EXISTS webhook (one INTEGER PRIMARY KEY CHECK (one = 1), url TEXT NOT NULL) STRICT',
    )
  }

  /** The answer where somebody says where to post, by `PUT /-/webhook` `{url}`. */
  ordered({ method, path, body }: Asked): Answer | undefined {
    if (path !== address) return undefined
    const { url } = (body ?? {}) as { readonly url?: unknown }
    if (method !== 'PUT' || typeof url !== 'string' || !URL.canParse(url)) return { status: 400 }
    this.#database.prepare('INSERT OR REPLACE INTO webhook VALUES (1, ?)').run(url)
    return { status: 204 }
  }

  post(what: object): void {
    const body = JSON.stringify(what)
    this.#last = this.#last.then(() => this.#deliver(body))
  }

  async #deliver(body: string): Promise<void> {
    const found = this.#database.prepare('SELECT url FROM webhook').get()
    if (!found) return
    const headers = { 'content-type': 'application/json', ...this.#headers(body) }
    for (const pause of pauses) {
      await new Promise((resolve) => setTimeout(resolve, pause))
      const answer = await fetch(String(found.url), { method: 'POST', headers, body }).catch(() => undefined)
      if (answer && answer.status < 500 && answer.status !== 429) return
    }
    console.error(`a webhook was not taken: ${String(found.url)}`)
  }
}
