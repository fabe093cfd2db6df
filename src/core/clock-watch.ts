import { type Clock, mostSkew } from './clock.ts'

/** The clock that people set, and one that only counts what passes, from wherever it began. Both in milliseconds. */
export type Clocks = { readonly wall: Clock; readonly monotonic: Clock }

/** A time must have kept step for so long before it is written down as one that was seen. */
const confirmedAfter = 60_000
/** A clock that jumped is believed again once it has kept step for so long where it is now. */
const settledAfter = 5 * 60_000
/** How often the beginning of the comparison moves on, so that the small corrections of a time service never add up. */
const movesOnAfter = 60 * 60_000

/** What one look at the clocks shows. */
export type ClockLook = {
  /** Milliseconds since 1970. */
  readonly now: number
  /** Seconds that the clock jumped, positive where it went ahead: until it is believed again, nothing is decided by it. */
  readonly jumped?: number
  /** The time has kept step for long enough to be remembered for good. */
  readonly isConfirmed: boolean
}

type Moment = { readonly wall: number; readonly monotonic: number }

/**
 * Holds the wall clock against monotonic time. One that leaves it by more than `mostSkew` is wrong until it is back, or
 * until it has kept step where it is for five minutes: so a machine that was suspended, whose monotonic time stood still,
 * comes back by itself. Whoever moves the clock gains nothing by waiting: a time below the highest one that was confirmed
 * stays refused.
 */
export class ClockWatch {
  readonly #clocks: Clocks
  /** Where the comparison begins. */
  #begin: Moment
  /** Monotonic: since when the time has kept step. */
  #since: number
  /** Where the clock was first seen after it jumped. */
  #jumped: Moment | undefined

  constructor(clocks: Clocks) {
    this.#clocks = clocks
    this.#begin = this.#moment()
    this.#since = this.#begin.monotonic
  }

  look(): ClockLook {
    const at = this.#moment()
    if (keepsStep(this.#begin, at)) {
      this.#jumped = undefined
      if (at.monotonic - this.#begin.monotonic >= movesOnAfter) this.#begin = at
      return { now: at.wall, isConfirmed: at.monotonic - this.#since >= confirmedAfter }
    }
    if (!this.#jumped || !keepsStep(this.#jumped, at)) this.#jumped = at
    const { monotonic: since } = this.#jumped
    if (at.monotonic - since < settledAfter) {
      return { now: at.wall, jumped: Math.round(gap(this.#begin, at) / 1000), isConfirmed: false }
    }
    this.#begin = at
    this.#since = since
    this.#jumped = undefined
    return { now: at.wall, isConfirmed: true }
  }

  /** Why nothing may be decided by the clock now; undefined where it is right. */
  wrong(): string | undefined {
    const { jumped } = this.look()
    return jumped === undefined ? undefined : jumpText(jumped)
  }

  #moment(): Moment {
    return { wall: this.#clocks.wall(), monotonic: this.#clocks.monotonic() }
  }
}

/** Milliseconds by which the wall clock has gone further than time has. */
const gap = (from: Moment, to: Moment): number => to.wall - from.wall - (to.monotonic - from.monotonic)

const keepsStep = (from: Moment, to: Moment): boolean => Math.abs(gap(from, to)) <= mostSkew * 1000

const jumpText = (seconds: number): string =>
  `the machine’s clock jumped ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead' : 'back'}: set it right. It is believed again when it is back, or has kept step for ${settledAfter / 60_000} minutes`
