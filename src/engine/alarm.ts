import { eventLeaf } from './request/move.ts'
import type { Way } from './way.ts'

type Alarm = { readonly request?: string; readonly runner?: string; readonly why: string }

/** Alarms that one runner may cause by what it says, in an hour: more of them say nothing new, and fill the log. */
const mostOfRunner = 20
const anHour = 3_600_000

/** Something that only happens where somebody tampers: into the log, and loud. */
export const alarm = (way: Way, about: Alarm): void => {
  if (isTooMuch(way, about)) return
  way.log.error({ ...about }, `alarm: ${about.why}`)
  way.group
    .record({ leaf: eventLeaf(way, 'alarm', about) })
    .catch((error: unknown) => way.log.error({ error: String(error) }, 'the alarm could not be recorded'))
}

/** What is about a request ends with it: only what a runner can say without end is counted. */
const isTooMuch = (way: Way, { runner, request }: Alarm): boolean => {
  if (runner === undefined || request !== undefined) return false
  const spent = spentBy.get(way.runners) ?? new Map<string, readonly number[]>()
  spentBy.set(way.runners, spent)
  const now = way.clock()
  const recent = (spent.get(runner) ?? []).filter((at) => at > now - anHour)
  if (recent.length >= mostOfRunner) return true
  spent.set(runner, [...recent, now])
  return false
}

/** When each runner caused its last alarms, whatever connection it said it on. */
const spentBy = new WeakMap<Way['runners'], Map<string, readonly number[]>>()
