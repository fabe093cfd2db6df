import { bound } from '#bounds/bound.ts'
import { keyAddKind, keyRemoveKind } from '#core/bundle/key-change.ts'
import { toSeconds } from '#core/clock.ts'
import { readConsent } from '#core/consent/check.ts'
import { attestedConsentKind, consentKind } from '#core/consent/consent.ts'
import type { Given } from '#core/consent/missing.ts'
import { FoobotError } from '#core/errors.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { changeKeys } from './change-keys.ts'
import { checked, counted } from './consents.ts'
import { decide } from './decide.ts'
import { type Presented, sentenceOf } from './doors.ts'
import { recall } from './recall.ts'
import { eventLeaf, move } from './request/move.ts'
import type { Request } from './request/request.ts'
import { completeOf } from './standing.ts'
import type { Stated } from './state.ts'
import { sayOf } from './talk.ts'
import { goOn } from './walk.ts'
import type { Way } from './way.ts'

/** More than anything takes: a new key signs for itself, beside its person's own or two colleagues'. */
const mostSigned = bound('handed-in-signatures', {
  most: 3,
  unit: 'signatures',
  of: 'the signatures of one consent or change of keys that is handed in',
  say: 'That carries more than 3 signatures: leave out those that it does not need.',
})
/** How often a consent is added anew where another one was faster. */
const tries = 32

/**
 * The second door: a signed consent, which can only add to a request that waits, or a key that is added or removed.
 * Whoever hands it in: it says itself whose it is.
 */
export const present = (way: Way, envelope: Envelope): Promise<Presented> =>
  said(() => {
    if (envelope.signatures.length > mostSigned.most) {
      mostSigned.reached()
      return Promise.resolve({ accepted: false, say: mostSigned.say })
    }
    if (isKeyChange(envelope)) return changeKeys(way, envelope)
    // What a service attests never comes by this door.
    const { value, digest } = readEnvelope(consentKind, envelope)
    return add(way, value.statement, digest, envelope, tries)
  })

/** A yes that a service of this server has attested. Never throws for what is wrong with it: that is said. */
export const presentAttested = (way: Way, envelope: Envelope): Promise<Presented> =>
  said(() => {
    const { value, digest } = readEnvelope(attestedConsentKind, envelope)
    return add(way, value.statement, digest, envelope, tries)
  })

const said = async (taking: () => Promise<Presented>): Promise<Presented> => {
  try {
    return await taking()
  } catch (error) {
    const say = sentenceOf(error)
    if (say === undefined) throw error
    return { accepted: false, say }
  }
}

const isKeyChange = ({ payloadType }: Envelope): boolean =>
  payloadType === keyAddKind.type || payloadType === keyRemoveKind.type

const add = async (
  way: Way,
  statement: string,
  digest: string,
  envelope: Envelope,
  triesLeft: number,
): Promise<Presented> => {
  const request = way.live.ofDigest(statement)
  if (request?.state !== 'pending') return { accepted: false, say: tooLate(request) }
  const stated = recall(way, request)
  if (!stated) return { accepted: false, say: tooLate(undefined) }
  // Its end is said a moment later: until then it takes no yes either.
  if (stated.stated.exp <= toSeconds(way.clock())) return { accepted: false, say: 'It has expired: say it again.' }
  const given = await checkedOrTold(way, request, stated, envelope)
  const about = { statement: stated.statement, digest: stated.stated.digest }
  // Those whose key was removed since are forgotten: they must not stand in the way of another yes of the same person.
  const before = counted(way, stated.from.rules, about, request.consents ?? [])
  if (before.some((other) => isSame(other.given, given))) {
    if (completeOf(way, request)) await goOn(way, stated, request)
    return { accepted: true, say: `You have said yes to ${stated.stated.code} already.` }
  }
  const leaf = eventLeaf(way, 'consent', { request: request.id, person: given.person, digest })
  const added = await move(
    way,
    request,
    { state: 'pending', consents: [...before.map((other) => other.envelope), envelope] },
    leaf,
  )
  if (!added) {
    if (triesLeft > 1) return add(way, statement, digest, envelope, triesLeft - 1)
    throw new FoobotError('internal', `a consent to ${request.id} was never the first`)
  }
  if (given.as === 'requester' && way.live.isPrompted(request.id) && !isSignatureOwed(way, stated)) {
    await sayOf(way, request, { text: 'Two-factor auth successful!', blocks: [] })
  }
  await goOn(way, stated, added)
  return { accepted: true, say: `Signed: ${stated.stated.code}.` }
}

/** What a consent is worth; one that does not count leaves its trace. @throws as `checked` */
const checkedOrTold = async (way: Way, { id }: Request, stated: Stated, envelope: Envelope): Promise<Given> => {
  try {
    return checked(way, stated.from.rules, { statement: stated.statement, digest: stated.stated.digest }, envelope)
  } catch (error) {
    const { value, digest } = readConsent(envelope)
    const why = `${value.person}: ${sentenceOf(error) ?? 'it could not be checked'}`
    // Whoever knows the request may hand in as many as they like.
    const again = way.told.refusal('consent-refused', id)
    if (again !== undefined)
      await way.group.record({ leaf: eventLeaf(way, 'consent-refused', { request: id, digest, why: why + again }) })
    throw error
  }
}

/** Whether a command takes the requester's own signature, which covers a second factor. */
export const isSignatureOwed = (way: Way, stated: Stated): boolean => {
  const { decision } = decide(way, stated)
  return decision.outcome === 'owes' && decision.owes.some(({ kind }) => kind === 'signature')
}

/** One person says yes once in one role; a second key says nothing more, unless it is worth more. */
const isSame = (a: Given, b: Given): boolean =>
  a.person === b.person && a.as === b.as && a.group === b.group && a.strength === b.strength

const tooLate = (request: Request | undefined): string =>
  request?.state === 'running' ? 'It is running already.' : 'Nothing waits for that any more.'
