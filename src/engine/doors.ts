import { FoobotError } from '#core/errors.ts'
import type { Envelope } from '#core/statement/fields.ts'
import type { Enrolled, Enrolment } from '#wire/native.ts'
import type { FromPhone, ToPhone } from '#wire/phone.ts'
import type { ToSign } from './platform.ts'

/** What became of something that was handed in: `say` is for the person who signed. */
export type Presented = { readonly accepted: boolean; readonly say: string }

/** Something that somebody posted to a webhook: whose it is, its runner finds out. */
export type Posted = {
  /** The last part of the address. */
  readonly path: string
  /** From where it came, as far as the server can tell: what is posted is counted by it. */
  readonly source: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** What became of it. `away`: its runner cannot be asked now. `busy`: too much at once. */
export type Heard = 'taken' | 'repeated' | 'refused' | 'unknown' | 'away' | 'busy'

/** Somebody who has signed in, with the key that they did it with. */
export type SignedIn = { readonly person: string; readonly key: string }

/** The doors that http and clients lead to, beside what is said: consents and events in, statements to look at out. */
export interface Doors {
  /** Hears an event: it can only say something in its configured room. Always resolves. */
  hear(posted: Posted): Promise<Heard>
  /** Takes a consent or a key change. Never throws for what is wrong with it: that is said. */
  present(envelope: Envelope): Promise<Presented>
  /** The statement of a waiting request, by code, word or id, for somebody who may consent to it. */
  toSign(person: string, which: string): ToSign | { readonly say: string }
  /** What a phone asks that was woken. */
  phone(ask: FromPhone): Promise<ToPhone>
  /** Sets up a second factor of somebody who has signed in with a key. */
  enrol(signedIn: SignedIn, ask: Enrolment): Promise<Enrolled>
}

/** The sentence of an error that may be shown; undefined for what is simply broken. */
export const sentenceOf = (error: unknown): string | undefined => {
  if (error instanceof FoobotError) return error.say
  if (error instanceof Error && 'say' in error && typeof error.say === 'string') return error.say
  return undefined
}
