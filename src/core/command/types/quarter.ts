import type { ArgumentType } from './argument-type.ts'

export const quarterForms = [
  /^q(?<quarter>[1-4])$/i,
  /^(?<year>\d{4})-?q(?<quarter>[1-4])$/i,
  /^q(?<quarter>[1-4])-(?<year>\d{4})$/i,
]

/** A quarter of a year, canonical `2015-Q2`. */
export const quarterType: ArgumentType<string> = {
  name: 'quarter',
  what: 'a quarter, as Q2 or 2015-Q2',
  takes: (word) => quarterForms.some((form) => form.test(word)),
  read: (word) => (/^\d{4}-Q[1-4]$/.test(word) ? word : undefined),
  samples: ['Q2', '2015-Q2', '2015Q2', 'Q2-2015'],
}
