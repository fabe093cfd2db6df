import type { Room } from '#core/bundle/company.ts'
import type { FromRunner } from '#wire/runner.ts'
import type { Doors, Heard, Posted } from './doors.ts'
import type { Conversation } from './platform.ts'
import type { RunnerConnection } from './runner-link.ts'
import { isOver } from './too-old.ts'
import { say, type Way } from './way.ts'

/** Deliveries that one path may bring at once, and how many more each second: anybody may post, and runners are asked. */
const atOnce = 300
const eachSecond = 30

/**
 * The third door. What is posted is anybody's until the runner that holds the secret has said whose it is; the server
 * holds none, and reads nothing of it. An event starts no command: all that comes of it is `heardTold`.
 */
export const hearing = (way: Way): Doors['hear'] => {
  const spent = new Map<string, { readonly left: number; readonly at: number }>()

  const isTooMuch = (path: string): boolean => {
    const now = way.clock()
    const { left, at } = spent.get(path) ?? { left: atOnce, at: now }
    const have = Math.min(atOnce, left + (Math.max(0, now - at) / 1000) * eachSecond)
    spent.set(path, { left: Math.max(0, have - 1), at: now })
    return have < 1
  }

  return async ({ path, headers, body }: Posted): Promise<Heard> => {
    // Only paths of the bundle are counted, so that the count is bounded.
    const listed = way.rules.company.webhooks.get(path)
    if (!listed) return 'unknown'
    const heard = isTooMuch(path)
      ? 'busy'
      : await way.runners.deliver(listed.runner, {
          path,
          headers: { ...headers },
          body: Buffer.from(body).toString('base64'),
        })
    way.counters.posted(path, heard)
    if (heard === 'unknown')
      way.log.warn({ path, runner: listed.runner }, 'the bundle lists a webhook that its runner does not serve')
    else if (heard !== 'taken') way.log.info({ path, runner: listed.runner, heard }, 'a webhook was not taken')
    return heard
  }
}

/** What a runner makes of an event that it took: said in the room that the bundle lists, as that runner's, and nowhere else. */
export const heardTold = async (
  way: Way,
  { runner }: Pick<RunnerConnection, 'runner'>,
  { path, blocks }: Extract<FromRunner, { type: 'told' }>,
): Promise<void> => {
  if (isOver(way)) throw new Error('the bundle has ended: webhooks say nothing')
  const { company } = way.rules
  const listed = company.webhooks.get(path)
  if (listed?.runner !== runner) throw new Error(`the bundle lists no webhook ${path} of ${runner}`)
  const room = company.rooms.get(listed.room)
  if (!room) throw new Error(`there is no room ${listed.room}`)
  await Promise.all(placesOf(way, room).map((place) => say(way, place, { text: '', blocks, from: runner })))
}

/** Everywhere that a room is. */
const placesOf = (way: Way, { name, places }: Room): readonly Conversation[] => [
  { platform: 'native', tenant: way.rules.company.deployment, room: name },
  ...places.map(({ platform, tenant, id }) => ({ platform, tenant, room: id })),
]
