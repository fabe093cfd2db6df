import { bound } from '#bounds/bound.ts'
import { Buckets } from '#bounds/buckets.ts'
import { Tally } from '#bounds/tally.ts'
import type { Clock } from '#core/clock.ts'

const anHour = 3_600_000

const ofKind = bound('told-of-a-kind', {
  most: 1,
  unit: 'times',
  perSecond: 1 / 3600,
  of: 'alarms and faults of one kind by one person or runner, in log and output',
  say: 'It is counted, and the next one says how often it came again.',
})
const refusals = bound('recorded-refusals', {
  most: 16,
  unit: 'times',
  perSecond: 1 / 3600,
  of: 'unknown commands of one person, refused yeses to one request and refused changes of one person’s keys in the log',
  say: 'It is answered and counted, and the next one that is recorded says how often it came again.',
})
const ended = bound('refused-requests', {
  most: 60,
  unit: 'requests',
  perSecond: 1,
  of: 'commands of one person that end at once, refused or failed, and are recorded',
  say: 'It is answered as any other, and not recorded.',
})

/** What anybody can cause without end is told once or a few times of each kind and source, and then counted: it fills no log. */
export class Told {
  readonly #clock: Clock
  /** One for each kind: whoever causes much of one hides nothing of another. */
  readonly #tallies = new Map<string, Tally>()
  readonly #refusals = new Map<string, Buckets>()
  readonly #ended: Buckets

  constructor(clock: Clock) {
    this.#clock = clock
    this.#ended = new Buckets(rateOf(ended), clock)
  }

  /**
   * Whether to tell it now.
   * @param kind one of a few words, none of them from outside
   * @returns what to add: how often it came again since it was told last; undefined where it is only counted
   */
  again(kind: string, source: string): string | undefined {
    const tally = this.#tallies.get(kind) ?? new Tally(anHour, this.#clock)
    this.#tallies.set(kind, tally)
    const times = tally.say(source)
    if (times !== undefined) return times === 0 ? '' : ` (and ${times} times more since this was last told)`
    ofKind.reached()
    return undefined
  }

  /** As `again`, for what people do by mistake, too: the first of it are told one by one. */
  refusal(kind: string, source: string): string | undefined {
    const rates = this.#refusals.get(kind) ?? new Buckets(rateOf(refusals), this.#clock)
    this.#refusals.set(kind, rates)
    if (rates.of(source).tryTake()) return ''
    refusals.reached()
    return this.again(kind, source)
  }

  /** Whether a request that ends at once is recorded. @param who person or account */
  recordsEnded(who: string): boolean {
    const may = this.#ended.of(who).tryTake()
    if (!may) ended.reached()
    return may
  }
}

const rateOf = ({ most, perSecond = 0 }: { readonly most: number; readonly perSecond?: number }) => ({
  most,
  perSecond,
})
