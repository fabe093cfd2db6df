import { Bucket, type Rate } from './bucket.ts'

/** Buckets that are kept apart; whoever comes beyond that shares one. */
const mostApart = 16_384
/** Milliseconds between two looks at which are full: a flood of new keys does not pay for it with each. */
const sweepEvery = 1000

/**
 * One bucket for each person, source or runner. They outlive connections: whoever comes back finds what they left. Only a full
 * one is forgotten, which a new one equals; so memory is bounded, and nothing is gained by leaving.
 */
export class Buckets {
  readonly #rate: Rate
  readonly #clock: () => number
  readonly #byKey = new Map<string, Bucket>()
  readonly #shared: Bucket
  #sweptAt = 0

  /** @param clock milliseconds */
  constructor(rate: Rate, clock: () => number) {
    this.#rate = rate
    this.#clock = clock
    this.#shared = new Bucket(rate, clock)
  }

  of(key: string): Bucket {
    const known = this.#byKey.get(key)
    if (known) return known
    this.#sweep()
    if (this.#byKey.size >= mostApart) return this.#shared
    const made = new Bucket(this.#rate, this.#clock)
    this.#byKey.set(key, made)
    return made
  }

  #sweep(): void {
    const now = this.#clock()
    if (Math.abs(now - this.#sweptAt) < sweepEvery) return
    this.#sweptAt = now
    for (const [key, bucket] of this.#byKey) if (bucket.isFull) this.#byKey.delete(key)
  }
}
