import { claimedHead } from '#core/log/checkpoint.ts'
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
export const resend = async (way: Way, connection: RunnerConnection, note: string | undefined): Promise<void> => {
  const admitted = way.runners.get(connection.runner)
  if (admitted?.connection !== connection) return
  const standing = standsToOurs(way, note)
  if (standing !== 'ours') {
    const why =
      standing === 'other' ? 'it holds another log' : 'it holds a checkpoint that the log’s key has not signed'
    alarm(way, { kind: 'other-log', source: connection.runner, runner: connection.runner, why })
    connection.close('the log here is not the one that you have seen')
    return
  }
  admitted.seen = note === undefined ? 0 : claimedHead(note).size
  const unclaimed = way.live
    .ofRunner(connection.runner)
    .filter(({ id, state }) => state === 'running' && way.live.claimedAt(id) === undefined)
  for (const request of unclaimed) await dispatch(way, asRecorded(request))
}
