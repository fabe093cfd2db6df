import { bound } from '#bounds/bound.ts'
import { Buckets } from '#bounds/buckets.ts'
import { Tally } from '#bounds/tally.ts'
import type { Clock } from '#core/clock.ts'

const anHour = 3_600_000

const ofKind = bound('told-of-a-kind', {
  most: 1,
  unit: 'times',
  perSecond: 1 / 3600,
  of: 'alarms, refusals and faults of one kind by one person or runner, in log and output',
  say: 'It is counted, and the next one says how often it came again.',
})
const refused = bound('refused-requests', {
  most: 60,
  unit: 'requests',
  perSecond: 1,
  of: 'commands of one person that end at once, refused or failed, and are recorded',
  say: 'It is answered as any other, and not recorded.',
})

/** What anybody can cause without end is told once of each kind and source, and then counted: it fills no log. */
export class Told {
  readonly #tally: Tally
  readonly #refused: Buckets

  constructor(clock: Clock) {
    this.#tally = new Tally(anHour, clock)
    this.#refused = new Buckets({ most: refused.most, perSecond: refused.perSecond ?? 0 }, clock)
  }

  /**
   * Whether to tell it now.
   * @returns what to add: how often it came again since it was told last; undefined where it is only counted
   */
  again(kind: string, source: string): string | undefined {
    const times = this.#tally.say(JSON.stringify([kind, source]))
    if (times !== undefined) return times === 0 ? '' : ` (and ${times} times more since this was last told)`
    ofKind.reached()
    return undefined
  }

  /** Whether a request that ends at once is recorded. @param who person or account */
  recordsRefused(who: string): boolean {
    const may = this.#refused.of(who).tryTake()
    if (!may) refused.reached()
    return may
  }
}
