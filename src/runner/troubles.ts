import { cut } from '#core/text/cut.ts'
import { demandRoom } from '#disk/room.ts'
import { type FromRunner, longestTrouble, mostTroubles } from '#wire/runner.ts'
import type { Link } from './link.ts'
import type { Plugins } from './plugins.ts'
import { sentenceOf } from './sentence.ts'
import type { Time } from './time.ts'

export type TroublesOf = {
  /** Where the runner writes. */
  readonly folder: string
  readonly time: Pick<Time, 'look'>
  readonly plugins: Pick<Plugins, 'refused' | 'redactor'>
  readonly link: Pick<Link, 'admitted' | 'redial'>
  readonly send: (message: FromRunner) => void
}

/** What keeps a runner from its work: its clock, its disk, its plugins. The server is told, to show it, where it has changed. */
export class Troubles {
  readonly #of: TroublesOf
  /** What could not be written, and why. */
  #broken: string | undefined
  /** How little room there is left. */
  #scarce: string | undefined
  #clockWasWrong = false
  /** What the server was told on this link. */
  #told: string | undefined

  constructor(of: TroublesOf) {
    this.#of = of
  }

  /** Whether a write has failed: then nothing more is written until a restart. */
  get hasBroken(): boolean {
    return this.#broken !== undefined
  }

  /** A write has failed. */
  broke(why: string): void {
    this.#broken = why
    this.look()
  }

  /** A disk that is nearly full is told before a write fails. */
  lookForRoom(): void {
    try {
      demandRoom(this.#of.folder)
      this.#scarce = undefined
    } catch (error) {
      this.#scarce = sentenceOf(error)
    }
  }

  /** The link is a new one: nothing was told on it. */
  tellAnew(): void {
    this.#told = undefined
    this.look()
  }

  /** Looks how it stands; called every second. */
  look(): void {
    const { time, plugins, link, send } = this.#of
    const clock = time.look()
    // What was refused while the clock was wrong is offered again to who dials anew.
    if (this.#clockWasWrong && clock === undefined) link.redial()
    this.#clockWasWrong = clock !== undefined
    const all = [clock ?? [], this.#broken ?? this.#scarce ?? [], plugins.refused].flat()
    all.splice(mostTroubles)
    const troubles = all.map((text) => cut(plugins.redactor.text(text), longestTrouble))
    const told = JSON.stringify(troubles)
    if (told === this.#told || !link.admitted) return
    this.#told = told
    send({ type: 'state', troubles })
  }
}
