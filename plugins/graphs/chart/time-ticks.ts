import type { Span } from '../series.ts'
import { type Clock, dateOf, dayOf, exactTimeOf, instantOf, offset, timeOf } from '../zone.ts'

/** @property isDay a day begins here, among ticks that are hours or less */
export type TimeTick = { readonly at: number; readonly label: string; readonly isDay: boolean }

const day = 86_400
/** Round steps of a clock and of a calendar, in seconds. */
const steps = [5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 14_400, 21_600, 43_200, day]
const daySteps = [2, 7, 14].map((days) => days * day)
/** Months that stand between two ticks. */
const monthSteps = [1, 2, 3, 6]

/** Ticks at round times of the company's clock, at most so many. */
export const timeTicks = ({ from, until }: Span, clock: Clock, most: number): readonly TimeTick[] => {
  const step = [...steps, ...daySteps].find((one) => (until - from) / one <= most)
  const instants = step === undefined ? months({ from, until }, clock, most) : every(step, { from, until }, clock)
  return instants.map((at) => ({ at, ...labelOf(at, step, clock) }))
}

const every = (step: number, { from, until }: Span, { zone }: Clock): readonly number[] => {
  const first = Math.ceil((from + offset(from, zone)) / step) - 1
  const count = Math.ceil((until - from) / step) + 3
  const instants = Array.from({ length: count }, (_, index) => instantOf((first + index) * step, zone))
  // Where clocks go forward, two walls are one instant.
  return [...new Set(instants)].filter((at) => at >= from && at <= until)
}

const months = ({ from, until }: Span, { zone }: Clock, most: number): readonly number[] => {
  const start = new Date((from + offset(from, zone)) * 1000)
  const all = Array.from({ length: 40 }, (_, index) => ({
    month: start.getUTCMonth() + index,
    at: instantOf(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + index) / 1000, zone),
  })).filter(({ at }) => at >= from && at <= until)
  const step = monthSteps.find((one) => all.length / one <= most) ?? 12
  return all.filter(({ month }) => month % step === 0).map(({ at }) => at)
}

const labelOf = (at: number, step: number | undefined, clock: Clock): Omit<TimeTick, 'at'> => {
  if (step === undefined) return { label: dateOf(at, clock), isDay: false }
  if (step >= day) return { label: dayOf(at, clock), isDay: false }
  if (exactTimeOf(at, clock) === '00:00:00') return { label: dayOf(at, clock), isDay: true }
  return { label: step < 60 ? exactTimeOf(at, clock) : timeOf(at, clock), isDay: false }
}
