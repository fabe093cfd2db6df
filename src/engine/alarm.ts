import { eventLeaf } from './request/move.ts'
import type { Way } from './way.ts'

/** Something that only happens where somebody tampers: into the log, and loud. */
export const alarm = (
  way: Way,
  about: { readonly request?: string; readonly runner?: string; readonly why: string },
): void => {
  way.log.error({ ...about }, `alarm: ${about.why}`)
  way.group
    .record({ leaf: eventLeaf(way, 'alarm', about) })
    .catch((error: unknown) => way.log.error({ error: String(error) }, 'the alarm could not be recorded'))
}
