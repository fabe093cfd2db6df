import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { mostSkew } from '#core/clock.ts'
import { FoobotError } from '#core/errors.ts'

/** What somebody posted to a webhook, as it came: from anybody, until a verifier says whose it is. */
export type Delivery = {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The raw bytes: nobody parses and writes them again before they are checked. */
  readonly body: Uint8Array
}

export type Verified =
  | {
      readonly genuine: true
      /** What was proven, and tells this delivery from all others: the same again is a replay. */
      readonly signed: Uint8Array
      /** Seconds since 1970, from when on this verifier itself refuses the delivery; absent where it always takes it. */
      readonly until?: number
    }
  /** `why` is for the runner's log, never for whoever posted it. */
  | { readonly genuine: false; readonly why: string }

/**
 * Says whether a delivery is the vendor's. It looks at nothing else, and parses nothing that is not proven.
 * @param now seconds, by the runner's clock
 */
export type Verifier = (delivery: Delivery, now: number) => Verified

/** A secret of a plugin's configuration: `secret()` gives one. */
export type HeldSecret = { reveal(): string }

export type HmacOptions = {
  /** The header that carries the signature, or several with commas between, as while a secret is changed. */
  readonly header: string
  readonly secret: HeldSecret
  /** What stands before the hex digits of each signature, as `v1=`. */
  readonly prefix?: string
  /** Where the vendor signs when it sent this: then what is older, or newer, than `window` seconds (300) is refused. */
  readonly timestamp?: {
    readonly header: string
    /** The text that is signed before the body, as `v0:<timestamp>:`. */
    readonly before: (timestamp: string) => string
    readonly window?: number
  }
  /**
   * Where the signed body says when it happened, in milliseconds: what is older than `window` seconds (three days, as
   * long as vendors try again) is refused. Without it and without `timestamp` a delivery is remembered for ever.
   */
  readonly occurred?: { readonly at: (body: unknown) => number | undefined; readonly window?: number }
}

const usualWindow = 300
const longWindow = 3 * 86_400
/** Signatures of one header that are looked at. */
const mostSignatures = 8
/** Characters of a secret that nobody guesses. */
const shortest = 16

const no = (why: string): Verified => ({ genuine: false, why })

/**
 * A signature over the raw body: HMAC-SHA-256, in lower-case hex, compared in constant time.
 * @throws FoobotError `plugin-refused` where the secret is too short to be one
 */
export const hmacSha256 = ({ header, secret, prefix = '', timestamp, occurred }: HmacOptions): Verifier => {
  const key = checked(secret)
  return ({ headers, body }, now) => {
    const at = timestamp && headers[timestamp.header.toLowerCase()]
    if (timestamp && (at === undefined || !/^\d{1,12}$/.test(at))) return no('it says no time')
    const signed = timestamp ? Buffer.concat([Buffer.from(timestamp.before(at ?? '')), body]) : body
    const given = (headers[header.toLowerCase()] ?? '').split(',', mostSignatures + 1)
    if (given.length > mostSignatures) return no('too many signatures')
    const expected = createHmac('sha256', key).update(signed).digest()
    if (!given.some((one) => isSame(one.trim(), prefix, expected))) return no('no signature holds')
    if (timestamp) return inTime(signed, Number(at), now, timestamp.window ?? usualWindow)
    if (!occurred) return { genuine: true, signed }
    const when = occurred.at(jsonOf(body))
    if (when === undefined || !Number.isFinite(when)) return no('its body does not say when it happened')
    return inTime(signed, Math.floor(when / 1000), now, occurred.window ?? longWindow)
  }
}

const isSame = (given: string, prefix: string, expected: Uint8Array): boolean => {
  if (!given.startsWith(prefix)) return false
  const digits = given.slice(prefix.length)
  // One way to write it: what is written otherwise was not written by the vendor.
  if (!/^[0-9a-f]{64}$/.test(digits)) return false
  const bytes = Buffer.from(digits, 'hex')
  return bytes.length === expected.length && timingSafeEqual(bytes, expected)
}

// INVARIANT: what is forgotten after `until` is refused by its time, also by a clock that stands `mostSkew` seconds back.
const inTime = (signed: Uint8Array, at: number, now: number, window: number): Verified =>
  Math.abs(now - at) > window
    ? no(`it is of ${at}, which is more than ${window} s from now`)
    : { genuine: true, signed, until: at + window + mostSkew + 1 }

/** Seconds that a delivery is remembered where only a shared secret proves it: as long as vendors try again. */
const remembered = 7 * 86_400

/**
 * A header that holds a secret which only the vendor and we know: for vendors that sign nothing. It proves who speaks, and
 * not what is said: whoever sees one delivery can make others, and the server does, in passing. Only https keeps it from others.
 * @throws FoobotError `plugin-refused` where the secret is too short to be one
 */
export const sharedSecret = ({
  header,
  secret,
}: {
  readonly header: string
  readonly secret: HeldSecret
}): Verifier => {
  // Digests have one length: how long the secret is shows nowhere.
  const expected = digestOf(checked(secret))
  return ({ headers, body }, now) =>
    timingSafeEqual(digestOf(headers[header.toLowerCase()] ?? ''), expected)
      ? { genuine: true, signed: body, until: now + remembered }
      : no(`${header} is not the secret`)
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest()

const checked = (secret: HeldSecret): string => {
  const key = secret.reveal()
  if (key.length >= shortest) return key
  const why = `a webhook’s secret has at least ${shortest} characters: make one with "openssl rand -hex 32"`
  throw new FoobotError('plugin-refused', why, `A plugin cannot be loaded: ${why}.`)
}

const jsonOf = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    return undefined
  }
}
