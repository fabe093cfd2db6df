import { shortest } from './redact/encodings.ts'
import { Finder, Known } from './redact/finder.ts'
import { withoutForms } from './redact/forms.ts'
import type { Range } from './redact/ranges.ts'

export { shortest }

/** What stands where a secret was. */
export const mark = '[secret]'

/** Takes a runner's secrets out of whatever leaves it. */
export interface Redactor {
  /** One whole text. */
  text(text: string): string
  /** Every text in a value of plain data, read one after the other: a secret may be broken over several. */
  value<T>(value: T): T
  /** A text that comes in pieces, where a secret may be cut in two. */
  stream(least?: number): RedactedStream
}

export type RedactedStream = {
  /** What may be shown so far: an end that may be the beginning of a secret waits for the next piece. */
  readonly push: (piece: string) => string
  /** What is left at the end. */
  readonly end: () => string
}

export const redactorOf = (secrets: readonly string[]): Redactor => {
  const known = new Known(secrets)
  const stream = (least = 1): RedactedStream => (known.isEmpty ? passing : streamOf(known, least))
  const text = (given: string): string => {
    const whole = given.toWellFormed()
    return withoutForms(withMarks(whole, { from: 0, to: whole.length }, hiddenIn(whole, known)), mark)
  }
  const value = <T>(whole: T): T => {
    const texts = textsIn(whole).map((one) => one.toWellFormed())
    const hidden = hiddenIn(texts.join('\n'), known)
    let from = 0
    const left = texts.map((one) => {
      const place = { from, to: from + one.length }
      from = place.to + 1
      return withoutForms(withMarks(one, place, hidden), mark)
    })
    return withTexts(whole, left.values())
  }
  return { text, value, stream }
}

const passing: RedactedStream = { push: (piece) => piece, end: () => '' }

const hiddenIn = (text: string, known: Known): readonly Range[] => {
  if (known.isEmpty) return []
  const finder = new Finder(known)
  finder.take(text)
  finder.end()
  return finder.hidden()
}

/**
 * @param least how long the beginning of a secret must be before it waits: 1 hides all, more keeps ordinary words whole.
 *   What was shown already is remembered: the rest of a secret that began there is hidden.
 */
const streamOf = (known: Known, least: number): RedactedStream => {
  const finder = new Finder(known)
  let held = ''
  let from = 0
  const show = (until: number): string => {
    const hidden = finder.hidden(from)
    // A secret is one mark: it is shown once its end is known.
    const across = hidden.find((range) => range.from < until && until < range.to)
    const to = Math.max(from, across?.from ?? until)
    const shown = withMarks(held.slice(0, to - from), { from, to }, hidden)
    held = held.slice(to - from)
    from = to
    return shown
  }
  return {
    push: (piece) => {
      finder.take(piece)
      held += piece
      return show(finder.openFrom(least))
    },
    end: () => {
      finder.end()
      return show(from + held.length)
    },
  }
}

/** A part of a text, with a mark for each range that it touches. */
const withMarks = (text: string, place: Range, hidden: readonly Range[]): string => {
  let shown = ''
  let at = place.from
  for (const { from, to } of hidden) {
    if (to <= at || from >= place.to || at === place.to) continue
    shown += text.slice(at - place.from, Math.max(at, from) - place.from) + mark
    at = Math.min(to, place.to)
  }
  return shown + text.slice(at - place.from)
}

const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/** The same data with other texts, in the order of `textsIn`. */
const withTexts = <T>(value: T, texts: Iterator<string>): T => {
  if (typeof value === 'string') return texts.next().value as T
  if (Array.isArray(value)) return value.map((one) => withTexts(one, texts)) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, withTexts(held, texts)])) as T
}
