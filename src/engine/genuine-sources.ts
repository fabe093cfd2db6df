import { bound } from '#bounds/bound.ts'
import type { Clock } from '#core/clock.ts'

const kept = bound('webhook-genuine-sources', {
  most: 4096,
  unit: 'sources',
  of: 'sources of webhooks that were genuine in the last seven days, and are served first',
  say: 'The one that was genuine longest ago is served as any other.',
})
/** Milliseconds: a system that seldom tells anything is known still. */
const lately = 7 * 24 * 3_600_000

/** From where genuine deliveries of each webhook came lately. It lives in memory: after a restart each proves itself anew. */
export class GenuineSources {
  readonly #clock: Clock
  readonly #at = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  has(path: string, source: string): boolean {
    const at = this.#at.get(keyOf(path, source))
    return at !== undefined && this.#clock() - at < lately
  }

  /** A runner has proven and taken one. */
  add(path: string, source: string): void {
    const key = keyOf(path, source)
    this.#at.delete(key)
    const [oldest] = this.#at.keys()
    if (this.#at.size >= kept.most && oldest !== undefined) {
      kept.reached()
      this.#at.delete(oldest)
    }
    this.#at.set(key, this.#clock())
  }
}

const keyOf = (path: string, source: string): string => JSON.stringify([path, source])
