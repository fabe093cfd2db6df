import type { ArgumentType } from './argument-type.ts'

/** Days from today. */
export const relativeDays: ReadonlyMap<string, number> = new Map([
  ['yesterday', -1],
  ['today', 0],
  ['tomorrow', 1],
])

/** What a date looks like; which of two slashed numbers is the month, only the company's order tells. */
export const dateForms = {
  iso: /^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})$/,
  dotted: /^(?<day>\d{1,2})\.(?<month>\d{1,2})\.(?<year>\d{4}|\d{2})$/,
  slashed: /^(?<first>\d{1,2})\/(?<second>\d{1,2})\/(?<year>\d{4}|\d{2})$/,
} as const

/** A calendar day, canonical `2015-05-31`. */
export const dateType: ArgumentType<string> = {
  name: 'date',
  what: 'a date, as 2015-05-31',
  takes: (word) => relativeDays.has(word.toLowerCase()) || Object.values(dateForms).some((form) => form.test(word)),
  read: (word) => (isDay(word) ? word : undefined),
  samples: ['2015-05-31', '05/31/15', '31.05.2015', 'today', 'tomorrow', 'yesterday'],
}

/** Whether a text is the canonical one of a day that there is. */
export const isDay = (text: string): boolean => {
  const time = Date.parse(`${text}T00:00:00Z`)
  // 31 February rolls over into March: only what comes back unchanged is a day.
  return dateForms.iso.test(text) && !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text
}
