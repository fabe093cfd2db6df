import type { Graph } from './chart/draw.ts'
import { extremesOf } from './series.ts'
import { written } from './units.ts'
import { inWords } from './window.ts'
import { dateOf, timeOf } from './zone.ts'

/** Lines that are told one by one. */
const mostTold = 5

/** A graph in words, for who does not see it: what it shows, and of each line the last, least and greatest value. */
export const told = ({ title, series, span, unit, clock }: Graph): string => {
  const one = series.length === 1
  const lines = series.slice(0, mostTold).map((line) => {
    const extremes = extremesOf(line)
    const name = one ? '' : `${line.name} `
    if (!extremes) return `${name}no values`
    const { last, min, max } = extremes
    const [now, least, most] = [last, min.value, max.value].map((value) => written(value, unit))
    return `${name}last ${now}, min ${least} at ${momentOf(min.at)}, max ${most} at ${momentOf(max.at)}`
  })
  const more = series.length > mostTold ? `; and ${series.length - mostTold} more` : ''
  return `${title} over ${inWords(span)}: ${lines.join('; ')}${more}`

  function momentOf(at: number): string {
    return span.until - span.from > 86_400 ? `${dateOf(at, clock)} ${timeOf(at, clock)}` : timeOf(at, clock)
  }
}
