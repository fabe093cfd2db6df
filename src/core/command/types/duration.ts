import type { ArgumentType } from './argument-type.ts'

/** A length of time, `30d`: a whole number with s, m (minutes), h, d or w. Its value is that text; see `seconds`. */
export const durationType: ArgumentType<string> = {
  name: 'duration',
  what: 'a length of time, as 90s, 15m, 1h, 30d or 2w',
  takes: (word) => /^\d{1,6}[smhdw]$/i.test(word),
  read: (word) => (isDuration(word) ? word : undefined),
  samples: ['1s', '1m', '1h', '1d', '1w'],
}

export const isDuration = (word: string): boolean => /^(?:0|[1-9]\d{0,5})[smhdw]$/.test(word)
