/** A secret, and whose it is. */
export type Secret = { readonly name: string; readonly value: string }

/** Digits of base64 that are fewer than this could be anything. */
const shortest = 12

/** A secret in every form in which it could lie somewhere: as it is, in base64 wherever it begins, in hex, in an address. */
export const formsOf = (secret: string): readonly string[] => {
  const bytes = Buffer.from(secret)
  const hex = bytes.toString('hex')
  const base64 = [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    const alone = text.slice(Math.ceil((before * 4) / 3), Math.floor(((before + bytes.length) * 4) / 3))
    return [alone, alone.replaceAll('+', '-').replaceAll('/', '_')]
  })
  const everyByte = hex.replace(/../g, '%$&')
  const forms = [
    secret,
    ...base64,
    hex,
    hex.toUpperCase(),
    encodeURIComponent(secret),
    everyByte,
    everyByte.toUpperCase(),
  ]
  return [...new Set(forms)].filter((form) => form.length >= shortest)
}

/** Looks for many secrets at once: each byte is read once, however many there are. */
export class Needles {
  /** Whether a needle begins with these three bytes. */
  readonly #begins = new Uint8Array(1 << 24)
  readonly #needles = new Map<number, { readonly name: string; readonly bytes: Buffer }[]>()
  /** Bytes of the longest. */
  readonly longest: number

  constructor(secrets: readonly Secret[]) {
    let longest = 0
    for (const { name, value } of secrets) {
      for (const form of formsOf(value)) {
        // A string of two bytes a letter lies in memory so.
        for (const bytes of [Buffer.from(form), Buffer.from(form, 'utf16le')]) {
          const key = ((bytes[0] ?? 0) << 16) | ((bytes[1] ?? 0) << 8) | (bytes[2] ?? 0)
          this.#begins[key] = 1
          this.#needles.set(key, [...(this.#needles.get(key) ?? []), { name, bytes }])
          longest = Math.max(longest, bytes.length)
        }
      }
    }
    this.longest = longest
  }

  /** The names of the secrets that these bytes hold. */
  in(hay: Buffer): ReadonlySet<string> {
    const found = new Set<string>()
    const begins = this.#begins
    let key = 0
    for (let at = 0; at < hay.length; at++) {
      key = ((key << 8) | (hay[at] ?? 0)) & 0xffffff
      if (begins[key] === 0) continue
      for (const { name, bytes } of this.#needles.get(key) ?? []) {
        if (hay.compare(bytes, 0, bytes.length, at - 2, Math.min(hay.length, at - 2 + bytes.length)) === 0)
          found.add(name)
      }
    }
    return found
  }
}
