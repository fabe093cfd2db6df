import type { Extremes, Series } from '../series.ts'
import { ink, quiet } from './colours.ts'
import { escaped, px, shortened } from './markup.ts'

export type Drawn = { readonly series: Series; readonly colour: string; readonly extremes: Extremes | undefined }

const rowHeight = 24
/** From the right edge to the right end of each number. */
const columns = [
  ['last', 200],
  ['min', 100],
  ['max', 0],
] as const
/** Characters of a name that fit beside the numbers. */
const nameFits = 64

export const legendHeight = (count: number): number => (count + 1) * rowHeight

/** Below the lines: each with its colour, its name, and its numbers in columns. */
export const legend = (
  drawn: readonly Drawn[],
  { left, right, top }: { readonly left: number; readonly right: number; readonly top: number },
  value: (number: number) => string,
): string => {
  const numbers = (y: number, shown: readonly string[], fill: string): string =>
    columns
      .map(
        ([, from], index) =>
          `<text x="${px(right - from)}" y="${px(y)}" text-anchor="end" fill="${fill}">${escaped(shown[index] ?? '')}</text>`,
      )
      .join('')
  const heads = numbers(
    top + 16,
    columns.map(([name]) => name),
    quiet,
  )
  const rows = drawn.map(({ series, colour, extremes }, index) => {
    const y = top + 16 + (index + 1) * rowHeight
    const shown = extremes ? [extremes.last, extremes.min.value, extremes.max.value].map(value) : ['no values', '', '']
    return [
      `<rect x="${px(left)}" y="${px(y - 9)}" width="14" height="8" rx="2" fill="${colour}"/>`,
      `<text x="${px(left + 22)}" y="${px(y)}" fill="${ink}">${escaped(shortened(series.name, nameFits))}</text>`,
      numbers(y, shown, ink),
    ].join('')
  })
  return [heads, ...rows].join('\n')
}
