export type DateOrder = 'month-first' | 'day-first'

/**
 * The instant at which a day is over in a time zone: the first of the next day there.
 * @param day as `2015-05-31`
 */
export const endOf = (day: string, zone: string): Date => {
  const midnight = Date.parse(`${day}T00:00:00Z`) + 24 * 3600_000
  // Twice: the offset at the first guess is another one where clocks change in between.
  const guess = midnight - offset(new Date(midnight), zone)
  return new Date(midnight - offset(new Date(guess), zone))
}

/** The last day that is over at an instant, in a time zone: the one before that `endOf` gives this instant for. */
export const lastDay = (at: Date, zone: string): string => {
  const before = at.getTime() - 1
  return new Date(before + offset(new Date(before), zone)).toISOString().slice(0, 10)
}

/** As people of the company write it: `05/31/15`, or `31/05/15`. */
export const written = (day: string, order: DateOrder): string => {
  const [year = '', month = '', date = ''] = day.split('-')
  const parts = order === 'month-first' ? [month, date] : [date, month]
  return [...parts, year.slice(2)].join('/')
}

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
