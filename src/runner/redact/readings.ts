/**
 * Ways to read a text as a row of digits: what a secret is written with counts, and what programs put between does not.
 * Each takes one UTF-16 code unit and the one before it.
 */
export type Reading = (unit: number, before: number) => number

/** What a code unit is that is no digit. */
export const between = {
  /** Stands between two digits. */
  skip: -1,
  /** A space or tab: between two digits only where a line break stands there too, or the secret has one. */
  gap: -2,
  line: -3,
  /** No secret goes on behind this. */
  stop: -4,
  /** The digit before was no digit: the `0` of `0x`. */
  undo: -5,
  /** The same, and a line break: `\n`, or a backslash at the end of a line. */
  undoLine: -6,
} as const

const unitOf = (character: string): number => character.charCodeAt(0)
const unitsOf = (characters: string): ReadonlySet<number> => new Set(Array.from(characters, unitOf))

const backslash = unitOf('\\')
const lineBreaks = unitsOf('\n\r\v\f\u0085\u2028\u2029')
const spaces = unitsOf(' \t\u00a0\u2007\u202f\u3000')
/** Nobody sees these, and programs break lines at some. */
const unseen = unitsOf('\u00ad\u200b\u2060\ufeff')
const escapedBreaks = unitsOf('nr')
const escapes = unitsOf('nrtuUv')
const [zero, capitalX, smallX] = [unitOf('0'), unitOf('X'), unitOf('x')]
const [minus, plus, underscore, slash] = [unitOf('-'), unitOf('+'), unitOf('_'), unitOf('/')]

/** What comes next may take a digit back. */
export const mayBeUndone = (unit: number): boolean => unit === zero || unit === backslash

/** A text as it is, however its lines are broken, and with `\n` for a break. */
export const asText: Reading = (unit, before) => {
  if (lineBreaks.has(unit)) return before === backslash ? between.undoLine : between.line
  if (before === backslash && escapedBreaks.has(unit)) return between.undoLine
  if (spaces.has(unit)) return between.gap
  return unseen.has(unit) ? between.skip : unit
}

/** Hexadecimal digits, whatever of ASCII that is no letter stands between: `63 34`, `63:34`, `0x63, 0x34`, `\x63\x34`. */
export const asHex: Reading = (unit, before) => {
  if (isDigit(unit) || (unit >= 0x61 && unit <= 0x66)) return unit
  if (unit >= 0x41 && unit <= 0x46) return unit + 0x20
  if (unit === smallX || unit === capitalX) return before === zero ? between.undo : between.skip
  if (before === backslash && escapes.has(unit)) return between.skip
  return isLetter(unit) || unit > 0x7f ? otherwise(unit) : between.skip
}

/** Base64 in either alphabet, whatever of ASCII that is none of its digits stands between. */
export const asBase64: Reading = (unit, before) => {
  if (before === backslash && escapes.has(unit)) return between.skip
  if (unit === minus) return plus
  if (unit === underscore) return slash
  if (isDigit(unit) || isLetter(unit) || unit === plus || unit === slash) return unit
  return unit > 0x7f ? otherwise(unit) : between.skip
}

/** Beyond ASCII only spaces, punctuation and the frames of tables stand between digits. */
const otherwise = (unit: number): number =>
  isPunctuation(unit) || spaces.has(unit) || lineBreaks.has(unit) || unseen.has(unit) ? between.skip : between.stop

/** In Latin-1, and in the blocks from General Punctuation to Miscellaneous Symbols and Arrows. */
const isPunctuation = (unit: number): boolean =>
  (unit >= 0xa0 && unit <= 0xbf && unit !== 0xaa && unit !== 0xba) || (unit >= 0x2010 && unit <= 0x2bff)

const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39
const isLetter = (unit: number): boolean => (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a)

/** A text read to its digits, with the gaps between them counted. */
export const digitsOf = (
  text: string,
  reading: Reading,
): { readonly digits: readonly number[]; readonly gaps: number } => {
  const digits: number[] = []
  let gaps = 0
  let before = 0
  let gap = false
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    const read = reading(unit, before)
    before = unit
    if (read === between.gap) gap = true
    else if (read === between.undo || read === between.undoLine) digits.pop()
    if (read === between.line || read === between.undoLine) gap = true
    if (read < 0) continue
    if (gap && digits.length > 0) gaps++
    gap = false
    digits.push(read)
  }
  return { digits, gaps }
}
