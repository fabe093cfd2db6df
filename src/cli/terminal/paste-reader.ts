import { clean } from './clean.ts'

const start = '\u001b[200~'
const end = '\u001b[201~'
/** A line end with something behind it. */
const severalLines = /[\r\n][\s\S]/
const lineEnd = /[\r\n]/
/** Ctrl-Y, Meta-Y, Ctrl-^ and Ctrl-_ bring back what was taken out of a line, which may have been pasted. */
const bringBack = ['\u0019', '\u001by', '\u001e', '\u001f']
/** Characters that nobody types between two reads, and with a line end behind them. */
const mostTyped = 256
const mostSent = 16
/** Milliseconds of silence after which a paste has ended that has no end. */
const mostSilence = 1_000

/** A piece of what a terminal sent: keys as they are; or pasted text, cleaned, on one line. */
export type Keys = { readonly type: 'typed' | 'paste'; readonly text: string }

/**
 * Tells a paste from keys. It is one where the terminal says so, by the marks of bracketed paste, and where a single read
 * holds a line end with something behind it: hands are not so fast. Nothing ends a paste but its end mark, and what
 * follows that in the same read belongs to it still: text that is pasted may hold an end mark of its own.
 */
export class PasteReader {
  readonly #now: () => number
  #isPaste = false
  /** The beginning of a mark, whose rest has not come yet. */
  #held = ''
  #readAt = 0
  #isTouched = false
  /** Something of the line being typed was read before. */
  #isBegun = false
  /** A part of a paste ended with a line feed: a space, if more comes. */
  #isBroken = false

  /** @param now milliseconds, of a clock that is never set back */
  constructor(now: () => number) {
    this.#now = now
  }

  /** The line being typed holds what was pasted, or may have been. */
  get isTouched(): boolean {
    return this.#isTouched
  }

  read(text: string): readonly Keys[] {
    const now = this.#now()
    const all = this.#held + text
    this.#held = ''
    if (now - this.#readAt > mostSilence && !all.includes(end)) this.#isPaste = false
    this.#readAt = now
    return this.#isPaste || all.includes(end) ? this.#pasteFirst(all) : this.#typedFirst(all)
  }

  /** Whether the line that ends now holds what was pasted; the next one begins. */
  lineEnded(): boolean {
    const was = this.#isTouched
    this.#isTouched = false
    this.#isBegun = false
    return was
  }

  /** All of a read in which a paste goes on or ends, save what was typed before one that begins there. */
  #pasteFirst(all: string): readonly Keys[] {
    if (!this.#isPaste) {
      const at = all.indexOf(start)
      if (at > 0 && at < all.indexOf(end)) return [...this.#typed(all.slice(0, at)), ...this.#pasteFirst(all.slice(at))]
    }
    const ended = all.lastIndexOf(end)
    this.#isPaste = ended < 0 || all.lastIndexOf(start) > ended
    const text = this.#isPaste ? this.#withoutHeld(all, end) : all
    return this.#paste(text.replaceAll(start, '').replaceAll(end, ''))
  }

  #typedFirst(all: string): readonly Keys[] {
    const at = all.indexOf(start)
    if (at < 0) return this.#typed(this.#withoutHeld(all, start))
    this.#isPaste = true
    return [...this.#typed(all.slice(0, at)), ...this.#paste(this.#withoutHeld(all.slice(at + start.length), end))]
  }

  #typed(text: string): readonly Keys[] {
    if (text === '') return []
    if (severalLines.test(text.replaceAll('\r\n', '\n'))) return this.#paste(text)
    const isSent = lineEnd.test(text) && text.length > (this.#isBegun ? mostSent : 1)
    if (isSent || text.length > mostTyped || bringBack.some((keys) => text.includes(keys))) this.#isTouched = true
    this.#isBegun = true
    return [{ type: 'typed', text }]
  }

  #paste(text: string): readonly Keys[] {
    this.#isTouched = true
    this.#isBegun = true
    const whole = (this.#isBroken ? '\n' : '') + text
    this.#isBroken = this.#isPaste && /[\r\n]$/.test(whole)
    const line = oneLine(whole)
    return line === '' ? [] : [{ type: 'paste', text: line }]
  }

  /** Keeps back what may be the beginning of a mark. */
  #withoutHeld(text: string, mark: string): string {
    for (let length = Math.min(mark.length - 1, text.length); length > 0; length -= 1) {
      if (!mark.startsWith(text.slice(-length))) continue
      this.#held = text.slice(-length)
      return text.slice(0, -length)
    }
    return text
  }
}

/** Pasted text as it stands in a line: line feeds become spaces, and what could steer a terminal is seen. */
const oneLine = (text: string): string => clean(text.replace(/[\r\n]+$/, '').replace(/[\r\n]+/g, ' '))
