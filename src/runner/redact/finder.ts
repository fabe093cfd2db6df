import { Automaton } from './automaton.ts'
import { Dump } from './dump.ts'
import { base64Patterns, hexPatterns, textPatterns } from './encodings.ts'
import { merged, type Range } from './ranges.ts'
import { asBase64, asHex, asText } from './readings.ts'
import { fewestOpen, Scan } from './scan.ts'
import { Sequences } from './sequences.ts'

/** What a runner's secrets look like, in each reading of a text. */
export class Known {
  readonly text: Automaton
  readonly hex: Automaton
  readonly base64: Automaton

  constructor(secrets: readonly string[]) {
    const own = [...new Set(secrets)]
    this.text = new Automaton(own.flatMap(textPatterns))
    this.hex = new Automaton(own.flatMap(hexPatterns))
    this.base64 = new Automaton(own.flatMap(base64Patterns))
  }

  get isEmpty(): boolean {
    return this.text.isEmpty
  }
}

/** Finds secrets in a text that comes in pieces, in every reading of it. */
export class Finder {
  readonly #text: Scan
  /** Those that leave out the control sequences of a terminal. */
  readonly #loose: readonly Scan[]
  readonly #dump: Dump
  readonly #sequences = new Sequences()
  #at = 0
  #hidden: Range[] = []

  constructor({ text, hex, base64 }: Known) {
    const found = (from: number, to: number): void => {
      const last = this.#hidden.at(-1)
      if (last && from < last.to && last.from < to)
        this.#hidden[this.#hidden.length - 1] = { from: Math.min(from, last.from), to: Math.max(to, last.to) }
      else this.#hidden.push({ from, to })
    }
    this.#text = new Scan(text, asText, found)
    this.#loose = [new Scan(hex, asHex, found), new Scan(base64, asBase64, found), new Scan(text, asText, found)]
    this.#dump = new Dump(hex, found)
  }

  take(piece: string): void {
    this.#dump.begin(piece, this.#at)
    for (let index = 0; index < piece.length; index++, this.#at++) {
      const unit = piece.charCodeAt(index)
      this.#text.take(unit, this.#at)
      if (this.#sequences.take(unit)) {
        this.#dump.skip()
        continue
      }
      for (const scan of this.#loose) scan.take(unit, this.#at)
      this.#dump.take(unit, this.#at)
    }
  }

  end(): void {
    this.#dump.end(this.#at)
  }

  /** What is found so far, but for what lies before `from`. */
  hidden(from = 0): readonly Range[] {
    this.#hidden = merged(this.#hidden.filter(({ to }) => to > from))
    return this.#hidden
  }

  /** From here on it may still turn out to be a secret. @param least digits that are waited for */
  openFrom(least: number): number {
    const open = [
      this.#text.openFrom(least),
      ...this.#loose.map((scan) => scan.openFrom(Math.max(least, fewestOpen))),
      this.#dump.openFrom(this.#at),
    ]
    return Math.min(this.#at, ...open.filter((from) => from !== undefined))
  }
}
