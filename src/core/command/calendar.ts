import { z } from 'zod'
import { dayIn } from './speaking.ts'

export type DateOrder = 'month-first' | 'day-first'

/** The company's time zone in a plugin's configuration, as `America/Denver`: whose days and quarters are meant. */
export const timeZone = () => z.string().refine(isZone, 'is no time zone: write one, as Europe/Berlin')

/** How people of the company write dates, in a plugin's configuration; see `writtenDay`. */
export const dateOrder = () => z.enum(['month-first', 'day-first'])

/** The day in a time zone at an instant, as `2015-05-31`. */
export const dayAt = (at: Date, zone: string): string => {
  const { year, month, day } = dayIn(at.getTime(), zone)
  return [String(year).padStart(4, '0'), pair(month), pair(day)].join('-')
}

/**
 * The instant at which a day begins in a time zone.
 * @param day as `2015-05-31`
 */
export const startOfDay = (day: string, zone: string): Date => {
  const midnight = Date.parse(`${day}T00:00:00Z`)
  // Twice: the offset at the first guess is another one where clocks change in between.
  const guess = midnight - offset(new Date(midnight), zone)
  return new Date(midnight - offset(new Date(guess), zone))
}

/** The instant at which a day is over in a time zone: the first of the next day there. */
export const endOfDay = (day: string, zone: string): Date =>
  startOfDay(new Date(Date.parse(`${day}T00:00:00Z`) + 24 * 3600_000).toISOString().slice(0, 10), zone)

/** The last day that is over at an instant, in a time zone: the one that `endOfDay` gives this instant for. */
export const lastDay = (at: Date, zone: string): string => dayAt(new Date(at.getTime() - 1), zone)

/**
 * The instants between which a quarter lies in a time zone: from the first, and before the second.
 * @param quarter as `2015-Q2`
 */
export const quarterSpan = (quarter: string, zone: string): readonly [from: Date, before: Date] => {
  const [year, number] = quarter.split('-Q').map(Number)
  const first = (month: number): Date =>
    startOfDay(new Date(Date.UTC(year ?? 0, month, 1)).toISOString().slice(0, 10), zone)
  const month = ((number ?? 1) - 1) * 3
  return [first(month), first(month + 3)]
}

/** As people of the company write it: `05/31/15`, or `31/05/15`. Two digits are a year of this century, as where dates are read. */
export const writtenDay = (day: string, order: DateOrder): string => {
  const [year = '', month = '', date = ''] = day.split('-')
  const parts = order === 'month-first' ? [month, date] : [date, month]
  return [...parts, year.replace(/^20(?=\d\d$)/, '')].join('/')
}

/** A declaration: `timeZone` stands above it. */
function isZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

const pair = (number: number): string => String(number).padStart(2, '0')

/** Milliseconds that clocks in a zone are ahead of UTC. */
const offset = (at: Date, zone: string): number => {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at)
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((one) => one.type === type)?.value)
  const there = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return there - Math.floor(at.getTime() / 1000) * 1000
}
