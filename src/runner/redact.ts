/** What stands where a secret was. */
export const mark = '[secret]'
/** A secret shorter than this would blank out ordinary words. */
export const shortest = 4

/** Takes a runner's secrets out of whatever leaves it. */
export interface Redactor {
  /** One whole text. */
  text(text: string): string
  /** Every text in a value of plain data. */
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

/** Secrets that nobody configured, known by their form. Each is linear in the length of the text. */
const forms: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN ([A-Z ]{0,32}PRIVATE KEY)-----[A-Za-z0-9+/=\s]*(-----END \1-----)?/g, mark],
  [/\b([a-z][a-z0-9+.-]{1,15}:\/\/)[^\s/@:]{1,256}(:[^\s/@]{0,256})?@/gi, `$1${mark}@`],
  [/\bgh[pousr]_[A-Za-z0-9]{20,255}/g, mark],
  [/\bgithub_pat_[A-Za-z0-9_]{20,255}/g, mark],
  [/\bxox[abeprs]-[A-Za-z0-9-]{10,255}/g, mark],
  [/\bAKIA[0-9A-Z]{16}\b/g, mark],
]

export const redactorOf = (secrets: readonly string[]): Redactor => {
  const written = [...new Set(secrets.flatMap(encodings))].sort((a, b) => b.length - a.length)
  const known = written.length > 0 ? new RegExp(written.map((text) => RegExp.escape(text)).join('|'), 'g') : undefined
  const text = (given: string): string => {
    const whole = given.toWellFormed()
    const rid = known ? whole.replace(known, mark) : whole
    return forms.reduce((left, [form, instead]) => left.replace(form, instead), rid)
  }
  const value = <T>(whole: T): T => {
    if (typeof whole === 'string') return text(whole) as T
    if (Array.isArray(whole)) return whole.map(value) as T
    if (typeof whole !== 'object' || whole === null) return whole
    return Object.fromEntries(Object.entries(whole).map(([name, held]) => [name, value(held)])) as T
  }
  return { text, value, stream: (least = 1) => streamOf(written, known, least) }
}

/**
 * @param least how long the beginning of a secret must be before it waits: 1 hides all, more keeps ordinary words whole.
 *   What was shown already is remembered: the rest of a secret that began there is hidden.
 */
const streamOf = (written: readonly string[], known: RegExp | undefined, least: number): RedactedStream => {
  const longest = written[0]?.length ?? 0
  let shown = ''
  let waiting = ''
  const release = (until: number): string => {
    const whole = shown + waiting
    let out = ''
    let from = shown.length
    for (const { index, 0: secret } of known ? whole.matchAll(known) : []) {
      if (index >= until) break
      const to = index + secret.length
      if (to > from) out += whole.slice(from, Math.max(from, index)) + mark
      from = Math.max(from, to)
    }
    const end = Math.max(from, until)
    out += whole.slice(from, end)
    waiting = whole.slice(end)
    shown = longest > 1 ? whole.slice(0, end).slice(1 - longest) : ''
    return out
  }
  return {
    push: (piece) => {
      waiting += piece
      const whole = shown + waiting
      const open = openEnd(whole, written)
      return release(open < least ? whole.length : Math.max(shown.length, whole.length - open))
    },
    end: () => release(shown.length + waiting.length),
  }
}

/** How much of the end of a text is the beginning of a secret. */
const openEnd = (text: string, written: readonly string[]): number => {
  let most = 0
  for (const secret of written) {
    for (let size = Math.min(secret.length - 1, text.length); size > most; size--) {
      if (text.endsWith(secret.slice(0, size))) most = size
    }
  }
  return most
}

/** A secret in every form in which programs and protocols write it. */
const encodings = (secret: string): string[] => {
  if (secret.length < shortest) return []
  const bytes = Buffer.from(secret, 'utf8')
  const hex = bytes.toString('hex')
  const percent = encodeURIComponent(secret)
  const everyByte = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  const base64 = [0, 1, 2].flatMap((before) => inBase64(bytes, before))
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    hex,
    hex.toUpperCase(),
    percent,
    percent.replaceAll('%20', '+'),
    percent.replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase()),
    everyByte,
    everyByte.toUpperCase(),
  ].filter((text) => text.length >= shortest)
}

/** The digits of base64 that a secret fills alone, where so many bytes of something else stand before it. */
const inBase64 = (secret: Buffer, before: number): string[] => {
  const text = Buffer.concat([Buffer.alloc(before), secret]).toString('base64')
  const first = Math.ceil((before * 8) / 6)
  const last = Math.floor(((before + secret.length) * 8) / 6)
  const alone = text.slice(first, last)
  return alone.length >= 5 ? [alone] : []
}
