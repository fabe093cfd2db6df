import { dayIn } from '../speaking.ts'
import { type ArgumentType, meant } from './argument-type.ts'

const forms = [/^q(?<quarter>[1-4])$/i, /^(?<year>\d{4})-?q(?<quarter>[1-4])$/i, /^q(?<quarter>[1-4])-(?<year>\d{4})$/i]

/** A quarter of a year, canonical `2015-Q2`; `Q2` is this year's. */
export const quarterType: ArgumentType<string> = {
  name: 'quarter',
  what: 'a quarter, as Q2 or 2015-Q2',
  takes: (word) => forms.some((form) => form.test(word)),
  understand: (word, { now, zone }) => {
    const { quarter, year } = forms.map((form) => form.exec(word)?.groups).find(Boolean) ?? {}
    return meant(`${year ?? dayIn(now, zone).year}-Q${quarter}`)
  },
  read: (word) => (/^\d{4}-Q[1-4]$/.test(word) ? word : undefined),
  samples: ['Q2', '2015-Q2', '2015Q2', 'Q2-2015'],
}
