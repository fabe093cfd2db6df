import { leafHash } from '#core/log/hash.ts'
import type { Reply } from '#core/reply/reply.ts'
import { verifyEd25519 } from '#core/signature/ed25519.ts'
import { type Letter, readEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { oneLine } from '#core/text/one-line.ts'
import { type Receipt, type Receipts, receiptsKind } from '#core/warrant/receipts.ts'
import { warrantKind } from '#core/warrant/warrant.ts'
import type { FromRunner } from '#wire/runner.ts'
import { again } from './again.ts'
import { alarm } from './alarm.ts'
import { pathTo, retry, upTo } from './dispatch.ts'
import { settle } from './request/move.ts'
import type { Request } from './request/request.ts'
import type { State } from './request/states.ts'
import type { RunnerConnection } from './runner-link.ts'
import { interrupted, resourceId } from './sentences.ts'
import type { Change, Leaf } from './store.ts'
import { followAll, footerOf, sayOf } from './talk.ts'
import type { Way } from './way.ts'

/** Part of an answer came: it is the runner's, and shown as such. */
export const heardSay = async (
  way: Way,
  connection: RunnerConnection,
  { request: id, blocks, final }: Extract<FromRunner, { type: 'say' }>,
): Promise<void> => {
  const request = way.live.get(id)
  if (!request) return
  const moving = blocks.length > 0 && blocks.every(({ type }) => type === 'progress')
  const text = moving ? '' : way.live.takeLead(id)
  const reply: Reply = { text, blocks, from: connection.runner, footer: footerOf(request) }
  if (final) way.live.answered(id, reply)
  if (way.live.isSayingMuch(id)) return
  await sayOf(way, request, reply, moving ? id : undefined)
}

/** Receipts of a runner's own orders, signed by it, with the requests that are known here. */
export type OwnReceipts = {
  readonly letter: Letter<Receipts>
  readonly signatures: string
  readonly known: readonly { readonly receipt: Receipt; readonly request: Request | undefined }[]
}

/**
 * Reads receipts, and demands that they are this runner's own.
 * @throws where they are not signed by it, or are of another's orders
 */
export const readReceipts = async (
  way: Way,
  { runner }: Pick<RunnerConnection, 'runner'>,
  envelope: Envelope,
): Promise<OwnReceipts> => {
  const letter = readEnvelope(receiptsKind, envelope)
  const { company } = way.rules
  const key = company.runners.get(runner)?.key
  const [signature] = letter.signatures
  if (!key || !signature || !verifyEd25519(key, receiptsKind.pae(letter.body), signature.sig)) {
    throw new Error('receipts are not signed by their runner')
  }
  const { value } = letter
  if (value.deployment !== company.deployment || value.runner !== runner) throw new Error('receipts of another runner')
  const known = await Promise.all(
    value.receipts.map(async (receipt) => ({ receipt, request: await requestOf(way, receipt) })),
  )
  if (known.some(({ request }) => request !== undefined && request.runner !== runner))
    throw new Error('receipts of another runner’s orders')
  return { letter, signatures: JSON.stringify(envelope.signatures), known }
}

/**
 * Receipts go into the log together with what they end, once however often they are handed over; only then are they
 * acknowledged, with the proof that they are there.
 */
export const heardReceipts = async (
  way: Way,
  connection: RunnerConnection,
  { letter, signatures, known }: OwnReceipts,
): Promise<void> => {
  const open = known.flatMap(({ receipt, request }) => (request?.state === 'running' ? [{ receipt, request }] : []))
  const leaf: Leaf = { bytes: receiptsKind.pae(letter.body), signatures }
  const anew = open.filter(({ receipt, request }) => isOtherBundle(way, receipt, request))
  const ended = open.filter(({ receipt, request }) => !isOtherBundle(way, receipt, request))
  const moves = ended.map(({ receipt, request }) => ({ receipt, request, next: endOf(way, request, receipt) }))
  const changes: Change[] = moves.map(({ request, next }) => ({
    from: { state: request.state, generation: request.generation },
    request: next,
  }))
  const [receipts, ...stored] = await way.group.record({ leaf, once: letter.digest }, ...changes)
  acknowledge(way, connection, letter.digest, receipts?.index)
  await Promise.all(moves.map(({ receipt, next }, i) => tellEnd(way, settle(way, next, stored[i]), receipt)))
  await Promise.all(anew.map(({ request }) => again(way, request)))
  await retry(way)
}

const acknowledge = (way: Way, connection: RunnerConnection, digest: string, index: number | undefined): void => {
  const admitted = way.runners.get(connection.runner)
  const seal = way.group.seal
  if (index === undefined || !seal || admitted?.connection !== connection) return
  connection.recorded({ receipts: [{ digest, index, path: pathTo(way, seal, index) }], ...upTo(way, seal, admitted) })
}

/** A runner that holds another bundle than the statement's refuses it unasked: it is stated and asked anew. */
const isOtherBundle = (way: Way, { outcome, refusal }: Receipt, { stated }: Request): boolean =>
  outcome === 'refused' && refusal?.step === 'bundle' && stated?.bundle !== way.rules.bundle.version

const requestOf = async (way: Way, { statement }: Receipt): Promise<Request | undefined> =>
  way.live.ofDigest(statement) ?? (await way.records.ofDigest(statement))

const ends: Readonly<Record<Receipt['outcome'], State>> = {
  done: 'done',
  failed: 'failed',
  refused: 'failed',
  cancelled: 'cancelled',
  interrupted: 'interrupted',
}

const endOf = (way: Way, request: Request, receipt: Receipt): Request => {
  const answer = way.live.answerOf(request.id)
  return {
    ...request,
    state: ends[receipt.outcome],
    generation: request.generation + 1,
    endedAt: way.clock(),
    ...(answer && { answer }),
  }
}

const tellEnd = async (way: Way, request: Request | undefined, receipt: Receipt): Promise<void> => {
  if (!request) return
  const lead = request.state === 'done' ? way.live.takeLead(request.id) : ''
  const text = [lead, sentence(request, receipt)].filter((part) => part !== '').join(' ')
  const answered = way.live.answerOf(request.id)
  if (text !== '' || (!answered && request.state === 'done')) await sayOf(way, request, { text, blocks: [] })
  if (receipt.outcome === 'refused' && receipt.refusal?.step === 'sealed')
    alarm(way, { ...ofReceipt(request), kind: 'not-sealed', why: receipt.refusal.say })
  if (request.sent && receipt.warrant !== hex(leafHash(warrantKind.pae(request.sent.warrant)))) {
    alarm(way, { ...ofReceipt(request), kind: 'other-warrant', why: 'a receipt names another warrant' })
  }
  await followAll(way, request)
  if (request.state === 'done' && (request.consents ?? []).length > 0) way.live.keepWords(request.id, way.clock())
  way.live.drop(request.id)
}

const ofReceipt = ({ id, runner }: Request) => ({ request: id, runner, source: runner })

const sentence = (request: Request, { outcome, refusal }: Receipt): string => {
  switch (outcome) {
    case 'done':
    case 'failed':
      return ''
    case 'refused':
      return `${request.runner} refused: ${refusal ? oneLine(refusal.say) : 'it gave no reason.'}`
    case 'cancelled':
      return 'Cancelled: nothing more is done.'
    case 'interrupted':
      return interrupted(resourceId(request))
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
