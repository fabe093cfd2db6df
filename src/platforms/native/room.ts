import type { ChatMessage } from '#wire/native.ts'
import type { Connection } from './connection.ts'
import { lightened } from './lightened.ts'

/** Where what was said is kept, for who comes later. */
export interface History {
  /**
   * `known` where this message of this account is there already, `other` where one with another text is. Rejects where it
   * could not be kept.
   */
  append(entry: {
    readonly room: string
    /** The account that said it, or `foobot`. */
    readonly account: string
    /** The message's id; absent for Foobot's replies. */
    readonly message?: string
    readonly chat: ChatMessage
  }): Promise<'new' | 'known' | 'other'>
  /** The last entries of a room, oldest first. */
  last(room: string, count: number): Promise<readonly ChatMessage[]>
}

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

  /** From now on `connection` hears the room; the last `count` entries come first. */
  async join(connection: Connection, count: number): Promise<void> {
    const reading = this.#shown.then(() => (count > 0 ? this.#history.last(this.name, count) : []))
    this.#read = Promise.all([this.#read, reading]).catch(() => undefined)
    const history = await reading
    if (!connection.isOpen()) return
    this.#hearers.add(connection)
    connection.send({ type: 'joined', room: this.name, history: lightened(history) })
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
