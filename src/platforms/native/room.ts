import type { Connection } from './connection.ts'
import { type History, readPage, type SendablePage } from './history.ts'

/** One room, and who hears it: everybody in it sees the same lines in the same order, and none twice. */
export class Room {
  readonly name: string
  readonly #history: History
  readonly #hearers = new Set<Connection>()
  /** Resolves when all that was kept so far is also shown. */
  #shown: Promise<unknown> = Promise.resolve()
  /** Resolves when nobody reads the history: what is kept meanwhile would be seen twice. */
  #read: Promise<unknown> = Promise.resolve()

  constructor(name: string, history: History) {
    this.name = name
    this.#history = history
  }

  get hearers(): ReadonlySet<Connection> {
    return this.#hearers
  }

  /** Keeps something that was said, then shows it, where it is new: in the order of the calls. */
  async post(entry: Omit<Parameters<History['append']>[0], 'room'>, show: () => void): ReturnType<History['append']> {
    const kept = this.#read.then(() => this.#history.append({ room: this.name, ...entry }))
    return this.#after(kept, (appended) => {
      if (appended === 'new') show()
      return appended
    })
  }

  /** Shows something that is not kept, after all that was said before. */
  show(show: () => void): Promise<void> {
    return this.#after(Promise.resolve(), show)
  }

  /** From now on `connection` hears the room, after the last `count` entries, which `show` gets. */
  async join(connection: Connection, count: number, show: (page: SendablePage) => void): Promise<void> {
    const reading = this.#shown.then(() => this.read({ count }))
    this.#read = both(this.#read, reading)
    const page = await reading
    if (!connection.isOpen()) return
    this.#hearers.add(connection)
    show(page)
  }

  /** The last `count` entries, or those before a place, as far as they fit one page. */
  async read(of: { readonly before?: number; readonly count: number }): Promise<SendablePage> {
    return of.count === 0 ? { history: [] } : readPage(this.#history, this.name, of)
  }

  leave(connection: Connection): void {
    this.#hearers.delete(connection)
  }

  #after<T, R>(before: Promise<T>, then: (value: T) => R): Promise<R> {
    const result = Promise.all([before, this.#shown]).then(([value]) => then(value))
    this.#shown = result.catch(() => undefined)
    return result
  }
}

/** Resolves when both have ended, however; to nothing, so that nobody keeps what was read. */
const both = async (one: Promise<unknown>, other: Promise<unknown>): Promise<void> => {
  await Promise.allSettled([one, other])
}
