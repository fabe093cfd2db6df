import { oneLine } from '#core/text/one-line.ts'
import { shortFault } from '#core/text/short-fault.ts'
import { dialsAnew } from '#wire/runner.ts'
import { alarm } from './alarm.ts'
import { heardReceipts, heardSay } from './answer.ts'
import { retry } from './dispatch.ts'
import { askHandIn, heardHandIn } from './hand-in.ts'
import { heardTold } from './hear.ts'
import { meet } from './meet.ts'
import { ownMessage } from './own-message.ts'
import { resend } from './resend.ts'
import { heardTime, skewed } from './runner-clock.ts'
import type { RunnerConnection, RunnerEars } from './runner-link.ts'
import { atClock } from './sentences.ts'
import { sayOf } from './talk.ts'
import type { Way } from './way.ts'

/** What the engine hears of runners: whatever of it cannot be taken is logged, and changes nothing. */
export const hearRunners = (way: Way): RunnerEars => ({
  keyOf: (runner) => way.rules.company.runners.get(runner)?.key,
  skewed: (runner, seconds) => skewed(way, runner, seconds),
  admitted: (connection) => {
    heardTime(way, connection.runner, connection.announced.at)
    return meet(way, connection)
  },
  heard: (connection, message) => {
    hearRunner(way, connection, message).catch((error: unknown) => {
      fault(way, connection, message.type, `its "${message.type}" was refused: ${shortFault(error)}`)
    })
  },
  left: (connection, why) => {
    if (!way.runners.leave(connection, way.clock())) return
    const level = why === dialsAnew ? 'info' : 'warn'
    way.log[level]({ runner: connection.runner, why }, 'a runner went away')
  },
})

const hearRunner = async (
  way: Way,
  connection: RunnerConnection,
  message: Parameters<RunnerEars['heard']>[1],
): Promise<void> => {
  if (message.type === 'claimed') heardTime(way, connection.runner, message.at)
  const own = await ownMessage(way, connection, message)
  if (own.is === 'over') return
  if (own.is === 'foreign')
    return alarmOf(way, connection, `foreign ${message.type}`, `"${message.type}" was refused: ${own.why}`)
  switch (message.type) {
    case 'inspected':
      return way.runners.looked(
        message.call,
        message.resource
          ? { resource: message.resource, ...(message.say !== undefined && { say: oneLine(message.say) }) }
          : {
              problem:
                message.problem === undefined
                  ? `${connection.runner} could not look at it.`
                  : { from: connection.runner, text: message.problem },
            },
      )
    case 'claimed':
      way.unsent.delete(message.request)
      return way.live.claimed(message.request, message.at * 1000)
    case 'say':
      return heardSay(way, connection, message)
    case 'receipts':
      return own.receipts && heardReceipts(way, connection, own.receipts)
    case 'too-late': {
      const request = way.live.get(message.request)
      if (!request) return
      return sayOf(way, request, {
        text: `Too late: it started at ${atClock(message.at * 1000, way.rules.company.zone)}.`,
        blocks: [],
      })
    }
    case 'heard':
      return way.runners.heard(message.call, message.verdict)
    case 'told':
      return heardTold(way, connection, message)
    case 'checkpoint':
      return resend(way, connection, message)
    case 'key-change':
      if (message.refused === undefined) {
        way.log.info({ runner: connection.runner, digest: message.digest }, 'a runner keeps a key change')
        return
      }
      return alarmOf(way, connection, 'key-change-refused', `it refused a key change: ${message.refused}`)
    case 'bundle':
      if (message.refused === undefined) return followed(way, connection)
      return fault(
        way,
        connection,
        message.type,
        `it refused bundle ${message.version}: ${shortFault(message.refused)}`,
      )
    case 'state':
      return way.runners.told(connection, message.troubles.map(oneLine))
    case 'hand-in':
      return heardHandIn(way, connection, message)
  }
}

/** It holds the bundle now: what waited for that goes on, as does a question that it could not answer under the one before. */
const followed = (way: Way, connection: RunnerConnection): Promise<void> => {
  const admitted = way.runners.get(connection.runner)
  if (admitted?.connection === connection && admitted.handsIn === 0) askHandIn(way, admitted, 0)
  return retry(way)
}

const alarmOf = (way: Way, { runner }: RunnerConnection, kind: string, why: string): void =>
  alarm(way, { kind, source: runner, runner, why })

/** A line of output, once an hour for each: a runner says as much as it likes. */
const fault = (way: Way, { runner }: RunnerConnection, kind: string, why: string): void => {
  const again = way.told.again(`fault ${kind}`, runner)
  if (again !== undefined) way.log.error({ runner, why: why + again }, 'something is wrong with a runner')
}
