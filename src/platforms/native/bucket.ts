/** How often somebody may do something: `burst` at once, and `perSecond` in the long run. */
export type Rate = { readonly burst: number; readonly perSecond: number }

/** A token bucket that may be overdrawn: who takes more than there is waits until it is paid back. */
export class Bucket {
  readonly #rate: Rate
  readonly #clock: () => number
  #tokens: number
  #at: number

  /** @param clock milliseconds */
  constructor(rate: Rate, clock: () => number) {
    this.#rate = rate
    this.#clock = clock
    this.#tokens = rate.burst
    this.#at = clock()
  }

  /** Takes one; gives the milliseconds to wait before the next, 0 where there is no need. */
  take(): number {
    const now = this.#clock()
    const { burst, perSecond } = this.#rate
    const gained = (Math.max(0, now - this.#at) * perSecond) / 1000
    this.#tokens = Math.min(burst, this.#tokens + gained) - 1
    this.#at = now
    return this.#tokens >= 0 ? 0 : Math.ceil((-this.#tokens * 1000) / perSecond)
  }
}
