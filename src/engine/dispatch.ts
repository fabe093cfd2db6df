import { consistencyProof, inclusionProof } from '#core/log/proofs.ts'
import { away } from './inspect.ts'
import { asRecorded, type Recorded } from './record.ts'
import { move } from './request/move.ts'
import type { Request } from './request/request.ts'
import type { Admitted } from './runners.ts'
import type { Seal } from './store.ts'
import { sayOf } from './talk.ts'
import type { Way } from './way.ts'

/**
 * Sends a recorded warrant with its proof to its runner. Where the runner is away, or another request holds the
 * resource, it waits: it is tried again when the runner comes or the holder ends, until the statement expires.
 */
export const dispatch = async (way: Way, request: Recorded): Promise<void> => {
  const admitted = way.runners.get(request.runner)
  const told = way.unsent.has(request.id)
  way.unsent.add(request.id)
  if (!admitted || admitted.handsIn !== undefined) {
    if (told) return
    const text = `${away(way, request.runner, way.rules.company.zone)} It runs when ${request.runner} is back, unless it expires before.`
    await sayOf(way, request, { text, blocks: [] })
    return
  }
  if (holderOf(way, request)) return
  way.unsent.delete(request.id)
  const { store } = admitted.connection.announced
  const sent = request.sent.store === store ? request : await sendTo(way, request, store)
  if (sent) send(way, asRecorded(sent))
}

/** Records whose it is. Where that cannot be written, it waits as it did. */
const sendTo = async (way: Way, request: Recorded, store: string): Promise<Request | undefined> => {
  try {
    return await move(way, request, { state: 'running', sent: { ...request.sent, store } })
  } catch (error) {
    way.unsent.add(request.id)
    throw error
  }
}

/** Hands the order over, with proofs from where the runner's last order led. */
const send = (way: Way, { runner, sent }: Recorded): void => {
  const admitted = way.runners.get(runner)
  const seal = way.group.seal
  if (!admitted || !seal) return
  admitted.connection.execute([
    {
      type: 'execute',
      warrant: base64(sent.warrant),
      index: sent.index,
      path: pathTo(way, seal, sent.index),
      ...upTo(way, seal, admitted),
    },
  ])
}

/** The way of a leaf to the sealed root. */
export const pathTo = (way: Way, seal: Seal, index: number): string[] =>
  inclusionProof(index, seal.size, way.tree).map(hex)

/** The sealed end of the log, proven from what this runner was sent last. From here on it has seen this one. */
export const upTo = (
  way: Way,
  seal: Seal,
  admitted: Admitted,
): { readonly checkpoint: string; readonly consistency: string[] } => {
  const from = admitted.seen
  const consistency = from === 0 || from >= seal.size ? [] : consistencyProof(from, seal.size, way.tree)
  admitted.seen = seal.size
  return { checkpoint: seal.note, consistency: consistency.map(hex) }
}

/** The exclusive request that holds the resource which this one needs for itself: one that was recorded before it. */
export const holderOf = (
  way: Way,
  request: Pick<Request, 'id' | 'runner' | 'command' | 'stated' | 'sent'>,
): Request | undefined => {
  if (!request.stated || !isExclusive(way, request.command)) return undefined
  const mine = request.sent?.index ?? Number.POSITIVE_INFINITY
  return way.live
    .on(request.runner, request.stated.resource)
    .find(
      (other) =>
        other.id !== request.id &&
        other.state === 'running' &&
        (other.sent?.index ?? 0) < mine &&
        isExclusive(way, other.command),
    )
}

const isExclusive = (way: Way, command: string): boolean =>
  way.rules.entryOf(command)?.listed?.manifest.exclusive === true

/** Tries again what was recorded and not yet sent: a holder has ended, or a runner is back. */
export const retry = async (way: Way): Promise<void> => {
  for (const id of [...way.unsent]) {
    const request = way.live.get(id)
    if (request?.state === 'running') await dispatch(way, asRecorded(request))
    else way.unsent.delete(id)
  }
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
