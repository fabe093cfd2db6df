import { hash } from 'node:crypto'
import { type End, endsOf, endText } from '#core/bundle/end.ts'
import { toSeconds } from '#core/clock.ts'
import { eventLeaf } from './request/move.ts'
import { sayInSecurity } from './security-room.ts'
import { tellPerson } from './tell-person.ts'
import { isOver } from './too-old.ts'
import type { Way } from './way.ts'

const day = 86_400
/** Seconds before an end at which it is said, and at the end itself. */
const moments = [14, 7, 3, 1, 0].map((days) => days * day)

type Reminder = { readonly end: End; readonly before: number }

/**
 * Reminds administrators of each end of the bundle in force, in the security room and alone. The log keeps each reminder
 * once, so that none is said twice, also over a restart; who reads the server's own output sees it at each start. Once the bundle has ended, whoever may not be here any more is put
 * out.
 */
export const bundleEnd = (way: Way): (() => Promise<void>) => {
  const seen = new Set<string>()
  let wasOver = isOver(way)

  const remind = async (reminder: Reminder): Promise<void> => {
    const { bundle } = way.rules
    const once = nameOf(bundle.digest, reminder)
    if (seen.has(once)) return
    const text = endText(bundle, reminder.end, toSeconds(way.clock()))
    const leaf = eventLeaf(way, 'reminded', { digest: bundle.digest, why: text })
    const [kept] = await way.group.record({ leaf, once })
    seen.add(once)
    way.log.warn({ bundle: bundle.version, end: reminder.end.at }, text)
    if (!kept?.stored) return
    await sayInSecurity(way, text)
    const administrators = new Set(bundle.company.root.administrators.map(({ person }) => person))
    for (const person of administrators) await tellPerson(way, person, text)
  }

  return async () => {
    if (isOver(way) !== wasOver) {
      wasOver = !wasOver
      for (const platform of way.platforms.values()) platform.recheck()
    }
    for (const reminder of dueNow(way)) await remind(reminder)
  }
}

/** Of each end the last moment that has come: those before it are said with it. Who has just signed is not reminded. */
const dueNow = ({ rules: { bundle }, clock }: Way): readonly Reminder[] =>
  endsOf(bundle).flatMap((end) => {
    const come = moments.filter((before) => end.at - before > bundle.iat && end.at - before <= toSeconds(clock()))
    const before = come.at(-1)
    return before === undefined ? [] : [{ end, before }]
  })

const nameOf = (digest: string, { end, before }: Reminder): string =>
  hash('sha256', JSON.stringify(['reminder', digest, end.of, before]), 'hex')
