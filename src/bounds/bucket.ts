/** How often somebody may do something: `most` at once, and `perSecond` more in the long run. */
export type Rate = { readonly most: number; readonly perSecond: number }

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
    this.#tokens = rate.most
    this.#at = clock()
  }

  /**
   * Takes as much as something costs.
   * @returns the milliseconds to wait before the next; 0 where there is no need
   */
  take(cost = 1): number {
    this.#refill()
    this.#tokens -= cost
    return this.#tokens >= 0 ? 0 : Math.ceil((-this.#tokens * 1000) / this.#rate.perSecond)
  }

  /** Takes as much as something costs, where that is there; otherwise takes nothing. */
  tryTake(cost = 1): boolean {
    this.#refill()
    if (this.#tokens < cost) return false
    this.#tokens -= cost
    return true
  }

  /** Milliseconds until one is there; 0 where it is. */
  untilThere(): number {
    this.#refill()
    return Math.max(0, Math.ceil(((1 - this.#tokens) * 1000) / this.#rate.perSecond))
  }

  /** Nothing of what was taken is owed any more: a new bucket would be the same. */
  get isFull(): boolean {
    this.#refill()
    return this.#tokens >= this.#rate.most
  }

  #refill(): void {
    const now = this.#clock()
    const gained = (Math.max(0, now - this.#at) * this.#rate.perSecond) / 1000
    this.#tokens = Math.min(this.#rate.most, this.#tokens + gained)
    this.#at = now
  }
}
