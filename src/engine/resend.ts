import { rootAt } from '#core/log/tree.ts'
import type { TreeHead } from '#wire/runner.ts'
import { alarm } from './alarm.ts'
import { dispatch } from './dispatch.ts'
import { asRecorded } from './record.ts'
import type { RunnerConnection } from './runner-link.ts'
import type { Way } from './way.ts'

/**
 * A runner could not follow from the checkpoint it holds to the one it was sent. Where our tree had the same root at its
 * size, only the proof began elsewhere: what it has not claimed is sent again from there. Otherwise it has seen another
 * log than ours, or a later one: nothing is sent, and that is an alarm.
 */
export const resend = async (way: Way, connection: RunnerConnection, held: TreeHead): Promise<void> => {
  const admitted = way.runners.get(connection.runner)
  if (admitted?.connection !== connection) return
  const size = way.group.seal?.size ?? 0
  if (held.size > size || Buffer.from(rootAt(held.size, way.tree)).toString('hex') !== held.root) {
    alarm(way, { runner: connection.runner, why: `it holds another log at size ${held.size}` })
    connection.close(`the log here is not the one you have seen at size ${held.size}`)
    return
  }
  admitted.head = held
  const unclaimed = way.live
    .all()
    .filter(
      ({ id, runner, state }) =>
        runner === connection.runner && state === 'running' && way.live.claimedAt(id) === undefined,
    )
  for (const request of unclaimed) await dispatch(way, asRecorded(request))
}
