import { shortFault } from '#core/text/short-fault.ts'
import { type OwnReceipts, readReceipts } from './answer.ts'
import { checkHandIn } from './hand-in.ts'
import { isEnd } from './request/states.ts'
import type { RunnerConnection, RunnerEars } from './runner-link.ts'
import type { Way } from './way.ts'

type Said = Parameters<RunnerEars['heard']>[1]

/** `over`: it is about something that has ended, or that nobody asked; nothing is made of it. */
export type Ownership =
  | { readonly is: 'own'; readonly receipts?: OwnReceipts }
  | { readonly is: 'over' }
  | { readonly is: 'foreign'; readonly why: string }

/**
 * The one gate for all that a runner says, before anything is made of it. INVARIANT: a runner speaks of itself and of what
 * it was sent, and of nothing else: a request is its own and was sent to its store, a call was asked on this very
 * connection, receipts are of its own orders, and a webhook is one that the bundle lists as its own.
 */
export const ownMessage = async (way: Way, connection: RunnerConnection, message: Said): Promise<Ownership> => {
  switch (message.type) {
    case 'inspected':
    case 'heard':
      return ofCall(way, connection, message.call)
    case 'claimed':
    case 'say':
    case 'too-late':
      return ofRequest(way, connection, message.request)
    case 'receipts':
      // What belongs to the log before is handed in, and is no receipt of this log.
      if (way.runners.get(connection.runner)?.handsIn !== undefined) return { is: 'over' }
      return readReceipts(way, connection, message.envelope).then(
        (receipts) => ({ is: 'own', receipts }),
        (error: unknown) => ({ is: 'foreign', why: shortFault(error) }),
      )
    case 'hand-in':
      return checkHandIn(way, connection, message).then(
        () => ({ is: 'own' }),
        (error: unknown) => ({ is: 'foreign', why: error instanceof Error ? error.message : String(error) }),
      )
    case 'told':
      return way.rules.company.webhooks.get(message.path)?.runner === connection.runner
        ? { is: 'own' }
        : { is: 'foreign', why: 'it speaks for a webhook of another runner' }
    case 'checkpoint':
    case 'key-change':
    case 'bundle':
    case 'state':
      return { is: 'own' }
  }
}

const ofCall = (way: Way, connection: RunnerConnection, call: string): Ownership => {
  const asked = way.runners.askedOf(call)
  if (asked === undefined) return { is: 'over' }
  return asked === connection ? { is: 'own' } : { is: 'foreign', why: 'it answers what another runner was asked' }
}

const ofRequest = async (way: Way, connection: RunnerConnection, id: string): Promise<Ownership> => {
  const live = way.live.get(id)
  const request = live ?? (await way.records.find(id))
  if (!request) return { is: 'over' }
  if (request.runner !== connection.runner) return { is: 'foreign', why: 'it speaks of another runner’s request' }
  // It stays for a moment after its end, while that is said: what a runner said before it heard so is no lie.
  if (!live || isEnd(live.state)) return { is: 'over' }
  const wasSent = request.state === 'running' && request.sent?.store === connection.announced.store
  return wasSent ? { is: 'own' } : { is: 'foreign', why: 'it speaks of a request that it was never sent' }
}
