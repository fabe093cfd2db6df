import { cut } from '#core/text/cut.ts'
import { shortFault } from '#core/text/short-fault.ts'
import { eventLeaf } from './request/move.ts'
import type { Way } from './way.ts'

type Alarm = {
  /** One of a few words: what comes again is told apart by it. */
  readonly kind: string
  /** The runner, person or bundle that caused it. */
  readonly source: string
  readonly request?: string
  readonly runner?: string
  readonly why: string
}

/** Code units of a reason: a part of it may be anybody's words. */
const longest = 1000

/** Something that only happens where somebody tampers: into the log, and loud; once of a kind and source, then counted. */
export const alarm = (way: Way, { kind, source, why: reason, ...about }: Alarm): void => {
  const again = way.told.again(`alarm ${kind}`, source)
  if (again === undefined) return
  const why = cut(reason, longest - again.length) + again
  way.log.error({ ...about, why }, `alarm: ${kind}`)
  way.group
    .record({ leaf: eventLeaf(way, 'alarm', { ...about, why }) })
    .catch((error: unknown) => way.log.error({ error: shortFault(error) }, 'the alarm could not be recorded'))
}
