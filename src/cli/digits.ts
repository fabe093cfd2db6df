import { randomInt } from 'node:crypto'

/** Numbers that may be wrong before nothing is done. */
const attempts = 3

/** Four digits that nobody can foresee. */
export const drawDigits = (): string => String(randomInt(10_000)).padStart(4, '0')

/** What became of an answer. */
export type Verdict = 'yes' | 'no' | 'again'

/**
 * A question to which yes is a number that is drawn here, now: it stands nowhere but in the question, below all that there
 * is to read, so nothing that was typed or pasted before, and nobody who does not see the question, can have answered it.
 */
export class DigitsQuestion {
  readonly #verb: string
  readonly #draw: () => string
  #digits: string
  #wrong = 0

  /** @param verb what a yes does: `sign it` */
  constructor(verb: string, draw = drawDigits) {
    this.#verb = verb
    this.#draw = draw
    this.#digits = draw()
  }

  get prompt(): string {
    return `Type ${this.#digits} to ${this.#verb}, or n: `
  }

  /** An empty line, `n` and other words are a no; so is the third wrong number. */
  take(answer: string): Verdict {
    if (answer === this.#digits) return 'yes'
    this.#wrong += 1
    if (!/^\d+$/.test(answer) || this.#wrong === attempts) return 'no'
    this.#digits = this.#draw()
    return 'again'
  }
}

/** Said between a wrong number and the next. */
export const wrongNumber = 'That is not the number. Here is another:'
