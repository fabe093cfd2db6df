import { toSeconds } from '#core/clock.ts'
import { consentKind } from '#core/consent/consent.ts'
import { FoobotError } from '#core/errors.ts'
import type { Envelope } from '#core/statement/fields.ts'
import type { Asked } from './asked.ts'
import { type Signer, signEnvelope } from './signer.ts'

/** Who says yes. */
export type Signing = {
  readonly signer: Signer
  readonly person: string
  /** The company that this person has signed in to. */
  readonly deployment: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/**
 * A yes to exactly this statement. The consent is made here, from the statement's own bytes, and taken from nobody.
 * @throws FoobotError `consent-senseless` where it could never count; what the signer throws
 */
export const signStatement = (asked: Asked, { signer, person, deployment, now }: Signing): Promise<Envelope> => {
  const why = senseless(asked, person, toSeconds(now))
  if (why !== undefined) throw new FoobotError('consent-senseless', `${asked.code}: ${why}`, why)
  const { as, group, digest } = asked
  const body = consentKind.encode({
    v: 2,
    deployment,
    statement: digest,
    person,
    as,
    ...(as === 'approver' && group !== undefined && { group }),
    iat: toSeconds(now),
  })
  return signEnvelope(signer, consentKind, body)
}

/** Why nobody would count this yes, where that is plain to see. */
const senseless = ({ as, group, statement }: Asked, person: string, now: number): string | undefined => {
  const { requester, exp } = statement
  if (now >= exp) return 'It has expired: it is to be said again.'
  if (as === 'requester' && requester !== person) return `${nameOf(requester)} asked for this, not you.`
  if (as === 'approver' && requester === person) return 'You asked for this yourself: somebody else has to approve it.'
  if (as === 'approver' && group === undefined) return 'The server does not say for which group you would approve.'
  return undefined
}

/** A name as people have them here; whatever else a statement says there is not repeated in this client's own words. */
const nameOf = (person = ''): string => (/^[a-z0-9-]{1,64}$/.test(person) ? person : 'Nobody known')
