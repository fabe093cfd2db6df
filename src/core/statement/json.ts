import type { z } from 'zod'
import { FoobotError } from '#core/errors.ts'

/** Objects and lists in each other, at most. */
const deepest = 16

// A byte order mark is kept, so that it refuses as the first character.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * The value in a payload's exact bytes: UTF-8, depth at most 16, no duplicate keys, no `null`, no floats, exponents or
 * `-0`, integers that are exact, no lone surrogates, nothing behind it; then the schema, which refuses unknown fields.
 * The size counts before anything is looked at.
 * @param limits name of the kind, for the message; most bytes
 * @throws FoobotError `payload-malformed` with the precise reason as detail
 */
export const parseProfile = <S extends z.ZodType>(
  body: Uint8Array,
  schema: S,
  limits: { readonly name: string; readonly most: number },
): z.infer<S> => {
  if (body.length > limits.most) malformed(limits.name, `${body.length} bytes, at most ${limits.most}`)
  const parsed = schema.safeParse(parseJson(body, limits.name))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  return malformed(limits.name, `${issue?.path.join('.') || 'the whole'}: ${issue?.message}`)
}

/**
 * Reads JSON of the profile, without a schema. What this accepts, `JSON.parse` reads as the same value.
 * @throws FoobotError `payload-malformed`
 */
export const parseJson = (body: Uint8Array, name: string): unknown => {
  const reader = new Reader(decode(body, name), name)
  const value = reader.value(1)
  reader.end()
  return value
}

const decode = (body: Uint8Array, name: string): string => {
  try {
    return utf8.decode(body)
  } catch {
    return malformed(name, 'not UTF-8')
  }
}

const malformed = (name: string, reason: string): never => {
  throw new FoobotError('payload-malformed', `${name}: ${reason}`)
}

const quote = 0x22
const backslash = 0x5c
const minus = 0x2d
const zero = 0x30

const isDigit = (code: number): boolean => code >= zero && code <= 0x39

/** What a letter behind a backslash stands for; `u` apart. */
const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

/** Walks a text once, from left to right. */
class Reader {
  private readonly text: string
  private readonly name: string
  private at = 0

  constructor(text: string, name: string) {
    this.text = text
    this.name = name
  }

  value(depth: number): unknown {
    this.space()
    const code = this.text.charCodeAt(this.at)
    if (code === quote) return this.string()
    if (code === 0x7b) return this.object(depth)
    if (code === 0x5b) return this.list(depth)
    if (code === minus || isDigit(code)) return this.integer()
    if (this.takes('true')) return true
    if (this.takes('false')) return false
    return this.refuse(this.takes('null') ? 'null' : 'a value expected')
  }

  end(): void {
    this.space()
    if (this.at < this.text.length) this.refuse('something behind the value')
  }

  private object(depth: number): object {
    if (depth > deepest) this.refuse('too deep')
    const object: Record<string, unknown> = {}
    this.at++
    this.space()
    if (this.takes('}')) return object
    do {
      this.space()
      if (this.text.charCodeAt(this.at) !== quote) this.refuse('a key expected')
      const key = this.string()
      // The one key that an assignment does not store: what it would do instead must not happen.
      if (key === '__proto__') this.refuse('the key __proto__')
      if (Object.hasOwn(object, key)) this.refuse(`duplicate key ${JSON.stringify(key)}`)
      this.space()
      if (!this.takes(':')) this.refuse('":" expected')
      object[key] = this.value(depth + 1)
      this.space()
    } while (this.takes(','))
    if (!this.takes('}')) this.refuse('"," or "}" expected')
    return object
  }

  private list(depth: number): unknown[] {
    if (depth > deepest) this.refuse('too deep')
    const list: unknown[] = []
    this.at++
    this.space()
    if (this.takes(']')) return list
    do {
      list.push(this.value(depth + 1))
      this.space()
    } while (this.takes(','))
    if (!this.takes(']')) this.refuse('"," or "]" expected')
    return list
  }

  private string(): string {
    const { text } = this
    let before = ''
    let from = ++this.at
    for (; this.at < text.length; this.at++) {
      const code = text.charCodeAt(this.at)
      if (code < 0x20) this.refuse('a control character in a string')
      if (code === quote) {
        const whole = before + text.slice(from, this.at++)
        // Only an escape can leave half a pair: what came as UTF-8 has none.
        return before === '' || whole.isWellFormed() ? whole : this.refuse('a lone surrogate')
      }
      if (code !== backslash) continue
      before += text.slice(from, this.at) + this.escape()
      from = this.at + 1
    }
    return this.refuse('a string without end')
  }

  /** One escape; ends at its last character. */
  private escape(): string {
    const letter = this.text.charAt(++this.at)
    if (letter !== 'u') return escapes.get(letter) ?? this.refuse('an unknown escape')
    const hex = this.text.slice(this.at + 1, this.at + 5)
    if (!/^[0-9a-fA-F]{4}$/.test(hex)) this.refuse('an unknown escape')
    this.at += 4
    return String.fromCharCode(Number.parseInt(hex, 16))
  }

  private integer(): number {
    const { text } = this
    const start = this.at
    if (text.charCodeAt(this.at) === minus) this.at++
    const first = this.at
    while (isDigit(text.charCodeAt(this.at))) this.at++
    if (this.at === first) this.refuse('a digit expected')
    if (text.charCodeAt(first) === zero && (this.at > first + 1 || first > start)) this.refuse('a needless zero')
    const next = text.charAt(this.at)
    if (next === '.' || next === 'e' || next === 'E') this.refuse('a float or exponent')
    const value = Number(text.slice(start, this.at))
    return Number.isSafeInteger(value) ? value : this.refuse('too large an integer')
  }

  private space(): void {
    for (;;) {
      const code = this.text.charCodeAt(this.at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.at++
    }
  }

  private takes(word: string): boolean {
    if (!this.text.startsWith(word, this.at)) return false
    this.at += word.length
    return true
  }

  private refuse(reason: string): never {
    return malformed(this.name, `${reason} at character ${this.at}`)
  }
}
