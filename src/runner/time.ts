import { toSeconds } from '#core/clock.ts'
import { type Clocks, ClockWatch } from '#core/clock-watch.ts'
import type { Claims } from './claims.ts'
import type { RunnerLogger } from './logger.ts'

/** What time it is for a runner: what its clocks show, and what it has seen before. */
export class Time {
  readonly #watch: ClockWatch
  readonly #claims: Pick<Claims, 'behind' | 'saw'>
  readonly #log: RunnerLogger
  #said: string | undefined

  constructor(clocks: Clocks, claims: Pick<Claims, 'behind' | 'saw'>, log: RunnerLogger) {
    this.#watch = new ClockWatch(clocks)
    this.#claims = claims
    this.#log = log
  }

  /** Why nothing from `member` up may be done by the clock now; undefined where it is right. */
  wrong(): string | undefined {
    return this.#watch.wrong()
  }

  /**
   * Looks at the clocks, and remembers a time that is confirmed; called every second.
   * @returns what is wrong with the clock, by itself or beside what was seen before
   */
  look(): string | undefined {
    const wrong = this.wrong()
    const { now, isConfirmed } = this.#watch.look()
    const behind = this.#claims.behind(toSeconds(now))
    if (isConfirmed && behind === undefined) this.#claims.saw(toSeconds(now))
    const why = wrong ?? (behind === undefined ? undefined : behindText(behind))
    if ((why === undefined) !== (this.#said === undefined)) {
      if (why === undefined) this.#log.info({}, 'the clock is right again')
      else this.#log.error({}, why)
    }
    this.#said = why
    return why
  }
}

const behindText = (seconds: number): string =>
  `the machine’s clock is ${seconds} s behind the highest time that this runner has seen, so everything is refused: set it right`
