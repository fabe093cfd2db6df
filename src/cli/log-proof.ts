import { bundleVersions, readBundle, toPack } from '#config/bundle-folder.ts'
import { FoobotError } from '#core/errors.ts'
import { inclusionProof } from '#core/log/tree.ts'
import { toBase64 } from '#core/statement/base64.ts'
import { receiptsKind } from '#core/warrant/receipts.ts'
import { entriesOf, type LeafEntry, type LogFolder, signaturesOf, treeOf } from './log-folder.ts'
import { tell } from './log-story.ts'
import type { ProofFile } from './proof-file.ts'

/**
 * Gathers what proves one command: its last warrant, what the runner signed of it, and the bundles up to then.
 * @param wanted a code, or as much of a digest as tells it apart
 * @throws FoobotError `log-unknown` where no warrant has that code
 */
export const gatherProof = (log: LogFolder, data: string, wanted: string): ProofFile => {
  const prefix = wanted.replaceAll('-', '').toLowerCase()
  let warrant: { readonly leaf: LeafEntry; readonly bundle: number; readonly deployment: string } | undefined
  let receipts: LeafEntry | undefined
  for (const leaf of entriesOf(log)) {
    const told = tell(leaf)
    if (told.kind === 'warrant' && told.stated.digest.startsWith(prefix)) {
      warrant = { leaf, bundle: told.value.bundle.version, deployment: told.value.deployment }
      receipts = undefined
    }
    if (told.kind === 'receipts' && told.value.receipts.some(({ statement }) => statement.startsWith(prefix))) {
      receipts = leaf
    }
  }
  if (!warrant) throw new FoobotError('log-unknown', `no warrant ${wanted} in ${log.head.size} leaves`)
  const { leaf, bundle, deployment } = warrant
  const tree = treeOf(log)
  const place = ({ index }: LeafEntry) => ({
    index,
    path: inclusionProof(index, log.head.size, tree).map((hash) => Buffer.from(hash).toString('hex')),
  })
  return {
    v: 1,
    deployment,
    checkpoint: log.note,
    warrant: { ...place(leaf), payload: toBase64(leaf.body) },
    ...(receipts && { receipts: { ...place(receipts), envelope: receiptsEnvelope(log, receipts) } }),
    bundles: bundleVersions(data)
      .filter((version) => version <= bundle)
      .map((version) => toPack(readBundle(data, version))),
  }
}

const receiptsEnvelope = (log: LogFolder, { index, body }: LeafEntry) => ({
  payloadType: receiptsKind.type,
  payload: toBase64(body),
  signatures: [...signaturesOf(log, index)],
})
