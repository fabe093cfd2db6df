import { toSeconds } from '#core/clock.ts'
import { type Warrant, warrantKind } from '#core/warrant/warrant.ts'
import type { Collected } from './collect.ts'
import { begin, move } from './request/move.ts'
import type { Request } from './request/request.ts'
import type { Way } from './way.ts'

/** A request whose warrant is durable in the log: only this can be dispatched. */
export type Recorded = Request & {
  readonly state: 'running'
  readonly stated: NonNullable<Request['stated']>
  readonly sent: NonNullable<Request['sent']>
}

/**
 * Makes the warrant and writes it: no record, no action.
 * @param before the request as it is stored, where it was asking or waited
 * @returns undefined where the message has its request already
 */
export const record = async (way: Way, collected: Collected, before?: Request): Promise<Recorded | undefined> => {
  const { from, stated, entry, text, id } = collected
  const { bundle } = from.rules
  const warrant: Warrant = {
    v: 1,
    deployment: bundle.company.deployment,
    runner: entry.listed.runner,
    bundle: { version: bundle.version, digest: bundle.digest },
    statement: Buffer.from(stated.statement).toString('base64'),
    consents: [],
    iat: toSeconds(way.clock()),
  }
  const bytes = warrantKind.encode(warrant)
  const leaf = { bytes: warrantKind.pae(bytes) }
  const store = way.runners.get(entry.listed.runner)?.connection.announced.store
  const running = {
    state: 'running' as const,
    text,
    stated,
    sent: { warrant: bytes, index: -1, ...(store !== undefined && { store }) },
  }
  const request = before
    ? await move(way, before, running, leaf)
    : await begin(
        way,
        {
          id,
          generation: 0,
          conversation: from.message.conversation,
          account: from.message.account,
          message: from.message.id,
          ...(from.person !== undefined && { person: from.person }),
          command: entry.command,
          runner: entry.listed.runner,
          tier: entry.tier,
          createdAt: way.clock(),
          ...running,
        },
        leaf,
      )
  return request && asRecorded(request)
}

/** A running request has its statement and its warrant. */
export const asRecorded = (request: Request): Recorded => {
  const { state, stated, sent } = request
  if (state !== 'running' || !stated || !sent) throw new Error(`request ${request.id} is ${state} without a warrant`)
  return { ...request, state, stated, sent }
}
