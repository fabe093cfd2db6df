import type { Bound } from './bound.ts'
import { Buckets } from './buckets.ts'

type Waiting = { readonly isThere: () => boolean; readonly resolve: (mine: boolean) => void }

/**
 * A line for each source. Within its rate nobody waits. Beyond, whoever came last is served first, and where too many wait the
 * oldest is turned away: a flood delays itself, and somebody who comes from the same source after it still gets a turn.
 */
export class Line {
  readonly #rate: Bound
  readonly #rates: Buckets
  readonly #most: Bound
  readonly #bySource = new Map<string, Waiting[]>()

  /** @param rate turns of one source @param most how many of one source may wait @param clock milliseconds */
  constructor(rate: Bound, most: Bound, clock: () => number) {
    this.#rate = rate
    this.#rates = new Buckets({ most: rate.most, perSecond: rate.perSecond ?? 0 }, clock)
    this.#most = most
  }

  /**
   * Resolves with true when it is this one's turn, with false where it was turned away.
   * @param isThere false once nobody waits for the turn any more: none is spent on that
   */
  turn(source: string, isThere: () => boolean): Promise<boolean> {
    const waiting = this.#bySource.get(source)
    if (!waiting && this.#rates.of(source).tryTake()) return Promise.resolve(true)
    this.#rate.reached()
    return new Promise((resolve) => {
      const line = waiting ?? []
      line.push({ isThere, resolve })
      if (line.length > this.#most.most) {
        this.#most.reached()
        line.shift()?.resolve(false)
      }
      if (waiting) return
      this.#bySource.set(source, line)
      this.#serve(source, line)
    })
  }

  #serve(source: string, line: Waiting[]): void {
    const bucket = this.#rates.of(source)
    const timer = setTimeout(() => {
      let next = line.pop()
      while (next && !next.isThere()) {
        next.resolve(false)
        next = line.pop()
      }
      if (next) {
        // A clock that went back gives no turn yet: it waits on.
        if (bucket.tryTake()) next.resolve(true)
        else line.push(next)
      }
      if (line.length > 0) this.#serve(source, line)
      else this.#bySource.delete(source)
    }, bucket.untilThere())
    timer.unref()
  }
}
