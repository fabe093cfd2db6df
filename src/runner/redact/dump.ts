import type { Automaton } from './automaton.ts'
import { asHex } from './readings.ts'
import { type Found, fewestOpen } from './scan.ts'

/** More code units than any line of a dump has. */
const longest = 4096

/**
 * The beginning of a line as `xxd`, `hexdump`, `od` and `openssl` dump bytes: an offset, then digits. An offset is no
 * part of what is dumped, nor is the text beside it.
 */
const beginning = /^[ \t]*[0-9a-f]{4,16}(:| -|)[ \t]+(?=[0-9a-f]{2})/i
/** The same while the line is not whole yet. */
const begun = /^[ \t]*[0-9a-f]{4,16}(?::| -|)[ \t]+(?=[0-9a-f])/i
/** What is no line of text alone, nor of bytes: where it begins a piece, the line before has ended. */
const unmistakable =
  /^[ \t]*(?:[0-9a-f]{4,16}: |[0-9a-f]{4} - |(?:[0-9a-f]{7,16} {2}|[0-7]{7} )[0-9a-f]{2} [0-9a-f]{2} )/i
const onlyBytes = /^[0-9a-f \t-]+$/i
/** Where the text beside the bytes begins, by what stands behind the offset. */
const besides = { ':': / {2}/, ' -': / {2}/, '': / {2}[|>]/ } as const

/** The bytes of one line, as code units from the beginning of all text to the end of the line. */
type Line = { readonly from: number; readonly to: number }

/** Reads dumps line by line, as the bytes that they show. Where a secret is among them, all of the line behind its offset is hidden. */
export class Dump {
  readonly #automaton: Automaton
  readonly #found: Found
  readonly #digits: { readonly node: number; readonly line: Line }[] = []
  #line = ''
  /** Code units of the line, kept or not. */
  #length = 0
  /** Code units in the line that are none of its text: colours. */
  #skipped = 0

  constructor(automaton: Automaton, found: Found) {
    this.#automaton = automaton
    this.#found = found
  }

  /** A message begins here: programs that say each line by itself leave out what ends it. */
  begin(piece: string, at: number): void {
    if (begun.test(this.#line.slice(0, 64)) && unmistakable.test(piece.slice(0, 64))) this.end(at)
  }

  take(unit: number, at: number): void {
    if (unit === 0x0a) {
      this.end(at)
      return
    }
    if (this.#length < longest) this.#line += String.fromCharCode(unit)
    this.#length++
  }

  /** A code unit that is none of the line's text. */
  skip(): void {
    this.#skipped++
  }

  /** Where a line or lines stand that may go on to show a secret; `at` is the end of the text so far. */
  openFrom(at: number): number | undefined {
    const depth = this.#automaton.depth(this.#digits.at(-1)?.node ?? 0)
    if (depth >= fewestOpen) return this.#digits.at(-depth)?.line.from
    const head = this.#length < longest ? begun.exec(this.#line.slice(0, 64))?.[0] : undefined
    return head === undefined ? undefined : at - this.#length - this.#skipped + (this.#skipped > 0 ? 0 : head.length)
  }

  /** The line ends before `at`. */
  end(at: number): void {
    const line = this.#line.replace(/\r$/, '')
    const isColoured = this.#skipped > 0
    const from = at - this.#length - this.#skipped
    const whole = this.#length < longest
    this.#line = ''
    this.#length = 0
    this.#skipped = 0
    if (whole && line === '*') return
    const head = whole ? beginning.exec(line) : null
    const rest = line.slice(head?.[0].length ?? 0)
    const beside = besides[(head?.[1] ?? '') as keyof typeof besides].exec(rest)?.index
    const bytes = rest.slice(0, beside)
    if (!head || !onlyBytes.test(bytes)) {
      this.#digits.length = 0
      return
    }
    // Colours stand anywhere in a line: all of that goes.
    const place = isColoured ? { from, to: at } : { from: from + head[0].length, to: from + line.length }
    for (let index = 0; index < bytes.length; index++) {
      const digit = asHex(bytes.charCodeAt(index), 0)
      if (digit >= 0) this.#digit(digit, place)
    }
  }

  #digit(digit: number, line: Line): void {
    const node = this.#automaton.step(this.#digits.at(-1)?.node ?? 0, digit)
    this.#digits.push({ node, line })
    const [hit] = this.#automaton.hits(node)
    if (hit)
      for (const { from, to } of new Set(this.#digits.slice(-hit.length).map((one) => one.line))) this.#found(from, to)
    const depth = this.#automaton.depth(node)
    if (this.#digits.length > 2 * depth + 1024) this.#digits.splice(0, this.#digits.length - depth - 1)
  }
}
