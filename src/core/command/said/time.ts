import { dayIn, type Speaking } from '../speaking.ts'
import { dateForms, isDay, relativeDays } from '../types/date.ts'
import { quarterForms } from '../types/quarter.ts'
import { complaint, type Meaning, meant, type Understood } from './understood.ts'

/**
 * A date is said also as `05/31/15` in the company's order, `31.05.2015` (day first, as everywhere with points), `today`,
 * `tomorrow`, `yesterday`. Two digits are a year of this century.
 */
export const dateMeant: Meaning = (word, speaking) => {
  const days = relativeDays.get(word.toLowerCase())
  if (days !== undefined) return meant(fromToday(days, speaking))
  const slashed = dateForms.slashed.exec(word)?.groups
  if (!slashed) return calendarDay(word, dateForms.iso.exec(word)?.groups ?? dateForms.dotted.exec(word)?.groups)
  const { first, second, year } = slashed
  const order = `, read with the ${speaking.dateOrder.replace('-', ' ')}`
  return speaking.dateOrder === 'month-first'
    ? calendarDay(word, { month: first, day: second, year }, order)
    : calendarDay(word, { month: second, day: first, year }, order)
}

/** `Q2` is this year's. */
export const quarterMeant: Meaning = (word, { now, zone }) => {
  const { quarter, year } = quarterForms.map((form) => form.exec(word)?.groups).find(Boolean) ?? {}
  return meant(`${year ?? dayIn(now, zone).year}-Q${quarter}`)
}

/** A duration may be said with leading zeros, its unit in any case. */
export const durationMeant: Meaning = (word) => meant(`${Number(word.slice(0, -1))}${word.slice(-1).toLowerCase()}`)

const fromToday = (days: number, { now, zone }: Speaking): string => {
  const { year, month, day } = dayIn(now, zone)
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10)
}

type Found = Readonly<Record<string, string | undefined>>

const calendarDay = (word: string, found: Found = {}, order = ''): Understood<string> => {
  const { year = '', month = '', day = '' } = found
  const text = `${year.length === 2 ? `20${year}` : year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  return isDay(text) ? meant(text) : complaint(`There is no day ${word}${order}: write it as 2015-05-31.`)
}
