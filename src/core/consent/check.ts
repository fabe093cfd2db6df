import type { Bundle } from '#core/bundle/company.ts'
import type { KeyChanges } from '#core/bundle/key-changes.ts'
import { type KeyInForce, keysInForce } from '#core/bundle/keys-in-force.ts'
import { isAsStrong, type Strength, stronger, weaker } from '#core/policy/key-class.ts'
import { tierRule } from '#core/policy/tiers.ts'
import type { Key } from '#core/signature/key.ts'
import { openEnvelope } from '#core/signature/open.ts'
import type { Proof } from '#core/signature/verify.ts'
import { type Letter, readEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import type { Statement } from '#core/statement/statement.ts'
import { isAtLeast } from '#core/tier.ts'
import { type AttestedConsent, attestedConsentKind, type Consent, consentKind } from './consent.ts'
import type { Given } from './missing.ts'

/** What a consent is held to: none of it comes from the consent. */
export type About = {
  readonly statement: Statement
  /** Digest of the statement's exact bytes. */
  readonly digest: string
  readonly bundle: Bundle
  readonly keyChanges: KeyChanges
  /** Seconds since 1970. */
  readonly now: number
}

/** Why a yes does not count. `say` may be shown to whoever gave it. */
export class ConsentRefusal extends Error {
  readonly say: string

  constructor(say: string) {
    super(`consent: ${say}`)
    this.name = 'ConsentRefusal'
    this.say = say
  }
}

/** A consent whose signature is proven. */
type Yes = {
  readonly consent: Consent
  readonly about: About
  readonly strength: Strength
  /** The page that a passkey was used on. */
  readonly origin?: string
  /** The key's own right to count for this tier. */
  readonly reaches: boolean
  /** What a service says of how it saw this yes; absent where the person signed. */
  readonly attested?: AttestedConsent
}

export type ConsentRule = { readonly name: string; readonly check: (yes: Yes) => void }

const skew = 30
/** Seconds after an account was linked before what it says counts. */
const linkRest = 24 * 3600

/** It is a yes in this deployment. */
const deployment = ({ consent, about: { statement } }: Yes): void => {
  if (consent.deployment !== statement.deployment) refuse('It is for another deployment.')
}

/** It is a yes to these very bytes. */
const names = ({ consent, about: { digest } }: Yes): void => {
  if (consent.statement !== digest) refuse('It is a yes to another statement.')
}

/** As requester speaks only who asked, and for no group. */
const requester = ({ consent: { as, person, group }, about: { statement } }: Yes): void => {
  if (as !== 'requester') return
  if (person !== statement.requester) refuse('Only who asked can say yes as the requester.')
  if (group !== undefined) refuse('A requester speaks for no group.')
}

/** Whoever asked, or asks on behalf of somebody, approves nothing. */
const approver = ({ consent: { as, person }, about: { statement } }: Yes): void => {
  if (as !== 'approver') return
  if (person === statement.requester) refuse('Nobody approves their own request.')
  if (person === statement.agent) refuse('An agent never approves.')
}

/** An approver speaks for one group, and is in it under the bundle in force. */
const group = ({ consent: { as, person, group: named }, about: { bundle } }: Yes): void => {
  if (as !== 'approver') return
  if (named === undefined || !bundle.company.groups.get(named)?.has(person))
    refuse(named === undefined ? 'An approver speaks for a group: say which.' : `${person} is not in ${named}.`)
}

/** The key is of the class that the tier takes at least. */
const strong = ({ strength, attested, about: { statement, bundle } }: Yes): void => {
  if (attested) return
  const least = tierRule(statement.tier, bundle.company.limits).key
  if (!isAsStrong(strength, least))
    refuse(`A ${statement.tier} command takes a ${least} key at least, and this one is ${strength}.`)
}

/** A key that was added counts no higher than those who added it may let it. */
const reach = ({ reaches, about: { statement } }: Yes): void => {
  if (!reaches)
    refuse(
      `That key was added, and does not count for ${statement.tier} commands: sign with one that the bundle lists.`,
    )
}

/** A passkey counts up to the tier of the page that it was used on. */
const page = ({ origin, about: { statement, bundle } }: Yes): void => {
  if (origin === undefined) return
  const most = bundle.company.desks.get(origin)?.tier
  if (most === undefined || !isAtLeast(most, statement.tier))
    refuse(`${origin} may not sign for ${statement.tier} commands: sign in a terminal.`)
}

/** From `dangerous` up an approval is signed by a key. */
const signedApproval = ({ consent: { as }, attested, about: { statement } }: Yes): void => {
  if (attested && as === 'approver' && isAtLeast(statement.tier, 'dangerous'))
    refuse(`An approval of a ${statement.tier} command must be signed: foobot approve CODE.`)
}

/** A word in chat counts for the commands that the bundle names, and never as the requester's second factor. */
const word = ({ attested, about: { statement, bundle } }: Yes): void => {
  if (attested?.method !== 'word') return
  if (attested.as === 'requester') refuse('A word in the same chat is no second factor.')
  if (!bundle.company.attested.words.includes(statement.command))
    refuse(`A word in chat does not count for "${statement.command}": foobot approve CODE.`)
}

/** Another factor counts up to the tier that the bundle names for it. */
const factor = ({ attested, about: { statement, bundle } }: Yes): void => {
  if (!attested || attested.method === 'word') return
  const most = bundle.company.attested.factors.get(attested.method)
  if (most === undefined || !isAtLeast(most, statement.tier))
    refuse(`${attested.method} does not count for ${statement.tier} commands: sign with a key.`)
}

/** Who has just linked an account to somebody must not speak for them yet. */
const linked = ({ attested }: Yes): void => {
  if (attested && attested.iat < attested.linked + linkRest)
    refuse('That account was linked less than 24 hours ago: wait, or sign with a key.')
}

/** An account that can be given to somebody else attests nothing of its owner. */
const account = ({ attested, about: { bundle } }: Yes): void => {
  const platform = attested?.account.platform
  if (platform === undefined || platform === 'native') return
  if (bundle.company.platforms.get(platform)?.identity !== 'lasting')
    refuse(`What an account on ${platform} says is nobody’s yes: sign with a key.`)
}

/** What a consent must be beside signed: a list, so that a test can leave out each. */
export const consentRules: readonly ConsentRule[] = [
  { name: 'deployment', check: deployment },
  { name: 'names', check: names },
  { name: 'requester', check: requester },
  { name: 'approver', check: approver },
  { name: 'group', check: group },
  { name: 'strong', check: strong },
  { name: 'reach', check: reach },
  { name: 'page', check: page },
  { name: 'signed approval', check: signedApproval },
  { name: 'word', check: word },
  { name: 'factor', check: factor },
  { name: 'linked', check: linked },
  { name: 'account', check: account },
]

/**
 * Checks one consent as it stands now, and gives what it is worth. Whether that is enough is for policy to say.
 * @throws ConsentRefusal; FoobotError `payload-malformed`, `signature-refused`
 */
export const checkConsent = (envelope: Envelope, about: About): Given => {
  checkConsentTime(readConsent(envelope).value, about)
  return checkYes(envelope, about)
}

/**
 * It was given while the statement lives: not before it, not after it, and not in the future.
 * @throws ConsentRefusal
 */
export const checkConsentTime = (
  { iat }: Pick<Consent, 'iat'>,
  { statement, now }: Pick<About, 'statement' | 'now'>,
): void => {
  if (iat < statement.iat - skew) refuse('It is older than what it says yes to: look at the clocks.')
  if (iat > Math.min(statement.exp, now + skew)) refuse('It comes too late, or from the future: look at the clocks.')
}

/**
 * Checks all but the time: whose it is, what it names, and whether it may count here.
 * @throws as `checkConsent`
 */
export const checkYes = (envelope: Envelope, about: About, rules = consentRules): Given => {
  const yes = isAttested(envelope) ? proveAttested(envelope, about) : proveSigned(envelope, about)
  for (const { check } of rules) check(yes)
  const { as, person, group: named } = yes.consent
  return { as, person, strength: yes.strength, ...(named !== undefined && { group: named }) }
}

/**
 * What a consent says; nothing of it is proven.
 * @throws FoobotError `payload-malformed`
 */
export const readConsent = (envelope: Envelope): Letter<Consent> =>
  isAttested(envelope) ? readEnvelope(attestedConsentKind, envelope) : readEnvelope(consentKind, envelope)

const isAttested = ({ payloadType }: Envelope): boolean => payloadType === attestedConsentKind.type

/** Signed by a key in force of exactly the person that it names. */
const proveSigned = (envelope: Envelope, about: About): Yes => {
  const { bundle, keyChanges, now, statement } = about
  const { company } = bundle
  const { value: consent } = readEnvelope(consentKind, envelope)
  const inForce = keysInForce(consent.person, bundle, keyChanges, now)
  const keys = new Set(inForce.map(({ key }) => key))
  const { proofs } = openEnvelope(consentKind, envelope, () => [...keys], { origins: [...company.desks.keys()] })
  const [proof] = proofs
  const ways = inForce.filter(({ key }) => key === proof.key)
  const reaching = ways.filter(({ upTo }) => upTo === undefined || isAtLeast(upTo, statement.tier))
  const isHardware = company.people.get(consent.person)?.hardware.has(proof.key) ?? false
  const worths = (reaching.length > 0 ? reaching : ways).map((way) => worthOf(proof, way, isHardware))
  return {
    consent,
    about,
    strength: worths.reduce(stronger),
    reaches: reaching.length > 0,
    ...(proof.origin !== undefined && { origin: proof.origin }),
  }
}

/** What its assertion shows, `hardware` where the bundle says so, and never more than what added it. */
const worthOf = ({ strength }: Proof, { most }: KeyInForce, isHardware: boolean): Strength => {
  if (most !== undefined) return weaker(strength, most)
  return strength === 'verified' && isHardware ? 'hardware' : strength
}

/** Signed by the service that the bundle lists under the name of the method. */
const proveAttested = (envelope: Envelope, about: About): Yes => {
  const { company } = about.bundle
  const keyOf = ({ method, person }: AttestedConsent): readonly Key[] =>
    company.people.has(person) ? [company.attesting.get(method) ?? []].flat() : []
  const { value } = openEnvelope(attestedConsentKind, envelope, keyOf)
  return { consent: value, attested: value, about, strength: 'attested', reaches: true }
}

const refuse = (say: string): never => {
  throw new ConsentRefusal(say)
}
