import { createHash } from 'node:crypto'
import { toSeconds } from '#core/clock.ts'
import type { Requirement } from '#core/policy/decision.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { pae } from '#core/statement/kind.ts'
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
  const { from, stated, entry, text, id, consents, owed } = collected
  const { bundle } = from.rules
  const warrant: Warrant = {
    v: 2,
    deployment: bundle.company.deployment,
    runner: entry.listed.runner,
    bundle: { version: bundle.version, digest: bundle.digest },
    statement: Buffer.from(stated.statement).toString('base64'),
    consents: [...consents].sort(byDigest),
    iat: toSeconds(way.clock()),
  }
  const bytes = warrantKind.encode(warrant)
  const leaf = { bytes: warrantKind.pae(bytes) }
  const store = way.runners.get(entry.listed.runner)?.connection.announced.store
  const running = {
    state: 'running' as const,
    text,
    stated,
    // Whose words made it a command are answered: of a question, those that answered it.
    ...(before?.state === 'asking' && { message: from.message.id, said: from.said }),
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
          said: from.said,
          ...(from.person !== undefined && { person: from.person }),
          command: entry.command,
          runner: entry.listed.runner,
          tier: entry.tier,
          createdAt: way.clock(),
          ...running,
        },
        leaf,
      )
  if (!request) return undefined
  way.live.leadWith(id, leadOf(collected, owed))
  return asRecorded(request)
}

/** What is said before the first words of the handler: that an approval, or a signature, has set it going. */
const leadOf = ({ from }: Collected, owed: readonly Requirement[]): string | undefined => {
  if (owed.some(({ kind }) => kind === 'approval')) {
    const name = from.rules.company.people.get(from.person ?? '')?.name ?? 'somebody'
    return `Executing ${name}'s command.`
  }
  return owed.some(({ kind }) => kind === 'signature') ? 'Message signature valid!' : undefined
}

/** A warrant lists its consents in one order, whatever order they came in. */
const byDigest = (a: Envelope, b: Envelope): number => (digestOf(a) < digestOf(b) ? -1 : 1)

const digestOf = ({ payloadType, payload }: Envelope): string =>
  createHash('sha256')
    .update(pae(payloadType, Buffer.from(payload, 'base64')))
    .digest('hex')

/** A running request has its statement and its warrant. */
export const asRecorded = (request: Request): Recorded => {
  const { state, stated, sent } = request
  if (state !== 'running' || !stated || !sent) throw new Error(`request ${request.id} is ${state} without a warrant`)
  return { ...request, state, stated, sent }
}
