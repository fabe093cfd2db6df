import { createHash } from 'node:crypto'
import { z } from 'zod'
import { FoobotError } from '#core/errors.ts'
import { openEnvelope } from '#core/signature/open.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import { digest, type Envelope, formatVersion, name, time } from '#core/statement/fields.ts'
import { defineKind } from '#core/statement/kind.ts'
import type { Bundle, Company, Root } from './company.ts'

/** Folders and file, each beginning with a letter or digit: no path leads out of a folder. */
const path = /^(?=.{1,200}$)[A-Za-z0-9][\w.-]*(?:\/[A-Za-z0-9][\w.-]*)*$/

const fields = z
  .strictObject({
    v: formatVersion,
    deployment: name,
    version: z.int().min(1),
    /** Digest of the bundle that this one takes the place of; absent from the first alone. */
    previous: z.exactOptional(digest),
    iat: time,
    exp: time,
    /** SHA-256 of each file of the company's folder, by path. */
    files: z.record(z.string().regex(path), digest),
  })
  .refine(
    ({ version, previous }) => (version === 1) === (previous === undefined),
    'all but the first name the previous',
  )

export type BundlePayload = z.infer<typeof fields>

/** The company's folder, hashed: what the administrators sign. */
export const bundleKind = defineKind('bundle', fields, 4 * 1024 * 1024)

/** A bundle as it travels, and as it lies on disk. */
export type BundleOffer = { readonly envelope: Envelope; readonly files: ReadonlyMap<string, Uint8Array> }

/** What decides whether a bundle may be trusted: all of it comes from the one who decides, none from a message. */
export type Trust = {
  readonly deployment: string
  /** Who may sign the first bundle that is taken; after that, the root in the bundle held decides. */
  readonly root: Root
  /** The lowest version that is taken. */
  readonly lowest: number
  /** The bundle in force here. */
  readonly held?: Bundle
  /** Seconds since 1970. */
  readonly now: number
}

/** Reads a company out of the files of its folder, and throws where it cannot. */
export type ReadCompany = (files: ReadonlyMap<string, Uint8Array>) => Company

const day = 86_400
/** Seconds that a bundle may live at most, and does where nobody says less: a year, and time to renew it. */
export const longestBundleLife = 400 * day
const skew = 30

/** The exact bytes of a bundle over these files, for administrators to sign. */
export const draftBundle = (
  files: ReadonlyMap<string, Uint8Array>,
  head: Omit<BundlePayload, 'v' | 'files'>,
): Uint8Array => bundleKind.encode({ v: 2, ...head, files: digestsOf(files) })

/**
 * Takes a bundle: one that follows the bundle held, or, where none is held, one that the root's administrators signed.
 * The bundle held, offered again, is taken as it is.
 * @param read called once the signatures and digests of the files are proven
 * @throws FoobotError `bundle-refused` with what is wrong; `bundle-expired`; `payload-malformed`; what `read` throws
 */
export const acceptBundle = (offer: BundleOffer, read: ReadCompany, trust: Trust): Bundle =>
  acceptChain([offer], read, trust)

/**
 * Takes several bundles, each following the one before. Only the last must be unexpired, so that who was away for long
 * finds the way from the bundle that it held.
 * @throws as `acceptBundle`
 */
export const acceptChain = (offers: readonly BundleOffer[], read: ReadCompany, trust: Trust): Bundle =>
  demandAlive(followChain(offers, read, trust), trust.now)

/**
 * As `acceptChain`, whether the last has expired or not: for a server, which lets people in and takes newer bundles under an
 * expired one, and nothing else.
 * @throws as `followBundle`
 */
export const followChain = (offers: readonly BundleOffer[], read: ReadCompany, trust: Trust): Bundle => {
  let { held } = trust
  for (const offer of offers) held = followBundle(offer, read, held ? { ...trust, held } : trust)
  return held ?? refuse('there is none', 'There is no bundle yet: sign one with "foobot apply".')
}

/** @throws FoobotError `bundle-expired` */
export const demandAlive = (bundle: Bundle, now: number): Bundle => {
  if (bundle.exp > now) return bundle
  throw new FoobotError('bundle-expired', `bundle ${bundle.version} expired at ${bundle.exp}`)
}

/**
 * As `acceptBundle`, whether it has expired or not: for a runner that was away for long and is handed one bundle after the
 * other. Under an expired one it carries nothing out (step 3 of its checks), so that to hold one does no harm.
 * @throws FoobotError `bundle-refused`, `payload-malformed`; what `read` throws
 */
export const followBundle = (offer: BundleOffer, read: ReadCompany, trust: Trust): Bundle => {
  const { value, digest } = readEnvelope(bundleKind, offer.envelope)
  const { held } = trust
  if (held && held.version === value.version && held.digest === digest) return held
  checkPlace(value, trust)
  checkTimes(value, trust.now)
  checkFiles(value, offer.files)
  checkSigned(offer.envelope, held?.company.root ?? trust.root, held ? `bundle ${held.version}` : 'the configuration')
  const company = read(offer.files)
  if (company.deployment !== trust.deployment) refuse(`its folder is of deployment ${company.deployment}`)
  checkSigned(offer.envelope, company.root, 'its own folder')
  return { version: value.version, digest, iat: value.iat, exp: value.exp, company }
}

/** It is ours, and its version only rises, one bundle after the other. */
const checkPlace = ({ deployment, version, previous }: BundlePayload, { held, ...trust }: Trust): void => {
  if (deployment !== trust.deployment) refuse(`it is of deployment ${deployment}, and this is ${trust.deployment}`)
  if (version < trust.lowest) refuse(`version ${version} is older than ${trust.lowest}, the lowest accepted here`)
  if (!held) return
  if (version <= held.version) refuse(`version ${version} does not come after ${held.version}, which is in force here`)
  if (previous !== held.digest) {
    refuse(`version ${version} does not follow the version ${held.version} held here: hand over those between first`)
  }
}

const checkTimes = ({ iat, exp }: BundlePayload, now: number): void => {
  if (iat > now + skew) refuse(`it was made ${iat - now} s in the future: look at the clocks`)
  if (exp <= iat) refuse('it ends before it begins')
  if (exp - iat > longestBundleLife) refuse(`it lives longer than ${longestBundleLife / day} days`)
}

/**
 * Exactly the files that were signed: none changed, none missing, none more.
 * @throws FoobotError `bundle-refused`
 */
export const checkFiles = ({ files: signed }: BundlePayload, files: ReadonlyMap<string, Uint8Array>): void => {
  for (const path of Object.keys(signed)) if (!files.has(path)) refuse(`the file ${path} is missing`)
  for (const [path, digest] of Object.entries(digestsOf(files))) {
    if (!Object.hasOwn(signed, path)) refuse(`the file ${path} is not among those that were signed`)
    if (signed[path] !== digest) refuse(`the file ${path} is not as it was signed`)
  }
}

/** Enough people of a root have signed. A key speaks for one person, and a person counts once. */
const checkSigned = (envelope: Envelope, root: Root, whose: string): void => {
  const count = signersOf(envelope, root).size
  if (count < root.threshold)
    refuse(`${count} of the ${root.threshold} administrators that ${whose} asks for have signed`)
}

/** The administrators of a root who have signed a bundle; nobody may be the answer. */
export const signersOf = (envelope: Envelope, { administrators }: Root): ReadonlySet<string> => {
  const people = new Map(administrators.map(({ key, person }) => [key, person]))
  try {
    const { proofs } = openEnvelope(bundleKind, envelope, () => [...people.keys()])
    return new Set(proofs.flatMap(({ key }) => people.get(key) ?? []))
  } catch (error) {
    if (error instanceof FoobotError && error.code === 'signature-refused') return new Set()
    throw error
  }
}

const digestsOf = (files: ReadonlyMap<string, Uint8Array>): Record<string, string> =>
  Object.fromEntries(
    [...files.keys()].sort().map((path) => [
      path,
      createHash('sha256')
        .update(files.get(path) ?? '')
        .digest('hex'),
    ]),
  )

const refuse = (reason: string, say = `That bundle cannot be trusted: ${reason}.`): never => {
  throw new FoobotError('bundle-refused', `bundle: ${reason}`, say)
}
