import { bound } from '#bounds/bound.ts'
import { type KeyChangePayload, keyRemoveKind, kindOfChange } from '#core/bundle/key-change.ts'
import { FoobotError } from '#core/errors.ts'
import { type Found, recoveredKind } from '#core/log/recovered.ts'
import { keyName } from '#core/signature/key-name.ts'
import { fromBase64, toBase64 } from '#core/statement/base64.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { warrantKind } from '#core/warrant/warrant.ts'
import type { HandedIn, HandIn } from '#wire/runner.ts'
import { alarm } from './alarm.ts'
import { readReceipts } from './answer.ts'
import { changeKeys } from './change-keys.ts'
import { pathTo, upTo } from './dispatch.ts'
import { heldKeys } from './keys.ts'
import { standsToCopy, wayToEnd } from './log-before.ts'
import type { RunnerConnection } from './runner-link.ts'
import type { Admitted } from './runners.ts'
import type { Change } from './store.ts'
import { takeUp } from './take-up.ts'
import type { Way } from './way.ts'

/** Each thing becomes a leaf: a runner that is taken over must not fill the disk with what it makes up. */
const most = bound('handed-in', {
  most: 200_000,
  unit: 'orders, receipts, key changes and bundles',
  of: 'what one runner hands in to a log that goes on from a copy, on all links until the server starts anew',
  say: 'The rest is not recorded, and that is an alarm.',
})

/** One thing that a runner knows of the log before, with the signatures that belong to it. */
type One = { readonly found: Found; readonly signatures?: Envelope['signatures'] }

/**
 * Asks a runner for what it knows of the log before, one part after the other. Until it has handed in all of it, it is
 * sent no order.
 * @param from how many things it has handed in already
 */
export const askHandIn = (way: Way, admitted: Admitted, from: number): void => {
  const { connection } = admitted
  const { checkpoint } = connection.announced
  const { before } = way
  admitted.handsIn = from
  const consistency = before && checkpoint?.startsWith(`${before.origin}\n`) ? wayToEnd(before, checkpoint) : []
  connection.handIn({
    number: way.rules.company.log.number,
    from,
    consistency: consistency.map((hash) => Buffer.from(hash).toString('hex')),
  })
}

/**
 * Takes one part of what a runner hands in: each thing becomes a leaf, once, whoever hands it in again. Nothing of it is
 * ever dispatched. Key changes are taken, too, as if they were presented now.
 */
export const heardHandIn = async (way: Way, connection: RunnerConnection, part: HandIn): Promise<void> => {
  const admitted = way.runners.get(connection.runner)
  if (admitted?.connection !== connection || admitted.handsIn !== part.from) return
  admitted.handsIn = nothingAsked
  // INVARIANT: counted over all links of this process, since whoever dials anew begins anew.
  if (way.runners.recovered(connection.runner, 0) >= most.most) {
    tellTooMuch(way, connection)
    return connection.close(most.say)
  }
  try {
    const taken = await takeKeyChanges(way, connection, part.keyChanges)
    const all = [...noteIn(way, connection, part), ...papersIn(part), ...taken, ...bundlesIn(way, connection, part)]
    const proof = await recordAll(way, admitted, all)
    const next = part.from + countOf(part)
    // One that holds nothing would be asked on for ever.
    const goesOn = part.more && next > part.from && next < most.most
    if (!goesOn) admitted.handsIn = undefined
    connection.handedIn(proof)
    if (goesOn) return askHandIn(way, admitted, next)
    if (part.more) tellTooMuch(way, connection)
    await finish(way, connection)
  } catch (error) {
    connection.close('What you handed in could not be recorded: dial again.')
    throw error
  }
}

/** No part has this place: what comes now was not asked. */
const nothingAsked = -1

/** How many things a part holds. */
const countOf = ({ orders, receipts, keyChanges, bundles }: HandIn): number =>
  orders.length + receipts.length + keyChanges.length + bundles.length

/**
 * Demands that orders and receipts are the runner's own.
 * @throws where one is not
 */
export const checkHandIn = async (way: Way, connection: RunnerConnection, part: HandIn): Promise<void> => {
  const { deployment } = way.rules.company
  for (const order of part.orders) {
    const warrant = warrantKind.decode(fromBase64(order))
    if (warrant.runner !== connection.runner || warrant.deployment !== deployment)
      throw new Error('it hands in an order to another runner')
  }
  for (const receipts of part.receipts) await readReceipts(way, connection, receipts)
}

/** A note beyond the copy's end names what is lost. */
const noteIn = (way: Way, { runner }: RunnerConnection, { checkpoint }: HandIn): readonly One[] => {
  if (checkpoint === undefined || !way.before) return []
  try {
    if (standsToCopy(way.before, checkpoint) === 'larger') return [{ found: { checkpoint } }]
  } catch (error) {
    if (!(error instanceof FoobotError)) throw error
    const why = 'it hands in a checkpoint that the log before has not signed'
    alarm(way, { kind: 'forged-checkpoint', source: runner, runner, why })
  }
  return []
}

const papersIn = ({ orders, receipts }: HandIn): readonly One[] => [
  ...orders.map((warrant) => ({ found: { warrant } })),
  ...receipts.map(({ payload, signatures }) => ({ found: { receipts: payload }, signatures })),
]

/** Those that were not known here, and count: what proves nothing is said in the log of the server alone. */
const takeKeyChanges = async (
  way: Way,
  { runner }: RunnerConnection,
  envelopes: readonly Envelope[],
): Promise<readonly One[]> => {
  const taken: One[] = []
  for (const envelope of envelopes) {
    let removed: KeyChangePayload | undefined
    try {
      const kind = kindOfChange(envelope)
      const { digest, body, value } = readEnvelope(kind, envelope)
      if (kind === keyRemoveKind) removed = value
      if (way.keyChanges.byDigest.has(digest)) continue
      await changeKeys(way, envelope)
      const payload = toBase64(body)
      const found = kind.name === 'key-add' ? { keyAdd: payload } : { keyRemove: payload }
      taken.push({ found, signatures: envelope.signatures })
    } catch (error) {
      if (!(error instanceof FoobotError)) throw error
      way.log.warn({ runner, why: error.message }, 'a key change that was handed in does not count')
      if (removed) tellStillCounts(way, runner, removed)
    }
  }
  return taken
}

/**
 * A removal that no longer proves anything: who signed it may have left since. The key counts again, and the people who
 * removed it think that it does not.
 */
const tellStillCounts = (way: Way, runner: string, { person, key }: KeyChangePayload): void => {
  if (!heldKeys(way, person).some((held) => held.key === key)) return
  const why = `it hands in a removal of ${person}’s ${keyName(key)} that proves nothing any more, so that key counts here: remove it anew where it must not`
  alarm(way, { kind: 'removal-lost', source: `${person} ${key}`, runner, why })
}

const bundlesIn = (way: Way, { runner }: RunnerConnection, { bundles }: HandIn): readonly One[] =>
  bundles.flatMap((pack) => {
    const bundle = way.keepBundle(pack)
    if (!bundle) way.log.warn({ runner }, 'a bundle that was handed in is none that led to the one in force')
    return bundle ? [{ found: { bundle } }] : []
  })

/** Records all, and gives what proves to the runner that each is in the log. */
const recordAll = async (way: Way, admitted: Admitted, all: readonly One[]): Promise<Omit<HandedIn, 'type'>> => {
  const { deployment } = way.rules.company
  const leaves = all.map(({ found, signatures }) => {
    const body = recoveredKind.encode({ v: 2, deployment, ...found })
    const leaf = { bytes: recoveredKind.pae(body), ...(signatures && { signatures: JSON.stringify(signatures) }) }
    return { leaf, once: recoveredKind.digest(body) } satisfies Change
  })
  const stored = leaves.length > 0 ? await way.group.record(...leaves) : []
  way.runners.recovered(admitted.connection.runner, stored.filter((one) => one.stored).length)
  const { seal } = way.group
  if (!seal) throw new Error('a restored log has no end')
  const proven = leaves.flatMap(({ once }, n) => {
    const index = stored[n]?.index
    return index === undefined ? [] : [{ digest: once, index, path: pathTo(way, seal, index) }]
  })
  return { leaves: proven, ...upTo(way, seal, admitted) }
}

const tellTooMuch = (way: Way, { runner }: RunnerConnection): void => {
  most.reached()
  const why = `it hands in more than ${most.most} things: the rest is not recorded`
  alarm(way, { kind: 'handed-in', source: runner, runner, why })
}

const finish = async (way: Way, connection: RunnerConnection): Promise<void> => {
  const { runner } = connection
  if (await way.awaited.forget(runner)) way.log.info({ runner }, 'a runner has handed in what it knew')
  await takeUp(way, connection)
}
