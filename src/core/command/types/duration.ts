import { type ArgumentType, meant } from './argument-type.ts'

const secondsIn: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
  ['w', 604_800],
])

/** A length of time, `30d`: a whole number with s, m (minutes), h, d or w. Its value is that text; see `seconds`. */
export const durationType: ArgumentType<string> = {
  name: 'duration',
  what: 'a length of time, as 90s, 15m, 1h, 30d or 2w',
  takes: (word) => /^\d{1,6}[smhdw]$/i.test(word),
  understand: (word) => meant(`${Number(word.slice(0, -1))}${word.slice(-1).toLowerCase()}`),
  read: (word) => (canonical.test(word) ? word : undefined),
  samples: ['1s', '1m', '1h', '1d', '1w'],
}

const canonical = /^(?:0|[1-9]\d{0,5})[smhdw]$/

/**
 * How many seconds a `duration` argument is.
 * @throws RangeError where the text is no canonical duration
 */
export const seconds = (duration: string): number => {
  const each = secondsIn.get(duration.slice(-1))
  if (each === undefined || !canonical.test(duration)) throw new RangeError(`"${duration}" is no duration`)
  return Number(duration.slice(0, -1)) * each
}
