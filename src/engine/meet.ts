import { kindOfChange } from '#core/bundle/key-change.ts'
import { knownTo, unknownTo } from '#core/bundle/key-keepers.ts'
import { takeKeyChange } from '#core/bundle/take-key-change.ts'
import { toSeconds } from '#core/clock.ts'
import { FoobotError } from '#core/errors.ts'
import { claimedHead } from '#core/log/checkpoint.ts'
import { beginningOf } from '#core/log/log-begins.ts'
import { canonicalText } from '#core/statement/canonical.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import { shortFault } from '#core/text/short-fault.ts'
import type { Announce } from '#wire/runner.ts'
import { alarm } from './alarm.ts'
import { askHandIn } from './hand-in.ts'
import { standsToOurs } from './own-log.ts'
import type { RunnerConnection } from './runner-link.ts'
import { takeUp } from './take-up.ts'
import type { Way } from './way.ts'

/**
 * A runner is here, again or for the first time.
 * @throws with the reason, where it is not admitted; FoobotError `log-restored-old-copy` where it has seen what this log
 * does not hold: then this server must not go on, since what it appends would fork the log
 */
export const meet = async (way: Way, connection: RunnerConnection): Promise<void> => {
  const { runner, announced } = connection
  const { bundle } = way.rules
  const key = way.rules.company.runners.get(runner)?.key
  if (key === undefined) throw new Error(`the bundle names no runner ${runner}`)
  await checkSame(way, connection)
  if ((await way.storeIds.admit(runner, key, announced.store)) !== announced.store) {
    throw new Error(
      `runner ${runner} comes with another claims file than before: an administrator must look why, and run "foobot runner reset ${runner}"`,
    )
  }
  const standing = checkSeen(way, runner, announced.checkpoint)
  const admitted = way.runners.admit(connection, definitions(way, connection), seenBy(way, announced, standing))
  if (announced.bundle?.digest !== bundle.digest) bringUp(way, connection)
  bringUpKeys(way, connection)
  if (standing === 'before' || way.awaited.has(runner)) askHandIn(way, admitted, 0)
  else await takeUp(way, connection)
}

/**
 * One that has to hand in what it knows must be the one that knew it, and not a new claims file under a new key.
 * @throws where it comes with another claims file than any that the copy knows of it
 */
const checkSame = async (way: Way, { runner, announced }: RunnerConnection): Promise<void> => {
  if (!way.awaited.has(runner)) return
  const known = await way.storeIds.all(runner)
  if (known.length === 0 || known.includes(announced.store)) return
  throw new Error(
    `runner ${runner} comes with another claims file than before, so it does not know what it has to hand in: an administrator must look why, and run "foobot runner reset ${runner} --lost"`,
  )
}

/** The size from which a runner is shown the log: one that has seen none of it is shown its beginning first. */
const seenBy = (way: Way, { checkpoint }: Announce, standing: 'ours' | 'before'): number =>
  checkpoint === undefined || standing === 'before' ? beginningOf(way.rules.company).size : claimedHead(checkpoint).size

const checkSeen = (way: Way, runner: string, note: Announce['checkpoint']): 'ours' | 'before' => {
  const standing = standsToOurs(way, note)
  switch (standing) {
    case 'ours':
    case 'before':
      return standing
    case 'forked':
      alarm(way, {
        kind: 'other-log',
        source: runner,
        runner,
        why: 'it has seen another log than the one that was restored',
      })
      throw new Error('what you have seen of the log before is not in the copy that was restored')
    case 'forged':
      alarm(way, {
        kind: 'forged-checkpoint',
        source: runner,
        runner,
        why: 'it announces a checkpoint that the log’s key has not signed',
      })
      throw new Error('the checkpoint that you announce is not signed by the key of this log')
    case 'other':
      throw new FoobotError(
        'log-restored-old-copy',
        `runner ${runner} has seen another log than mine of ${way.group.seal?.size ?? 0} leaves: ${note?.split('\n')[1]} leaves`,
        'A runner has seen more of the log than the database holds: an old copy was restored. Put the newest back, or go on from this one by "foobot restore".',
      )
  }
}

/** Sends a runner the bundles that it lacks. */
export const bringUp = (way: Way, connection: RunnerConnection): void => {
  for (const pack of way.packsAfter(connection.announced.bundle?.version)) connection.bundle(pack)
}

/**
 * Sends a runner the key changes that it lacks, before any order: those that it would take, since what only older bundles
 * prove changes nothing any more.
 */
export const bringUpKeys = (way: Way, connection: RunnerConnection): void => {
  const { runner, announced } = connection
  const known = new Set(announced.keyChanges)
  const strange = announced.keyChanges.filter((digest) => !way.keyChanges.byDigest.has(digest))
  if (strange.length > 0)
    way.log.warn(
      { runner, count: strange.length, first: strange[0] },
      'a runner holds key changes that were never presented here',
    )
  let theirs = knownTo(way.keyChanges, known)
  for (const { envelope } of unknownTo(way.keyChanges, known)) {
    try {
      theirs = takeKeyChange(theirs, envelope, way.rules.bundle, toSeconds(way.clock()))
      connection.keyChange(envelope)
    } catch (error) {
      const { digest } = readEnvelope(kindOfChange(envelope), envelope)
      way.log.info({ runner, digest, why: shortFault(error) }, 'a key change means nothing under this bundle')
    }
  }
}

/** The definitions of the commands that the runner declares just as the bundle lists them; the others are named. */
export const definitions = (way: Way, { runner, announced }: RunnerConnection): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  for (const { manifest, definition } of announced.commands) {
    const listed = way.rules.entryOf(manifest.command)?.listed
    if (listed?.runner === runner && canonicalText(listed.manifest) === canonicalText(manifest)) {
      found.set(manifest.command, definition)
    } else {
      way.log.warn(
        { runner, command: manifest.command },
        'a command is announced otherwise than the bundle lists it: refused',
      )
    }
  }
  return found
}
