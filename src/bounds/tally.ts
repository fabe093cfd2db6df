type Seen = { readonly since: number; again: number }

/** Kinds that are told apart; beyond that they are told as one. */
const mostKinds = 1024
const other = 'other'

/**
 * Says something once, and then counts. What anybody can cause without end is said the first time, and once more for each period
 * with how often it came again; so it fills no log.
 */
export class Tally {
  readonly #period: number
  readonly #clock: () => number
  readonly #seen = new Map<string, Seen>()

  /** @param period milliseconds @param clock milliseconds */
  constructor(period: number, clock: () => number) {
    this.#period = period
    this.#clock = clock
  }

  /**
   * Whether to say it now.
   * @param kind what and from whom
   * @returns undefined where it is only counted; else how often it came since it was said last, apart from this time
   */
  say(kind: string): number | undefined {
    const now = this.#clock()
    const key = this.#seen.has(kind) || this.#seen.size < mostKinds ? kind : other
    const seen = this.#seen.get(key)
    if (seen && now < seen.since + this.#period && now >= seen.since) {
      seen.again++
      return undefined
    }
    this.#seen.delete(key)
    this.#forget(now)
    this.#seen.set(key, { since: now, again: 0 })
    return seen?.again ?? 0
  }

  /** What did not come for a whole period after its own: the oldest stand first. */
  #forget(now: number): void {
    for (const [kind, { since }] of this.#seen) {
      if (now < since + 2 * this.#period) return
      this.#seen.delete(kind)
    }
  }
}
