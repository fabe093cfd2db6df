/** Milliseconds of the window that slides. */
const window = 5 * 60_000

/** Counts requests as the vendor does: so many in any five minutes. */
export class RateLimit {
  readonly #most: number
  readonly #at: number[] = []

  constructor(most: number) {
    this.#most = most
  }

  /** Counts one request, and gives the headers of its answer. */
  take(now: number): { readonly allowed: boolean; readonly headers: Readonly<Record<string, string>> } {
    while ((this.#at[0] ?? now) <= now - window) this.#at.shift()
    const allowed = this.#at.length < this.#most
    if (allowed) this.#at.push(now)
    return {
      allowed,
      headers: {
        'x-ratelimit-limit': String(this.#most),
        'x-ratelimit-remaining': String(this.#most - this.#at.length),
        'x-ratelimit-reset': String(Math.ceil(((this.#at[0] ?? now) + window) / 1000)),
      },
    }
  }
}
