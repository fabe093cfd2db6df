/** Where key changes wait: each is held against all before it. */
export class KeyLine {
  #last: Promise<unknown> = Promise.resolve()

  /** Begins when all before it have come to their end, good or bad. */
  next<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(work, work)
    this.#last = mine.then(nothing, nothing)
    return mine
  }
}

const nothing = (): void => undefined
