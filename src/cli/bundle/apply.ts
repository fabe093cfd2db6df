import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { newestBundle, readEnvelopeFile } from '#config/bundle-folder.ts'
import { keepCode } from '#config/kept-code.ts'
import { bundleKind, signersOf } from '#core/bundle/bundle.ts'
import type { Root } from '#core/bundle/company.ts'
import { type Change, difference } from '#core/bundle/difference.ts'
import { endsOf } from '#core/bundle/end.ts'
import { carriesUntil } from '#core/bundle/life.ts'
import { FoobotError } from '#core/errors.ts'
import { checkSuccession } from '#core/log/succession.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { UsageError } from '../failure.ts'
import { onDay } from '../on-day.ts'
import { line } from '../terminal/clean.ts'
import { accepted, putInForce } from './activate.ts'
import { changeLines } from './change-lines.ts'
import { checkedPolicy } from './checked-policy.ts'
import { codeReport } from './code-report.ts'
import { type Draft, newestOwn, type Own, readDraft, trustIn, writeProposal } from './draft.ts'
import { demandDeployment, type Prepared, type Proposal, prepare, unsigned } from './propose.ts'
import { findAdministrator, hasSigned, type Signing, signedBy } from './sign.ts'

export type Applying = Proposal & Pick<Signing, 'signers' | 'codesHere' | 'print' | 'ask'>

/** The next version, with its exact bytes and who has signed them. */
type Next = Prepared & { readonly envelope: Envelope }

/**
 * Puts a company's folder in force: checks it, shows what it changes, signs it, and activates it once enough have signed.
 * What an administrator has signed before is signed as it is, so that all sign the same, and nothing of its plugins is
 * loaded. Nothing is written before everything is known to be right.
 * @returns whether it is in force; else others must sign first
 * @throws as `prepare`; FoobotError `bundle-refused`, `no-key`; UsageError where the answer is not `yes`
 */
export const apply = async (applying: Applying): Promise<boolean> => {
  const { config, data, print } = applying
  const before = newestOwn(data)
  const earlier = earlierSigned(config, before)
  const standing = earlier && (await standingHere(applying, before))
  const next = standing ?? (await preparedHere(applying))
  const roots = rootsOf(next, data)
  if (earlier && !standing) print(...startsAnew(earlier, roots), '')
  print(...summaryOf(next, data))

  // Whoever is here may put in force what enough have signed.
  const signed = lackingIn(next, roots).length === 0 ? next : await sign(next, roots, applying)
  demandAcceptable(signed, roots, applying)
  if (signed !== standing) {
    writeProposal(config, signed.envelope, signed.files)
    keepCode(data, signed.here)
  }
  return conclude(signed, roots, applying)
}

const preparedHere = async (applying: Applying): Promise<Next> => {
  const prepared = await prepare(applying)
  return { ...prepared, envelope: unsigned(prepared, applying) }
}

/** Signs the next version with the key at hand; one that has signed it already signs nothing more. */
const sign = async (next: Next, roots: readonly Root[], { signers, print, ask }: Applying): Promise<Next> => {
  const administrators = roots.flatMap((root) => root.administrators)
  const atHand = await signers([...new Set(administrators.map(({ person }) => person))])
  const { signer, person } = findAdministrator(atHand, administrators)
  const { version } = readEnvelope(bundleKind, next.envelope).value
  if (hasSigned(next.envelope, signer)) {
    print(
      line`${person} has signed it already. To begin anew, with plugins as they are here: foobot bundle propose, then foobot apply.`,
    )
    return next
  }
  const answer = await ask(line`Sign version ${version} as ${person}, with ${signer.place}? (yes/no)`)
  if (answer !== 'yes') throw new UsageError('Nothing was signed, and nothing has changed.')
  return { ...next, envelope: await signedBy(signer, next.envelope) }
}

/** What lies in a folder as the next version, and somebody has signed; whether the folder is as it was then or not. */
const earlierSigned = (config: string, before: Own | undefined): Envelope | undefined => {
  const file = join(config, 'bundle.json')
  if (!existsSync(file)) return undefined
  try {
    const envelope = readEnvelopeFile(file)
    const { previous, version } = readEnvelope(bundleKind, envelope).value
    const follows = previous === before?.digest && version === (before?.version ?? 0) + 1
    return follows && envelope.signatures.length > 0 ? envelope : undefined
  } catch (error) {
    // What cannot be read is nobody's proposal: a new one takes its place.
    if (error instanceof FoobotError) return undefined
    throw error
  }
}

/** The same, where it is worth signing still: it is fresh, and the folder is what was signed. */
const standingHere = async (
  { config, data, now, codesHere }: Applying,
  before: Own | undefined,
): Promise<Next | undefined> => {
  const draft = draftIn(config)
  if (!draft) return undefined
  const { envelope, files, company, payload, digest } = draft
  if (carriesUntil({ ...payload, digest, company }, 'sensitive') <= now) return undefined
  demandDeployment(company, { config, data }, before)
  if (before) checkSuccession(before.company, company)
  return { before, envelope, files, company, softSpots: checkedPolicy(company), here: await codesHere() }
}

const draftIn = (config: string): Draft | undefined => {
  try {
    return readDraft(config)
  } catch (error) {
    if (error instanceof FoobotError && error.code === 'bundle-refused') return undefined
    throw error
  }
}

const startsAnew = (earlier: Envelope, roots: readonly Root[]): readonly string[] => {
  const { version } = readEnvelope(bundleKind, earlier).value
  const who = [...new Set(roots.flatMap((root) => [...signersOf(earlier, root)]))]
  return [
    line`${listed(who)} signed another version ${version}: the folder has changed since, or its time is over, so all sign this one.`,
  ]
}

/** The administrators until now, by the bundle before or the server's own configuration, and those of the folder itself. */
const rootsOf = ({ before, company }: Next, data: string): readonly Root[] => {
  const until = before?.company.root ?? trustIn(data)?.root ?? company.root
  return JSON.stringify(until) === JSON.stringify(company.root) ? [company.root] : [until, company.root]
}

type Lacking = { readonly count: number; readonly from: readonly string[] }

/** For each root that too few have signed for: how many more, and who they could be. */
const lackingIn = ({ envelope }: Pick<Next, 'envelope'>, roots: readonly Root[]): readonly Lacking[] =>
  roots.flatMap((root) => {
    const signed = signersOf(envelope, root)
    const from = [...new Set(root.administrators.map(({ person }) => person))].filter((person) => !signed.has(person))
    const count = root.threshold - signed.size
    return count > 0 ? [{ count, from }] : []
  })

/** Proven as the server will prove it, before anything is written. */
const demandAcceptable = (next: Next, roots: readonly Root[], { data, now }: Applying): void => {
  const trust = trustIn(data)
  if (trust && lackingIn(next, roots).length === 0) accepted(next, data, trust, now)
  else if (trust && next.before) newestBundle(data, { ...trust, now })
}

const conclude = (next: Next, roots: readonly Root[], { config, data, print }: Applying): boolean => {
  const { version } = readEnvelope(bundleKind, next.envelope).value
  const again = line`  foobot apply --config ${config} --data ${data}`
  const lacking = lackingIn(next, roots)
  if (lacking.length > 0) {
    print(
      line`Version ${version} is not in force yet: ${whoOf(lacking)} must sign it too. With this folder as it lies here now, and a key of their own, they run:`,
      again,
    )
    return false
  }
  if (!trustIn(data)) {
    print(
      line`Version ${version} is signed by enough. It is put in force in the server’s data folder, and ${data} is none:`,
      line`  foobot apply --config ${config} --data DIR`,
    )
    return false
  }
  print(...putInForce(next, data))
  return true
}

/** As `bob`, `1 of bob and carol`, or `bob, and 1 of carol and dora`: the administrators until now first. */
const whoOf = (lacking: readonly Lacking[]): string => {
  const each = lacking.map(({ count, from }) => (count === from.length ? listed(from) : `${count} of ${listed(from)}`))
  return [...new Set(each)].join(', and ')
}

const summaryOf = ({ envelope, before, company, softSpots, here }: Next, data: string): readonly string[] => {
  const { value, digest } = readEnvelope(bundleKind, envelope)
  const { deployment, version, iat, exp } = value
  const changes = difference(before?.company, company).filter(isChosen)
  const report = codeReport(before?.company.plugins, company.plugins, here, data)
  const signed = [...signersOf(envelope, company.root)]
  return [
    line`${headOf(deployment, version, before?.version, changes)}`,
    ...(changes.length > 0 ? ['', ...changeLines(changes)] : []),
    ...(report.length > 0 ? ['', ...report] : []),
    '',
    ...softSpots,
    line`${lifeText({ version, digest, iat, exp, company })}`,
    ...(signed.length > 0 ? [line`Signed so far by ${listed(signed)}.`] : []),
  ]
}

const headOf = (
  deployment: string,
  version: number,
  before: number | undefined,
  changes: readonly Change[],
): string => {
  if (before === undefined) return `Version ${version} of ${deployment}, its first:`
  return changes.length > 0
    ? `Version ${version} of ${deployment}, after version ${before}:`
    : `Version ${version} of ${deployment} renews version ${before}, and changes nothing else.`
}

/** Where the log is, nobody chose: it goes on by itself. */
const isChosen = ({ part, label }: Change): boolean => part !== 'log' || label !== 'checkpoint'

const lifeText = (bundle: Parameters<typeof endsOf>[0]): string => {
  const [first, last] = endsOf(bundle)
  if (first?.of === 'fresh' && last)
    return `It lives until ${onDay(last.at)}, and carries commands from sensitive up until ${onDay(first.at)}.`
  return `It lives until ${onDay(bundle.exp)}.`
}

const listed = (people: readonly string[]): string => new Intl.ListFormat('en').format(people)
