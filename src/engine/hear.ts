import { bound } from '#bounds/bound.ts'
import { Buckets } from '#bounds/buckets.ts'
import type { Room } from '#core/bundle/company.ts'
import type { FromRunner } from '#wire/runner.ts'
import { DeliveryLine } from './delivery-line.ts'
import type { Doors, Heard, Posted } from './doors.ts'
import { GenuineSources } from './genuine-sources.ts'
import type { Conversation } from './platform.ts'
import type { RunnerConnection } from './runner-link.ts'
import { isOver } from './too-old.ts'
import { say, type Way } from './way.ts'

const later = 'It is answered 429: the system tries again later.'

const taken = bound('webhook-taken', {
  most: 300,
  unit: 'deliveries',
  perSecond: 30,
  of: 'genuine deliveries of one webhook',
  say: later,
})
const forged = bound('webhook-forged', {
  most: 60,
  unit: 'deliveries',
  perSecond: 1,
  of: 'deliveries to one webhook of one source that prove nothing, where none of it was genuine lately',
  say: 'It is answered 429, and no runner is asked.',
})

/**
 * The third door. What is posted is anybody's until the runner that holds the secret has said whose it is; the server
 * holds none, and reads nothing of it. An event starts no command: all that comes of it is `heardTold`. What was not genuine
 * is counted apart, by source, so that no flood keeps a genuine one out.
 */
export const hearing = (way: Way): Doors['hear'] => {
  const rateOf = ({ most, perSecond = 0 }: typeof taken) => ({ most, perSecond })
  const takenOf = new Buckets(rateOf(taken), way.clock)
  const forgedOf = new Buckets(rateOf(forged), way.clock)
  const genuine = new GenuineSources(way.clock)
  const lines = new Map<string, DeliveryLine<Heard>>()

  const lineOf = (runner: string): DeliveryLine<Heard> => {
    const line = lines.get(runner) ?? new DeliveryLine<Heard>(way.clock, 'busy')
    lines.set(runner, line)
    return line
  }

  const ask = (runner: string, { path, headers, body }: Posted): Promise<Heard> =>
    way.runners.deliver(runner, { path, headers: { ...headers }, body: Buffer.from(body).toString('base64') })

  const hear = async (runner: string, posted: Posted): Promise<Heard> => {
    const { path, source, body } = posted
    const isKnown = genuine.has(path, source)
    const forgeries = forgedOf.of(JSON.stringify([path, source]))
    const mayForge = forgeries.untilThere() === 0
    if (!isKnown && !mayForge) {
      forged.reached()
      return 'busy'
    }
    if (!takenOf.of(path).tryTake(0)) {
      taken.reached()
      return 'busy'
    }
    const known = isKnown && mayForge
    const heard = await lineOf(runner).wait({ source, bytes: body.length, known }, () => ask(runner, posted))
    // None is owed: a system that shares its address with whoever forges is itself again within a second.
    if (heard === 'refused') forgeries.tryTake()
    if (heard === 'taken') {
      takenOf.of(path).take()
      genuine.add(path, source)
    }
    return heard
  }

  return async (posted: Posted): Promise<Heard> => {
    const { path } = posted
    // Only paths of the bundle are counted, so that the count is bounded.
    const listed = way.rules.company.webhooks.get(path)
    if (!listed) return 'unknown'
    const { runner } = listed
    const heard = await hear(runner, posted)
    way.counters.posted(path, heard)
    const again = heard === 'taken' ? undefined : way.told.again(`webhook ${heard}`, path)
    if (again === undefined) return heard
    if (heard === 'unknown')
      way.log.warn({ path, runner }, `the bundle lists a webhook that its runner does not serve${again}`)
    else way.log.info({ path, runner, heard }, `a webhook was not taken${again}`)
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
