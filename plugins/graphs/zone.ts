import { dayAt, writtenDay } from 'foobot'

export type DateOrder = 'month-first' | 'day-first'

/** The company's clock: how instants are written for its people. */
export type Clock = { readonly zone: string; readonly dateOrder: DateOrder }

const formats = new Map<string, Intl.DateTimeFormat>()

const formatOf = (zone: string): Intl.DateTimeFormat => {
  const known = formats.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  })
  formats.set(zone, made)
  return made
}

const partsOf = (at: number, zone: string): ReadonlyMap<string, string> =>
  new Map(
    formatOf(zone)
      .formatToParts(new Date(at * 1000))
      .map(({ type, value }) => [type, value]),
  )

/** Seconds that clocks in a zone are ahead of UTC. */
export const offset = (at: number, zone: string): number => {
  const parts = partsOf(at, zone)
  const part = (name: string): number => Number(parts.get(name))
  const there = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
  return there / 1000 - Math.floor(at)
}

/** The instant at which clocks in a zone show this; `wall` counts seconds as if it were UTC. */
export const instantOf = (wall: number, zone: string): number => {
  // Twice: the offset at the first guess is another one where clocks change in between.
  const guess = wall - offset(wall, zone)
  return wall - offset(guess, zone)
}

/** As `11:03`. */
export const timeOf = (at: number, { zone }: Clock): string => {
  const parts = partsOf(at, zone)
  return `${parts.get('hour')}:${parts.get('minute')}`
}

/** As `11:03:20`. */
export const exactTimeOf = (at: number, clock: Clock): string =>
  `${timeOf(at, clock)}:${partsOf(at, clock.zone).get('second')}`

/** As `05/31`, or `31/05`. */
export const dayOf = (at: number, { zone, dateOrder }: Clock): string => {
  const parts = partsOf(at, zone)
  const both = [parts.get('month'), parts.get('day')]
  return (dateOrder === 'month-first' ? both : both.reverse()).join('/')
}

/** As `05/31/15`, or `31/05/15`. */
export const dateOf = (at: number, { zone, dateOrder }: Clock): string =>
  writtenDay(dayAt(new Date(at * 1000), zone), dateOrder)

/** As `MST`. */
export const zoneOf = (at: number, { zone }: Clock): string => partsOf(at, zone).get('timeZoneName') ?? zone
