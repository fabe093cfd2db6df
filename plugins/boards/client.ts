import { type Secret, Vendor, type z } from 'foobot'
import { board, type Card, cardFields, cards, failure, labels, type Member, members } from './wire.ts'

/** Cards that Trello gives at once, at most. */
const pageSize = 1000
/** Milliseconds of the window in which Trello counts requests: it does not say when to come again. */
const window = 10_000

export type TrelloOptions = {
  readonly baseUrl: string
  readonly key: Secret
  readonly token: Secret
  /** Ids of the boards that are looked at. */
  readonly boards: readonly string[]
  readonly timeLimit: number
}

/** One board with everything on it that is not archived. */
export type Board = { readonly name: string; readonly members: readonly Member[]; readonly cards: readonly Card[] }

/** Trello's REST API, as far as these commands need it: reading. */
export class Trello {
  readonly #vendor: Vendor
  readonly #boards: readonly string[]

  constructor({ baseUrl, key, token, boards, timeLimit }: TrelloOptions) {
    this.#boards = boards
    this.#vendor = new Vendor({
      name: 'Trello',
      baseUrl,
      // In a header, as the authorization guide allows: in an address it would stand in logs.
      headers: () => ({
        authorization: `OAuth oauth_consumer_key="${key.reveal()}", oauth_token="${token.reveal()}"`,
      }),
      refusal: (body, text) => failure.safeParse(body).data?.message ?? lineIn(text),
      again: () => window,
      timeLimit,
    })
  }

  boards(signal: AbortSignal): Promise<readonly Board[]> {
    return Promise.all(
      this.#boards.map(async (id) => {
        const { name } = await this.#get(id, '', { fields: 'name' }, board, signal)
        const people = await this.#get(id, '/members', { fields: 'fullName,username' }, members, signal)
        return { name, members: people, cards: await this.#cards(id, signal) }
      }),
    )
  }

  /** The names of all labels, without those that have only a colour. */
  async labels(signal: AbortSignal): Promise<readonly string[]> {
    const all = await Promise.all(
      this.#boards.map((id) => this.#get(id, '/labels', { fields: 'name', limit: pageSize }, labels, signal)),
    )
    return all.flat().flatMap(({ name }) => (name === '' ? [] : [name]))
  }

  /** The newest first, a page at a time: an id begins with when it was made, and the next page lies before the oldest. */
  async #cards(id: string, signal: AbortSignal): Promise<readonly Card[]> {
    const all = new Map<string, Card>()
    for (let before: string | undefined; ; ) {
      const page = await this.#get(id, '/cards', { fields: cardFields, limit: pageSize, before }, cards, signal)
      const known = all.size
      for (const card of page) all.set(card.id, card)
      if (page.length < pageSize || all.size === known) return [...all.values()]
      before = page.reduce((oldest, card) => (card.id < oldest ? card.id : oldest), page[0]?.id ?? '')
    }
  }

  async #get<T>(
    id: string,
    path: string,
    query: Readonly<Record<string, string | number | undefined>>,
    schema: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const missing = `Trello has no board ${id} that we may see: tell an administrator to look at "boards".`
    const answer = await this.#vendor.ask('GET', `/1/boards/${encodeURIComponent(id)}${path}`, {
      query,
      signal,
      missing,
    })
    return answer.json(schema)
  }
}

/** Most refusals are a line of text; a page that somebody in between has sent is none. */
const lineIn = (text: string): string | undefined => (/^[^\n<>]{1,200}$/.test(text.trim()) ? text.trim() : undefined)
