import type { Automaton } from './automaton.ts'
import { between, mayBeUndone, type Reading } from './readings.ts'

/** Hears where a secret stands, in UTF-16 code units from the beginning of all text. */
export type Found = (from: number, to: number) => void

/** Fewer digits than these, with something between or behind them, are no beginning of a secret that is waited for. */
export const fewestOpen = 4

type Digit = { readonly node: number; readonly at: number; readonly afterGap: boolean }

/** Goes through a text, in whatever pieces it comes, and finds secrets as one reading of it shows them. */
export class Scan {
  readonly #automaton: Automaton
  readonly #reading: Reading
  readonly #found: Found
  /** The last digits, at least as many as are known to begin a secret. */
  readonly #digits: Digit[] = []
  #before = 0
  /** What stands behind the last digit. */
  #since: 'nothing' | 'gap' | 'line' | 'skipped' = 'nothing'

  constructor(automaton: Automaton, reading: Reading, found: Found) {
    this.#automaton = automaton
    this.#reading = reading
    this.#found = found
  }

  take(unit: number, at: number): void {
    const read = this.#reading(unit, this.#before)
    this.#before = unit
    if (read >= 0) this.#digit(read, at)
    else if (read === between.stop) this.reset()
    else {
      if (read === between.undo || read === between.undoLine) this.#digits.pop()
      if (read === between.line || read === between.undoLine) this.#since = 'line'
      else if (this.#since !== 'line') this.#since = read === between.gap ? 'gap' : 'skipped'
    }
  }

  reset(): void {
    this.#digits.length = 0
    this.#since = 'nothing'
  }

  /** Where the longest text stands that may go on to be a secret. @param least digits that are waited for */
  openFrom(least: number): number | undefined {
    const open = [this.#openAt(this.#digits.length, least)]
    if (mayBeUndone(this.#before)) open.push(this.#openAt(this.#digits.length - 1, least))
    const from = Math.min(...open.filter((at) => at !== undefined))
    return Number.isFinite(from) ? from : undefined
  }

  /** @param count digits that are read, so far as they are still known */
  #openAt(count: number, least: number): number | undefined {
    const last = this.#digits[count - 1]
    if (!last) return undefined
    const depth = this.#automaton.depth(last.node)
    const first = this.#digits[count - depth]
    if (depth === 0 || !first) return undefined
    const unbroken = this.#since === 'nothing' && last.at - first.at === depth - 1
    return depth >= (unbroken ? least : Math.max(least, fewestOpen)) ? first.at : undefined
  }

  #digit(digit: number, at: number): void {
    const afterGap = this.#since === 'gap'
    // No secret goes on behind a gap where none has one.
    if (afterGap && this.#automaton.gaps === 0) this.reset()
    this.#since = 'nothing'
    const node = this.#automaton.step(this.#digits.at(-1)?.node ?? 0, digit)
    this.#digits.push({ node, at, afterGap })
    for (const { length, gaps } of this.#automaton.hits(node)) {
      if (this.#automaton.gaps > 0 && this.#gapsIn(length) > gaps) continue
      this.#found(this.#digits.at(-length)?.at ?? at, at + 1)
      break
    }
    // One more than is read may have to be taken back.
    const depth = this.#automaton.depth(node)
    if (this.#digits.length > 2 * depth + 1024) this.#digits.splice(0, this.#digits.length - depth - 2)
  }

  #gapsIn(length: number): number {
    let gaps = 0
    for (let index = this.#digits.length - length + 1; index < this.#digits.length; index++) {
      if (this.#digits[index]?.afterGap) gaps++
    }
    return gaps
  }
}
