import { bundleVersions, readBundle, toPack } from '#config/bundle-folder.ts'
import { readCompany } from '#config/company.ts'
import { FoobotError } from '#core/errors.ts'
import { inclusionProof } from '#core/log/proofs.ts'
import { toBase64 } from '#core/statement/base64.ts'
import { receiptsKind } from '#core/warrant/receipts.ts'
import type { Warrant } from '#core/warrant/warrant.ts'
import { entriesOf, type LeafEntry, type LogFolder, signaturesOf, treeOf } from './log-folder.ts'
import { tell } from './log-story.ts'
import type { ProofFile } from './proof-file.ts'
import { changeIn, changesFor, type ToldChange } from './proof-keys.ts'

/**
 * Gathers what proves one command: its last warrant, what the runner signed of it, and the bundles up to then.
 * @param wanted a code, or as much of a digest as tells it apart
 * @throws FoobotError `log-unknown` where no warrant has that code
 */
export const gatherProof = (log: LogFolder, data: string, wanted: string): ProofFile => {
  const prefix = wanted.replaceAll('-', '').toLowerCase()
  let warrant: { readonly leaf: LeafEntry; readonly value: Warrant } | undefined
  let receipts: LeafEntry | undefined
  const told: (ToldChange & { readonly leaf: LeafEntry })[] = []
  for (const leaf of entriesOf(log)) {
    const one = tell(leaf)
    if (one.kind === 'event') {
      const envelope = one.value.keyChange && changeIn(one.value, [...signaturesOf(log, leaf.index)])
      if (envelope) told.push({ event: one.value, envelope, leaf })
    }
    if (one.kind === 'warrant' && one.stated.digest.startsWith(prefix)) {
      warrant = { leaf, value: one.value }
      receipts = undefined
    }
    if (one.kind === 'receipts' && one.value.receipts.some(({ statement }) => statement.startsWith(prefix))) {
      receipts = leaf
    }
  }
  if (!warrant) throw new FoobotError('log-unknown', `no warrant ${wanted} in ${log.head.size} leaves`)
  const { leaf, value } = warrant
  const bundles = bundleVersions(data)
    .filter((version) => version <= value.bundle.version)
    .map((version) => readBundle(data, version))
  const before = told.filter((change) => change.leaf.index < leaf.index)
  const companies = bundles.map(({ files }) => readCompany(files))
  const changes = before.length === 0 ? [] : changesFor(value, before, companies)
  const tree = treeOf(log)
  const place = ({ index }: LeafEntry) => ({
    index,
    path: inclusionProof(index, log.head.size, tree).map((hash) => Buffer.from(hash).toString('hex')),
  })
  return {
    v: 2,
    deployment: value.deployment,
    checkpoint: log.note,
    warrant: { ...place(leaf), payload: toBase64(leaf.body) },
    ...(receipts && { receipts: { ...place(receipts), envelope: receiptsEnvelope(log, receipts) } }),
    ...(changes.length > 0 && {
      keyChanges: changes.map((change) => ({
        ...place(change.leaf),
        event: toBase64(change.leaf.body),
        signatures: change.envelope.signatures,
      })),
    }),
    bundles: bundles.map(toPack),
  }
}

const receiptsEnvelope = (log: LogFolder, { index, body }: LeafEntry) => ({
  payloadType: receiptsKind.type,
  payload: toBase64(body),
  signatures: [...signaturesOf(log, index)],
})
