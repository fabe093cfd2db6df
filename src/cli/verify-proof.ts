import { fromPack } from '#config/bundle-folder.ts'
import { readCompany } from '#config/company.ts'
import { acceptChain } from '#core/bundle/bundle.ts'
import type { Company, Root } from '#core/bundle/company.ts'
import { FoobotError } from '#core/errors.ts'
import { logOf, openNote } from '#core/log/checkpoint.ts'
import { leafHash } from '#core/log/hash.ts'
import { beginningOf } from '#core/log/log-begins.ts'
import { checkSuccession } from '#core/log/succession.ts'
import { type TreeHead, verifyInclusion } from '#core/log/tree.ts'
import { policyOf } from '#core/policy/decide.ts'
import { openEnvelope } from '#core/signature/open.ts'
import { fromBase64 } from '#core/statement/base64.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import { statementKind } from '#core/statement/statement.ts'
import type { Case, Facts } from '#core/warrant/case.ts'
import { type Receipt, receiptsKind } from '#core/warrant/receipts.ts'
import { checkPapers, checkWorld, paperSteps, worldSteps } from '#core/warrant/verify.ts'
import { type Warrant, warrantKind } from '#core/warrant/warrant.ts'
import type { ProofFile } from './proof-file.ts'
import { provenChanges } from './proof-keys.ts'

/** Whom an auditor trusts, known from elsewhere than the proof. */
export type AuditorTrust = { readonly deployment: string; readonly root: Root; readonly lowest: number }

export type Verdict = {
  readonly case: Case
  readonly receipt?: Receipt
  readonly checked: readonly string[]
  /** What no paper can show afterwards. */
  readonly unchecked: readonly string[]
}

/** The steps that look at the world as it was then; the papers cannot show it. */
const unseen: ReadonlySet<string> = new Set(['definition', 'resource', 'claim'])

/**
 * Walks the runner's own list for an auditor, at the time at which the runner did.
 * @throws WarrantRefusal, or FoobotError where bundles or receipt are not what they must be
 */
export const verifyProof = async (proof: ProofFile, trust: AuditorTrust): Promise<Verdict> => {
  const body = fromBase64(proof.warrant.payload)
  const warrant = warrantKind.decode(body)
  const claimed =
    proof.receipts && receiptOf(readEnvelope(receiptsKind, proof.receipts.envelope).value.receipts, warrant)
  const now = claimed?.start ?? warrant.iat
  const companies: Company[] = []
  const read = (files: Parameters<typeof readCompany>[0]): Company => {
    const company = readCompany(files)
    companies.push(company)
    return company
  }
  const bundle = acceptChain(proof.bundles.map(fromPack), read, { ...trust, now })
  for (const [n, company] of companies.entries()) {
    const before = companies[n - 1]
    if (before) checkSuccession(before, company)
  }
  const { origin, key } = logOf(bundle.company)
  const sealed = openNote(proof.checkpoint, origin, key)
  const facts: Facts = {
    me: { deployment: trust.deployment, runner: warrant.runner },
    now,
    bundle,
    policy: policyOf(bundle),
    keyChanges: provenChanges(proof, sealed, companies),
    // As a runner that has seen none of it: a log that goes on from a copy begins with the leaf that says so.
    last: beginningOf(bundle.company),
    loaded: (command) => {
      const listed = bundle.company.commands.find(({ manifest }) => manifest.command === command)
      return listed && { definition: statementOf(warrant).definition, manifest: listed.manifest }
    },
    inspect: async ({ resource }) => resource,
  }
  const papers = checkPapers(
    {
      warrant: body,
      index: proof.warrant.index,
      path: proof.warrant.path.map(fromHex),
      checkpoint: proof.checkpoint,
      consistency: (proof.begins ?? []).map(fromHex),
    },
    facts,
  )
  await checkWorld(
    papers,
    worldSteps.filter(({ name }) => !unseen.has(name)),
  )
  const receipt = papers.head && openReceipt(proof, papers, papers.head)
  const steps = ['shape', ...[...paperSteps, ...worldSteps].map(({ name }) => name), ...(receipt ? ['receipt'] : [])]
  return {
    case: papers,
    ...(receipt && { receipt }),
    checked: steps.filter((name) => !unseen.has(name)),
    unchecked: [...unseen, 'keys removed that this file does not tell of', ...(receipt ? [] : ['receipt'])],
  }
}

/** The receipt, once its runner's signature and its place in the log are proven. */
const openReceipt = ({ receipts }: ProofFile, c: Case, head: TreeHead): Receipt | undefined => {
  if (!receipts) return undefined
  const { warrant, leaf, facts } = c
  const key = facts.bundle.company.runners.get(warrant.runner)?.key
  if (key === undefined) return refuse(`the bundle has no runner ${warrant.runner}`)
  const { value, body } = openEnvelope(receiptsKind, receipts.envelope, () => [key])
  if (value.deployment !== warrant.deployment || value.runner !== warrant.runner)
    return refuse('the receipt is of another runner')
  const receipt = receiptOf(value.receipts, warrant)
  if (receipt?.warrant !== Buffer.from(leaf).toString('hex')) return refuse('the receipt is of another warrant')
  const hash = leafHash(receiptsKind.pae(body))
  const path = receipts.path.map(fromHex)
  if (!verifyInclusion(hash, receipts.index, head.size, head.root, path)) return refuse('the receipt is not in the log')
  return receipt
}

const receiptOf = (receipts: readonly Receipt[], warrant: Warrant): Receipt | undefined => {
  const digest = statementKind.digest(fromBase64(warrant.statement))
  return receipts.find(({ statement }) => statement === digest)
}

const statementOf = (warrant: Warrant) => statementKind.decode(fromBase64(warrant.statement))

const fromHex = (hex: string): Uint8Array => Buffer.from(hex, 'hex')

const refuse = (why: string): never => {
  throw new FoobotError('proof-refused', why, `That proof is refused: ${why}.`)
}
