import { plain, type Reply } from '#core/reply/reply.ts'
import type { Identified } from './identify.ts'
import { sayInSecurity } from './security-room.ts'
import { atClock } from './sentences.ts'
import { type Waiting, waitingFor } from './standing.ts'
import { footerOf, sayOf } from './talk.ts'
import { wakeDevices } from './wake.ts'
import { ownLife, type Wake } from './wakes.ts'
import type { Way } from './way.ts'

/** What is answered at once, and what is done once that was said. */
export type Waking = { readonly reply: Reply; readonly afterwards?: () => Promise<void> }

/** `auth me push`: wakes the phone of who asked, which shows the command and asks for the number that is said here. */
export const wakeOwn = async (
  way: Way,
  from: Identified & { readonly person: string },
  waiting: Waiting,
): Promise<Waking> => {
  const { person } = from
  const { request, stated } = waiting
  const code = stated.stated.code
  const zone = way.rules.company.zone
  if ((await way.devices.of(person)).length === 0) return { reply: plain(noPhone(code), footerOf(request)) }

  const asked = outstanding(way, person)
  if (asked?.digest === stated.stated.digest) {
    return { reply: plain('Your phone asks already.', { ...footerOf(request), number: asked.answer }) }
  }
  if (asked) {
    way.counters.factor('push', 'held')
    const other = way.live.get(asked.request)
    const say = `Your phone still asks about "${other?.text}" (${other?.stated?.code}): answer that first, or say this again after ${atClock(asked.until, zone)}.`
    return { reply: plain(say, footerOf(request)) }
  }
  const pause = way.wakes.pausedUntil(person)
  if (pause !== undefined)
    return { reply: plain(paused(pause, zone, code), footerOf(request)), afterwards: () => held(way, person, pause) }

  const at = way.clock()
  const wake: Wake = {
    secret: way.newId(),
    person,
    request: request.id,
    digest: stated.stated.digest,
    as: 'requester',
    answer: String(100 + Math.floor(way.random() * 900)),
    at,
    until: Math.min(at + ownLife, stated.stated.exp * 1000),
  }
  way.wakes.open(wake)
  return {
    reply: plain('Sending push notification…', { ...footerOf(request), number: wake.answer }),
    afterwards: async () => {
      if (await wakeDevices(way, wake)) return
      way.wakes.close(wake.secret)
      await sayOf(way, request, {
        text: `I could not reach a phone of ${from.called}'s. Say it again, or sign in a terminal: foobot sign ${code}`,
        blocks: [],
      })
    },
  }
}

/** The push that somebody's phone asks about, if that still waits for them. */
const outstanding = (way: Way, person: string): Wake | undefined => {
  const wake = way.wakes.ownOf(person)
  if (!wake) return undefined
  const request = way.live.get(wake.request)
  if (request?.stated?.digest === wake.digest && waitingFor(way, request, person)) return wake
  way.wakes.close(wake.secret)
  return undefined
}

const noPhone = (code: string): string =>
  `I know no phone of yours that I could wake. Sign in a terminal: foobot sign ${code}. How to add a phone: foobot phone --help`

const paused = (until: number, zone: string, code: string): string =>
  `Your phone was woken three times in ten minutes, so I let it rest until ${atClock(until, zone)}. Sign in a terminal: foobot sign ${code}`

/** Somebody may be trying whether the phone's owner gives in. Said once a pause. */
const held = async (way: Way, person: string, until: number): Promise<void> => {
  way.counters.factor('push', 'held')
  if (!way.wakes.noticed(person, until)) return
  await sayInSecurity(
    way,
    `${person}'s phone was woken three times in ten minutes, and rests until ${atClock(until, way.rules.company.zone)}. Ask ${person} whether that was them.`,
  )
}
