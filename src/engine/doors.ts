import { FoobotError } from '#core/errors.ts'
import type { Envelope } from '#core/statement/fields.ts'
import type { ToSign } from './platform.ts'

/** The doors that http and clients lead to, beside what is said: consents in, statements to look at out. */
export interface Doors {
  /** Takes a consent. Never throws for what is wrong with it: that is said. */
  present(envelope: Envelope): Promise<{ readonly accepted: boolean; readonly say: string }>
  /** The statement of a waiting request, by code, word or id, for somebody who may consent to it. */
  toSign(person: string, which: string): ToSign | { readonly say: string }
}

/** The sentence of an error that may be shown; undefined for what is simply broken. */
export const sentenceOf = (error: unknown): string | undefined => {
  if (error instanceof FoobotError) return error.say
  if (error instanceof Error && 'say' in error && typeof error.say === 'string') return error.say
  return undefined
}
