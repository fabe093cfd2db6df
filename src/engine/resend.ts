import { claimedHead } from '#core/log/checkpoint.ts'
import { beginningOf } from '#core/log/log-begins.ts'
import type { FromRunner } from '#wire/runner.ts'
import { alarm } from './alarm.ts'
import { dispatch } from './dispatch.ts'
import { standsToOurs } from './own-log.ts'
import { asRecorded } from './record.ts'
import type { RunnerConnection } from './runner-link.ts'
import type { Way } from './way.ts'

/**
 * A runner could not follow from the checkpoint it holds to the one it was sent. Where our tree had the same root at its
 * size, only the proof began elsewhere: what it has not claimed is sent again from there. Otherwise it has seen another
 * log than ours, or a later one: nothing is sent, and that is an alarm.
 */
export const resend = async (
  way: Way,
  connection: RunnerConnection,
  { checkpoint: note }: Pick<Extract<FromRunner, { type: 'checkpoint' }>, 'checkpoint'>,
): Promise<void> => {
  const admitted = way.runners.get(connection.runner)
  if (admitted?.connection !== connection) return
  const standing = standsToOurs(way, note)
  if (standing !== 'ours') {
    alarm(way, { kind: 'other-log', source: connection.runner, runner: connection.runner, why: whys[standing] })
    connection.close('the log here is not the one that you have seen')
    return
  }
  admitted.seen = note === undefined ? beginningOf(way.rules.company).size : claimedHead(note).size
  const unclaimed = way.live
    .ofRunner(connection.runner)
    .filter(({ id, state }) => state === 'running' && way.live.claimedAt(id) === undefined)
  for (const request of unclaimed) await dispatch(way, asRecorded(request))
}

const whys = {
  other: 'it holds another log',
  before: 'it has seen the log before, and takes none of what goes on from the copy',
  forked: 'it has seen another log than the one that was restored',
  forged: 'it holds a checkpoint that the log’s key has not signed',
} as const
