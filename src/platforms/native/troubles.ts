import { Tally } from '#bounds/tally.ts'
import { cut } from '#core/text/cut.ts'

export type Log = { warn(fields: Readonly<Record<string, unknown>>, message: string): void }

/** Milliseconds in which one kind of trouble with one person or room is written once. */
const period = 60_000
/** Characters of an error that are written: it may repeat what a client sent. */
const mostOfError = 300

/** What a client can bring about again and again: written to the log once for a while, and counted. */
export class Troubles {
  readonly #log: Log
  readonly #tally: Tally

  /** @param clock milliseconds */
  constructor(log: Log, clock: () => number) {
    this.#log = log
    this.#tally = new Tally(period, clock)
  }

  /** @param about with whom, or where */
  warn(about: Readonly<Record<string, string>>, error: unknown, message: string): void {
    const again = this.#tally.say(JSON.stringify([message, about.person ?? about.room]))
    if (again === undefined) return
    const fields = { ...about, error: cut(String(error), mostOfError), ...(again > 0 && { again }) }
    this.#log.warn(fields, message)
  }
}
