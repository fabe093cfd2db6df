import { dayIn, type Speaking } from '../speaking.ts'
import { type ArgumentType, complaint, meant, type Understood } from './argument-type.ts'

const iso = /^(?<year>\d{4})-(?<month>\d{1,2})-(?<day>\d{1,2})$/
const monthFirst = /^(?<month>\d{1,2})\/(?<day>\d{1,2})\/(?<year>\d{4}|\d{2})$/
const dayFirst = /^(?<day>\d{1,2})\/(?<month>\d{1,2})\/(?<year>\d{4}|\d{2})$/
const dotted = /^(?<day>\d{1,2})\.(?<month>\d{1,2})\.(?<year>\d{4}|\d{2})$/
/** Days from today. */
const relative: ReadonlyMap<string, number> = new Map([
  ['yesterday', -1],
  ['today', 0],
  ['tomorrow', 1],
])

/**
 * A calendar day, canonical `2015-05-31`. Said also `05/31/15` in the company's order, `31.05.2015` (day first, as
 * everywhere with points), `today`, `tomorrow`, `yesterday`. Two digits are a year of this century.
 */
export const dateType: ArgumentType<string> = {
  name: 'date',
  what: 'a date, as 2015-05-31',
  takes: (word) => relative.has(word.toLowerCase()) || [iso, monthFirst, dotted].some((form) => form.test(word)),
  understand: (word, speaking) => {
    const days = relative.get(word.toLowerCase())
    if (days !== undefined) return meant(fromToday(days, speaking))
    const slashed = speaking.dateOrder === 'month-first' ? monthFirst : dayFirst
    const order = word.includes('/') ? `, read with the ${speaking.dateOrder.replace('-', ' ')}` : ''
    return calendarDay(word, [iso, dotted, slashed], order)
  },
  read: (word) => {
    const day = calendarDay(word, [iso], '')
    return day.ok && day.value === word ? word : undefined
  },
  samples: ['2015-05-31', '05/31/15', '31.05.2015', 'today', 'tomorrow', 'yesterday'],
}

const fromToday = (days: number, { now, zone }: Speaking): string => {
  const { year, month, day } = dayIn(now, zone)
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10)
}

const calendarDay = (word: string, forms: readonly RegExp[], order: string): Understood<string> => {
  const { year = '', month = '', day = '' } = forms.map((form) => form.exec(word)?.groups).find(Boolean) ?? {}
  const text = `${year.length === 2 ? `20${year}` : year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const time = Date.parse(`${text}T00:00:00Z`)
  // 31 February rolls over into March: only what comes back unchanged is a day.
  if (!Number.isNaN(time) && new Date(time).toISOString().startsWith(text)) return meant(text)
  return complaint(`There is no day ${word}${order}: write it as 2015-05-31.`)
}
