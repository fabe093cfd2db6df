import type { PlatformAccount } from '#core/bundle/company.ts'
import type { Envelope } from '#core/statement/fields.ts'

/** A phone or browser that a person has had registered: where a push reaches it, and what it is encrypted for. */
export type Device = {
  readonly person: string
  /** What its owner calls it: unique for this person. */
  readonly name: string
  /** The address of its push service, which is a secret between that, the device and this server. */
  readonly endpoint: string
  /** Its public key, and a secret: base64url, as a browser's `PushSubscription` gives them. */
  readonly p256dh: string
  readonly auth: string
  /** Milliseconds since 1970. */
  readonly addedAt: number
}

/** Wakes a phone: what comes of it is signed there, by its owner's own passkey. It attests nothing. */
export interface Waker {
  /** The public key that subscriptions must be made for, in base64url. */
  readonly key: string
  /** Why a device at this address is not taken, in a sentence; undefined where it is. */
  refuses(endpoint: string): string | undefined
  /**
   * Hands a push over to the device's push service. Never rejects.
   * @param wake the secret by which the phone asks what it is about
   * @param life seconds after which nobody needs it any more
   * @returns `gone` where the device has unsubscribed for good
   */
  wake(device: Device, wake: string, life: number): Promise<'sent' | 'gone' | 'unreachable'>
}

/** A yes that is about to be attested: whose, to what, and where it was said. */
export type Seen = {
  readonly deployment: string
  /** The digest of the one statement. */
  readonly statement: string
  readonly person: string
  readonly as: 'requester' | 'approver'
  readonly group?: string
  readonly account: PlatformAccount
  /** Seconds since 1970; 0 where the bundle itself names the account. */
  readonly linked: number
  /** The message that gave it. */
  readonly message: string
}

export type Attestation =
  | { readonly attested: true; readonly envelope: Envelope }
  /** `why` is for the metrics. */
  | { readonly attested: false; readonly say: string; readonly why: 'wrong' | 'used' | 'locked' | 'not-enrolled' }

/**
 * A service that sees a person say yes, and signs that it did, with its own key in the bundle. Worth less than a
 * signature: it counts only where the bundle says so, and only as far.
 */
export interface AttestingFactor {
  readonly method: 'word' | 'totp' | 'duo' | 'ciba'
  /** Whether a person could use it now. */
  isReadyFor(person: string): boolean
  /**
   * Checks what a person gave, and attests it. An answer is good for one attestation, ever: durably so before this resolves.
   */
  attest(seen: Seen, answer: string): Promise<Attestation>
  /** Uses an answer up without attesting anything: it was said where others read it. */
  burn(person: string, answer: string): Promise<void>
}

/** A factor that a person must set up first. */
export interface EnrollingFactor extends AttestingFactor {
  /**
   * Makes a new secret for a person, and gives it once, as its URI. What was there before counts until the new one is
   * confirmed.
   */
  enrol(person: string, company: string): Promise<string>
  /** Puts the new secret in force, by its first answer; undefined where it is, else what to do. */
  confirm(person: string, answer: string): Promise<string | undefined>
  /** Forgets a person's secrets, those in force and those handed out; false where there was none. */
  forget(person: string): Promise<boolean>
}
