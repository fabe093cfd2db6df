import { kindOfChange } from '#core/bundle/key-change.ts'
import { knownTo, unknownTo } from '#core/bundle/key-keepers.ts'
import { takeKeyChange } from '#core/bundle/take-key-change.ts'
import { toSeconds } from '#core/clock.ts'
import { FoobotError } from '#core/errors.ts'
import { canonicalText } from '#core/statement/canonical.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import { shortFault } from '#core/text/short-fault.ts'
import type { Announce } from '#wire/runner.ts'
import { again } from './again.ts'
import { alarm } from './alarm.ts'
import { dispatch } from './dispatch.ts'
import { standsToOurs } from './own-log.ts'
import { asRecorded } from './record.ts'
import { end } from './request/end.ts'
import type { Request } from './request/request.ts'
import type { RunnerConnection } from './runner-link.ts'
import { interrupted, resourceId } from './sentences.ts'
import { completeOf } from './standing.ts'
import { goOn } from './walk.ts'
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
  if ((await way.storeIds.admit(runner, key, announced.store)) !== announced.store) {
    throw new Error(
      `runner ${runner} comes with another claims file than before: an administrator must look why, and run "foobot runner reset ${runner}"`,
    )
  }
  checkSeen(way, runner, announced.checkpoint)
  way.runners.admit(connection, definitions(way, connection))
  if (announced.bundle?.digest !== bundle.digest) bringUp(way, connection)
  bringUpKeys(way, connection)
  const waiting = way.live.ofRunner(runner).filter(({ state }) => state === 'running')
  for (const request of waiting) await resume(way, request, announced)
  for (const request of way.live.ofRunner(runner)) {
    const complete = completeOf(way, request)
    if (complete) await goOn(way, complete, request)
  }
}

const checkSeen = (way: Way, runner: string, note: Announce['checkpoint']): void => {
  switch (standsToOurs(way, note)) {
    case 'ours':
      return
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
        'A runner has seen more of the log than the database holds: an old copy was restored. Stop, and restore the newest copy.',
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

/** Where one running request stands, by what the runner knows of it. The first row that fits counts. */
const resume = (way: Way, request: Request, { store, claims }: Announce): Promise<void> => {
  const { stated, sent } = request
  const lost = interrupted(resourceId(request))
  if (sent?.store !== undefined && sent.store !== store) return end(way, request, 'interrupted', lost)
  const claim = claims.find((known) => known.request === request.id)
  switch (claim?.state) {
    case 'alive':
    case 'receipt':
      return Promise.resolve()
    case 'neither':
      return end(way, request, 'interrupted', lost)
    case undefined:
      if (!stated || stated.exp <= toSeconds(way.clock()))
        return end(way, request, 'expired', 'It has expired, and was not run.')
      if (stated.bundle !== way.rules.bundle.version) return again(way, request)
      return dispatch(way, asRecorded(request))
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
