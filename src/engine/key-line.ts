/** Refused changes of one person's keys that the log tells of in a day: whoever likes may hand in as many as they like. */
const mostTold = 16
const day = 24 * 3_600_000

/** Where key changes wait: each is held against all before it. */
export class KeyLine {
  #last: Promise<unknown> = Promise.resolve()
  #day = 0
  readonly #told = new Map<string, number>()

  /** Begins when all before it have come to their end, good or bad. */
  next<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work)
    this.#last = mine.then(nothing, nothing)
    return mine
  }

  /**
   * Whether the log still tells of a refused change of this person's keys today.
   * @param now milliseconds since 1970
   */
  tells(person: string, now: number): boolean {
    const today = Math.floor(now / day)
    if (today !== this.#day) this.#told.clear()
    this.#day = today
    const count = (this.#told.get(person) ?? 0) + 1
    this.#told.set(person, count)
    return count <= mostTold
  }
}

const nothing = (): void => undefined
