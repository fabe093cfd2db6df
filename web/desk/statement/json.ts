import type { Bytes } from './bytes.ts'

export type Json = string | number | boolean | readonly Json[] | JsonObject
export type JsonObject = { readonly [name: string]: Json }

/** Objects and lists in each other, at most. */
const deepest = 16

/** White space, then one mark, text, integer or word. Each alternative begins in its own way: nothing is tried twice. */
const tokens =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: raw control characters are what a text must not hold
  /[ \t\n\r]*(?:([{}[\]:,])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9][0-9]*))(?![0-9.eE])|(true|false)|$)/y

/**
 * Reads exact bytes as JSON, in the strict profile of everything that is signed: UTF-8 without a mark, no duplicate keys,
 * no `null`, integers only, no lone surrogates, depth at most 16, nothing behind it.
 * @throws Error that says what is wrong
 */
export const readJson = (bytes: Bytes): Json => {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  const reader = new Reader(text)
  const value = reader.value(reader.next(), 1)
  if (reader.next().form !== 'end') throw new Error('something stands behind the value')
  return value
}

type Token =
  | { readonly form: 'mark'; readonly mark: string }
  | { readonly form: 'value'; readonly value: string | number | boolean }
  | { readonly form: 'end' }

class Reader {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  next(): Token {
    tokens.lastIndex = this.#at
    const match = tokens.exec(this.#text)
    if (!match) throw new Error(`not the strict JSON that is signed, at character ${this.#at}`)
    this.#at = tokens.lastIndex
    const [, mark, string, integer, word] = match
    if (mark !== undefined) return { form: 'mark', mark }
    if (string !== undefined) return { form: 'value', value: wellFormed(JSON.parse(string)) }
    if (integer !== undefined) return { form: 'value', value: exact(integer) }
    return word === undefined ? { form: 'end' } : { form: 'value', value: word === 'true' }
  }

  value(token: Token, depth: number): Json {
    if (token.form === 'value') return token.value
    if (token.form === 'end' || (token.mark !== '{' && token.mark !== '[')) throw new Error('a value is missing')
    if (depth > deepest) throw new Error('too deep')
    return token.mark === '{' ? this.#object(depth) : this.#list(depth)
  }

  #object(depth: number): JsonObject {
    const members = new Map<string, Json>()
    let token = this.next()
    if (isMark(token, '}')) return {}
    for (;;) {
      const key = token.form === 'value' ? token.value : undefined
      if (typeof key !== 'string') throw new Error('a key is missing')
      if (key === '__proto__' || members.has(key)) throw new Error(`the key ${key} twice, or one that may not be`)
      if (!isMark(this.next(), ':')) throw new Error('":" is missing')
      members.set(key, this.value(this.next(), depth + 1))
      const after = this.next()
      if (isMark(after, '}')) return Object.fromEntries(members)
      if (!isMark(after, ',')) throw new Error('"," is missing')
      token = this.next()
    }
  }

  #list(depth: number): readonly Json[] {
    const items: Json[] = []
    let token = this.next()
    if (isMark(token, ']')) return items
    for (;;) {
      items.push(this.value(token, depth + 1))
      const after = this.next()
      if (isMark(after, ']')) return items
      if (!isMark(after, ',')) throw new Error('"," is missing')
      token = this.next()
    }
  }
}

const isMark = (token: Token, mark: string): boolean => token.form === 'mark' && token.mark === mark

const wellFormed = (text: string): string => {
  if (!text.isWellFormed()) throw new Error('half a character')
  return text
}

const exact = (digits: string): number => {
  const value = Number(digits)
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) throw new Error(`${digits} is no exact integer`)
  return value
}
