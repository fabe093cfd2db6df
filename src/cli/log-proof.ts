import { bundleVersions, readBundle, toPack } from '#config/bundle-folder.ts'
import { readCompany } from '#config/company.ts'
import { FoobotError } from '#core/errors.ts'
import { consistencyProof, inclusionProof } from '#core/log/proofs.ts'
import { toBase64 } from '#core/statement/base64.ts'
import { receiptsKind } from '#core/warrant/receipts.ts'
import type { Warrant } from '#core/warrant/warrant.ts'
import {
  entriesOf,
  type LeafEntry,
  type LogFolder,
  type LogHere,
  liesThere,
  openEnded,
  openLog,
  signaturesOf,
  treeOf,
} from './log-folder.ts'
import { tell } from './log-story.ts'
import type { ProofFile } from './proof-file.ts'
import { changeIn, changesFor, type ToldChange } from './proof-keys.ts'

/**
 * Gathers what proves one command: its last warrant, what the runner signed of it, and the bundles up to then.
 * @param logs those of the data folder, the one that grows first
 * @param wanted a code, or as much of a digest as tells it apart
 * @throws FoobotError `log-unknown` where no warrant has that code
 */
export const gatherProof = (data: string, logs: readonly LogHere[], wanted: string): ProofFile => {
  const prefix = wanted.replaceAll('-', '').toLowerCase()
  for (const [n, here] of logs.entries()) {
    if (n > 0 && !liesThere(data, here)) continue
    const log = openLog(data, here)
    const { warrant, receipts, told } = gather(log, prefix)
    if (!warrant) continue
    const before = logs
      .slice(n + 1)
      .filter((other) => liesThere(data, other))
      .map((other) => openEnded(data, other))
    const earlier = before.toReversed().flatMap((other) => gather(other, prefix).told)
    return proofOf(data, log, { warrant, receipts, told: [...earlier, ...told] })
  }
  throw new FoobotError('log-unknown', `no warrant ${wanted} in the logs of ${data}`)
}

type TheWarrant = { readonly leaf: LeafEntry; readonly value: Warrant }

/** A key change with the leaf that tells of it, and the log that this is a leaf of. */
type ToldIn = ToldChange & { readonly leaf: LeafEntry; readonly log: LogFolder }

type Gathered = {
  readonly warrant: TheWarrant | undefined
  readonly receipts: LeafEntry | undefined
  readonly told: readonly ToldIn[]
}

const gather = (log: LogFolder, prefix: string): Gathered => {
  let warrant: TheWarrant | undefined
  let receipts: LeafEntry | undefined
  const told: ToldIn[] = []
  for (const leaf of entriesOf(log)) {
    const one = tell(leaf)
    if (one.kind === 'event') {
      const envelope = one.value.keyChange && changeIn(one.value, [...signaturesOf(log, leaf.index)])
      if (envelope) told.push({ event: one.value, envelope, leaf, log })
    }
    if (one.kind === 'warrant' && one.stated.digest.startsWith(prefix)) {
      warrant = { leaf, value: one.value }
      receipts = undefined
    }
    if (one.kind === 'receipts' && one.value.receipts.some(({ statement }) => statement.startsWith(prefix))) {
      receipts = leaf
    }
  }
  return { warrant, receipts, told }
}

const proofOf = (
  data: string,
  log: LogFolder,
  { warrant: { leaf, value }, receipts, told }: Gathered & { readonly warrant: TheWarrant },
): ProofFile => {
  const bundles = bundleVersions(data)
    .filter((version) => version <= value.bundle.version)
    .map((version) => readBundle(data, version))
  const before = told.filter((change) => change.log !== log || change.leaf.index < leaf.index)
  const companies = bundles.map(({ files }) => readCompany(files))
  const changes = before.length === 0 ? [] : changesFor(value, before, companies)
  return {
    v: 2,
    deployment: value.deployment,
    checkpoint: log.note,
    // A log that goes on from a copy is proven from its first leaf on.
    ...(log.number > 1 && { begins: consistencyProof(1, log.head.size, treeOf(log)).map(toHex) }),
    warrant: { ...place(log, leaf), payload: toBase64(leaf.body) },
    ...(receipts && { receipts: { ...place(log, receipts), envelope: receiptsEnvelope(log, receipts) } }),
    ...(changes.length > 0 && {
      keyChanges: changes.map((change) => ({
        ...(change.log.number < log.number && { log: change.log.number }),
        ...place(change.log, change.leaf),
        event: toBase64(change.leaf.body),
        signatures: change.envelope.signatures,
      })),
    }),
    bundles: bundles.map(toPack),
  }
}

const place = (log: LogFolder, { index }: LeafEntry) => ({
  index,
  path: inclusionProof(index, log.head.size, treeOf(log)).map(toHex),
})

const toHex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex')

const receiptsEnvelope = (log: LogFolder, { index, body }: LeafEntry) => ({
  payloadType: receiptsKind.type,
  payload: toBase64(body),
  signatures: [...signaturesOf(log, index)],
})
