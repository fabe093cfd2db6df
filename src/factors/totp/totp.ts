import { TOTP } from 'otpauth'
import type { Clock } from '#core/clock.ts'
import { toSeconds } from '#core/clock.ts'
import { attestedConsentKind } from '#core/consent/consent.ts'
import type { Key } from '#core/signature/key.ts'
import { keyid } from '#core/signature/key.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import type { Attestation, EnrollingFactor, Seen } from '#engine/factor.ts'
import { type Secret, Secrets } from './secrets.ts'

export type TotpOptions = {
  /** What the bundle lists under `attesting.totp`. */
  readonly key: { readonly key: Key; readonly sign: (bytes: Uint8Array) => Uint8Array }
  /** The file that secrets lie in, with what was used of each. */
  readonly secrets: string
  readonly clock: Clock
}

/** Seconds that one code is shown. */
const period = 30
/** Steps that an app's clock may be off, either way. */
const steps = 1
/** Wrong codes in a row before nothing is heard any more. */
const mostWrong = 10

/**
 * One-time codes of an app (RFC 6238). A step is used once, by whatever it was said for; ten wrong codes in a row lock it
 * until its owner, signed in with a key, sets up a new one.
 */
export class Totp implements EnrollingFactor {
  readonly method = 'totp'
  readonly #options: TotpOptions
  readonly #secrets: Secrets

  /** @throws FoobotError `data-damaged`, `machine-key` where the file cannot be used */
  constructor(options: TotpOptions) {
    this.#options = options
    this.#secrets = new Secrets(options.secrets)
  }

  isReadyFor(person: string): boolean {
    return this.#secrets.of(person)?.inForce !== undefined
  }

  async attest(seen: Seen, answer: string): Promise<Attestation> {
    const known = this.#secrets.of(seen.person)
    const inForce = known?.inForce
    if (!inForce) return { attested: false, why: 'not-enrolled', say: 'You have no one-time codes yet.' }
    if (inForce.wrong >= mostWrong) return { attested: false, why: 'locked', say: locked(seen.person) }
    const step = this.#stepOf(seen.person, inForce.secret, answer)
    if (step === undefined) {
      const wrong = inForce.wrong + 1
      this.#secrets.put(seen.person, { ...known, inForce: { ...inForce, wrong } })
      const say = wrong >= mostWrong ? locked(seen.person) : 'That is not the code that your app shows now.'
      return { attested: false, why: 'wrong', say }
    }
    if (step <= inForce.lastStep) {
      return { attested: false, why: 'used', say: 'That code was used already: wait for the next one.' }
    }
    // Before anything comes of it: whatever fails from here on, this code is gone.
    this.#secrets.put(seen.person, { ...known, inForce: { ...inForce, lastStep: step, wrong: 0 } })
    return { attested: true, envelope: this.#envelopeOf(seen) }
  }

  async burn(person: string, answer: string): Promise<void> {
    const known = this.#secrets.of(person)
    const inForce = known?.inForce
    if (!inForce) return
    const step = this.#stepOf(person, inForce.secret, answer)
    // A wrong one counts here too: a room is no place to try codes in.
    const next =
      step === undefined
        ? { ...inForce, wrong: inForce.wrong + 1 }
        : { ...inForce, lastStep: Math.max(step, inForce.lastStep) }
    this.#secrets.put(person, { ...known, inForce: next })
  }

  async enrol(person: string, company: string): Promise<string> {
    const { secret, uri } = make(person, company)
    this.#secrets.put(person, { ...this.#secrets.of(person), offered: secret })
    return uri
  }

  async confirm(person: string, answer: string): Promise<string | undefined> {
    const offered = this.#secrets.of(person)?.offered
    if (offered === undefined) return `Nothing was set up yet. In a terminal: foobot totp enrol --as ${person}`
    const step = this.#stepOf(person, offered, answer)
    if (step === undefined) return 'That is not the code that your app shows now. Look at its clock, and begin again.'
    // The code that confirmed is used with that.
    this.#secrets.put(person, { inForce: { secret: offered, lastStep: step, wrong: 0 } })
    return undefined
  }

  async forget(person: string): Promise<boolean> {
    return this.#secrets.remove(person)
  }

  /** The step that a code belongs to, of those around now. */
  #stepOf(person: string, secret: string, answer: string): number | undefined {
    const timestamp = this.#options.clock()
    const delta = totpOf(person, '', secret).validate({ token: answer, timestamp, window: steps })
    return delta === null ? undefined : Math.floor(toSeconds(timestamp) / period) + delta
  }

  #envelopeOf({ group, ...seen }: Seen): Extract<Attestation, { attested: true }>['envelope'] {
    const { key, clock } = this.#options
    const body = attestedConsentKind.encode({
      v: 2,
      ...seen,
      ...(group !== undefined && { group }),
      method: 'totp',
      iat: toSeconds(clock()),
    })
    const sig = key.sign(attestedConsentKind.pae(body))
    return sealEnvelope(attestedConsentKind, body, [{ keyid: keyid(key.key), sig }])
  }
}

const totpOf = (person: string, issuer: string, secret?: Secret['secret']): TOTP =>
  new TOTP({ issuer, label: person, algorithm: 'SHA1', digits: 6, period, ...(secret !== undefined && { secret }) })

/** 160 random bits, which is what apps take. */
const make = (person: string, company: string): { readonly secret: string; readonly uri: string } => {
  const totp = totpOf(person, company)
  return { secret: totp.secret.base32, uri: totp.toString() }
}

const locked = (person: string): string =>
  `Ten wrong codes in a row: I take no more of yours. Set up new ones in a terminal: foobot totp enrol --as ${person}`
