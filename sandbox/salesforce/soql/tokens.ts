import { Refused } from './query.ts'

export type Token =
  | { readonly kind: 'word' | 'number' | 'time' | 'sign'; readonly text: string }
  /** Between its quotes, as it was written. */
  | { readonly kind: 'string'; readonly text: string }

const forms: readonly (readonly [kind: Token['kind'] | 'space', form: RegExp])[] = [
  ['space', /\s+/y],
  ['time', /\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))?(?![\w-])/y],
  ['number', /-?\d+(?:\.\d+)?(?![\w.])/y],
  ['word', /[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*/y],
  ['string', /'((?:[^'\\]|\\[\s\S])*)'/y],
  ['sign', /!=|<=|>=|[=<>(),]/y],
]

/** @throws Refused where something is no part of any query */
export const tokensOf = (text: string): readonly Token[] => {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const [kind, found] = next(text, at)
    if (kind !== 'space') tokens.push({ kind, text: kind === 'string' ? (found[1] ?? '') : found[0] })
    at += found[0].length
  }
  return tokens
}

const next = (text: string, at: number): readonly [kind: Token['kind'] | 'space', found: RegExpExecArray] => {
  for (const [kind, form] of forms) {
    form.lastIndex = at
    const found = form.exec(text)
    if (found) return [kind, found]
  }
  throw new Refused('MALFORMED_QUERY', `unexpected token: '${text.slice(at, at + 20)}'`)
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  '"': '"',
  "'": "'",
  '\\': '\\',
}

/** Each character of a string, and whether it stood behind a backslash. */
const charactersOf = function* (
  written: string,
  isLike: boolean,
): Generator<readonly [char: string, escaped: boolean]> {
  for (const [all, escaped, hex] of written.matchAll(/\\(?:u([0-9a-fA-F]{4})|[\s\S])|[^\\]/g).map(readEscape)) {
    if (!escaped) yield [all, false]
    else if (hex !== undefined) yield [String.fromCharCode(Number.parseInt(hex, 16)), true]
    else if (isLike && /^\\[_%]$/.test(all)) yield [all.slice(1), true]
    else {
      const meant = escapes[all.slice(1).toLowerCase()]
      if (meant === undefined)
        throw new Refused('MALFORMED_QUERY', `Invalid string literal '${written}'. Illegal escape`)
      yield [meant, true]
    }
  }
}

const readEscape = (found: RegExpExecArray): readonly [all: string, escaped: boolean, hex: string | undefined] => [
  found[0],
  found[0].startsWith('\\'),
  found[1],
]

export const textOf = (written: string): string =>
  [...charactersOf(written, false)].map(([character]) => character).join('')

/** `%` is any text and `_` any one character, but behind a backslash. Upper case is lower case. */
export const patternOf = (written: string): RegExp => {
  const parts = [...charactersOf(written, true)].map(([character, escaped]) => {
    if (!escaped && character === '%') return '[\\s\\S]*'
    if (!escaped && character === '_') return '[\\s\\S]'
    return character.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
  })
  return new RegExp(`^${parts.join('')}$`, 'i')
}
