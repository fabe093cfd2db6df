import type { Signer } from '#client/signer.ts'
import { keepCode } from '#config/kept-code.ts'
import { bundleKind, signersOf } from '#core/bundle/bundle.ts'
import type { CodeHere } from '#core/bundle/code.ts'
import type { Root } from '#core/bundle/company.ts'
import { difference } from '#core/bundle/difference.ts'
import { FoobotError } from '#core/errors.ts'
import { keyid } from '#core/signature/key.ts'
import { fromBase64, toBase64 } from '#core/statement/base64.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { UsageError } from '../failure.ts'
import { line } from '../terminal/clean.ts'
import { changeLines } from './change-lines.ts'
import { checkedPolicy } from './checked-policy.ts'
import { codeReport } from './code-report.ts'
import { type Draft, type Own, type Place, previousOf, readDraft, signedText, writeDraft } from './draft.ts'

export type Signing = Place & {
  /** What may sign, given who the administrators are: one of their keys is looked for among them. */
  readonly signers: (administrators: readonly string[]) => Promise<readonly Signer[]>
  /** The code of plugins in the signer's own checkout. */
  readonly codesHere: () => Promise<readonly CodeHere[]>
  /** Prints lines. */
  readonly print: (...lines: readonly string[]) => void
  /** Asks whether to sign; anything but `yes` does not. */
  readonly ask: (question: string) => Promise<string>
}

/**
 * Shows what a proposal changes, from the signer's own copy of the bundle before, and then signs it.
 * @throws FoobotError `bundle-refused`, `policy-refused`, `no-key`, `company-malformed`; UsageError where the answer is not `yes`
 */
export const signProposal = async ({ config, data, signers, codesHere, print, ask }: Signing): Promise<void> => {
  const draft = readDraft(config)
  const softSpots = checkedPolicy(draft.company)
  const previous = previousOf(draft, data)
  print(...summaryOf(draft, previous))
  const here = await codesHere()
  const report = codeReport(previous?.company.plugins, draft.company.plugins, here, data)
  if (report.length > 0) print(...report, '')
  print(...softSpots)
  const administrators = [...(previous?.company.root.administrators ?? []), ...draft.company.root.administrators]
  const atHand = await signers([...new Set(administrators.map(({ person }) => person))])
  const { signer, person } = findAdministrator(atHand, administrators)
  if (hasSigned(draft.envelope, signer)) {
    print(line`${person} has signed version ${draft.payload.version} already.`)
    return
  }
  const answer = await ask(line`Sign version ${draft.payload.version} as ${person}, with ${signer.place}? (yes/no)`)
  if (answer !== 'yes') throw new UsageError('Nothing was signed.')

  const envelope = await signedBy(signer, draft.envelope)
  writeDraft(config, envelope)
  keepCode(data, here)
  print(`Version ${draft.payload.version} is ${signedText(envelope, draft.company, previous)}.`)
  print('When that is enough:', line`  foobot bundle activate --config ${config} --data ${data}`)
}

const summaryOf = ({ payload, digest, company }: Draft, previous: Own | undefined): readonly string[] => {
  const changes = difference(previous?.company, company)
  const after = previous ? `after version ${previous.version}` : 'the first'
  return [
    line`Version ${payload.version} of ${payload.deployment}, ${after}, until ${new Date(payload.exp * 1000).toISOString()}`,
    `digest ${digest}`,
    '',
    ...changeLines(changes),
    '',
  ]
}

/** A proposal with one more signature. A key checks one: what somebody else wrote under its id does not take this one's place. */
export const signedBy = async (signer: Signer, envelope: Envelope): Promise<Envelope> => {
  const sig = fromBase64(await signer.sign(bundleKind, readEnvelope(bundleKind, envelope).body))
  const mine = { keyid: keyid(signer.key), sig: toBase64(sig) }
  return { ...envelope, signatures: [...envelope.signatures.filter((other) => other.keyid !== mine.keyid), mine] }
}

/** Whether a key has signed a proposal. */
export const hasSigned = (envelope: Envelope, { key }: Pick<Signer, 'key'>): boolean =>
  signersOf(envelope, { threshold: 1, administrators: [{ person: 'signer', key }] }).size > 0

/** The first of the keys at hand that is an administrator's, of the root before or of this one. */
export const findAdministrator = (signers: readonly Signer[], administrators: Root['administrators']) => {
  for (const signer of signers) {
    const found = administrators.find(({ key }) => key === signer.key)
    if (found) return { signer, person: found.person }
  }
  const say = `None of the keys at hand is an administrator's (${[...new Set(administrators.map(({ person }) => person))].join(', ')}): give yours with --key FILE, or put it into the agent.`
  throw new FoobotError('no-key', 'no key of an administrator', say)
}
