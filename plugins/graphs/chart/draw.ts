import { type Extremes, extremesOf, type Series, type Span } from '../series.ts'
import { type Unit, written } from '../units.ts'
import { clockTimes, inWords } from '../window.ts'
import type { Clock } from '../zone.ts'
import * as colour from './colours.ts'
import { legend, legendHeight } from './legend.ts'
import { lineOf } from './line.ts'
import { escaped, px, shortened } from './markup.ts'
import { valueAxis } from './ticks.ts'
import { timeTicks } from './time-ticks.ts'

/** What is drawn. */
export type Graph = {
  readonly title: string
  readonly series: readonly Series[]
  readonly span: Span
  readonly unit: Unit
  readonly clock: Clock
}

/** The size of a picture without its legend, in pixels of a plain screen. */
const [width, plotHeight] = [800, 264]
const edgeOf = { left: 24, top: 76, right: 24 }
/** Between two times below the picture, about. */
const timeGap = 88
const letter = 6.8

/** A graph as SVG. */
export const draw = ({ title, series, span, unit, clock }: Graph): string => {
  const drawn = series.map((one, index) => ({
    series: one,
    colour: colour.lines[index % colour.lines.length] ?? colour.ink,
    extremes: extremesOf(one),
  }))
  const known = drawn.flatMap(({ extremes }) => extremes ?? [])
  const axis = valueAxis(leastOf(known), greatestOf(known), unit)
  const labels = Math.max(...axis.ticks.map(({ label }) => label.length)) * letter
  const plot = {
    left: edgeOf.left + labels + 10,
    right: width - edgeOf.right,
    top: edgeOf.top,
    bottom: edgeOf.top + plotHeight,
  }
  const x = (at: number): number => plot.left + ((at - span.from) / (span.until - span.from)) * (plot.right - plot.left)
  const y = (value: number): number =>
    plot.bottom - ((value - axis.low) / (axis.high - axis.low)) * (plot.bottom - plot.top)

  const rows = axis.ticks.map(({ value, label }) => {
    const at = px(y(value))
    const stroke = value === 0 ? colour.axis : colour.grid
    return `<path d="M${px(plot.left)} ${at}H${px(plot.right)}" stroke="${stroke}"/>${text(plot.left - 10, y(value) + 4.5, label, 'end')}`
  })
  const columns = timeTicks(span, clock, Math.floor((plot.right - plot.left) / timeGap)).map(({ at, label, isDay }) => {
    const where = Math.min(Math.max(x(at), plot.left + 8), plot.right - 14)
    const line = `<path d="M${px(x(at))} ${px(plot.top)}V${px(plot.bottom + 5)}" stroke="${isDay ? colour.axis : colour.grid}"/>`
    return line + text(where, plot.bottom + 22, label, 'middle', isDay ? colour.ink : colour.quiet)
  })
  const isFilled = drawn.length === 1 && axis.low <= 0
  const lines = drawn.map(({ series: { points }, colour: stroke }) =>
    lineOf({ points, x, y, stroke, ...(isFilled && { ground: y(Math.max(0, axis.low)) }) }),
  )
  const top = plot.bottom + 40
  const height = top + legendHeight(drawn.length) + 14
  const value = (number: number): string => written(number, unit)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="Roboto" font-size="13">`,
    `<rect width="${width}" height="${height}" rx="10" fill="${colour.ground}"/>`,
    `<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="9.5" fill="none" stroke="${colour.edge}"/>`,
    `<text x="${edgeOf.left}" y="36" font-size="19" fill="${colour.ink}">${escaped(shortened(title, 78))}</text>`,
    text(edgeOf.left, 58, `${inWords(span)} · ${clockTimes(span, clock)}`),
    ...columns,
    ...rows,
    ...lines,
    legend(drawn, { left: edgeOf.left, right: plot.right, top }, value),
    '</svg>',
  ].join('\n')
}

const text = (x: number, y: number, content: string, anchor = 'start', fill: string = colour.quiet): string =>
  `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}" fill="${fill}">${escaped(content)}</text>`

const leastOf = (known: readonly Extremes[]): number => Math.min(...known.map(({ min }) => min.value))
const greatestOf = (known: readonly Extremes[]): number => Math.max(...known.map(({ max }) => max.value))
