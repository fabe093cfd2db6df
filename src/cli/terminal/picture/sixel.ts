import { FINALIZER, introducer, sixelEncode } from 'sixel'
import { Drawn } from './drawn.ts'
import type { Pixels } from './pixels.ts'
import { inReservedRows } from './reserve.ts'

/** As many colours as every terminal with sixels has. */
const mostColours = 256
/** What one sees through leaves what stands behind as it is. */
const keepBehind = 1
const clear = 128

/** A picture in sixels, as xterm, foot, mlterm and Windows Terminal show them. https://vt100.net/docs/vt3xx-gp/chapter14.html */
export const sixels = ({ width, height, data }: Pixels, rows: number): Drawn => {
  const { points, palette } = inFewColours(data)
  // Where there is nothing to be seen, there is no colour either.
  const body = palette.length === 0 ? '' : sixelEncode(points, width, height, palette).replaceAll('\n', '')
  return new Drawn(inReservedRows(`${introducer(keepBehind)}${body}${FINALIZER}`, rows))
}

type Colour = [red: number, green: number, blue: number]

/**
 * The same points in the colours that most of them have, each the mean of its neighbours. Drawings have few colours: dots that
 * mix others would be seen.
 */
const inFewColours = (data: Uint8Array): { readonly points: Uint8Array; readonly palette: Colour[] } => {
  const groups = new Map<number, { count: number; readonly sums: Colour }>()
  each(data, (key, colour) => {
    const group = groups.get(key) ?? { count: 0, sums: [0, 0, 0] }
    group.count += 1
    for (const [channel, value] of colour.entries()) group.sums[channel] = (group.sums[channel] ?? 0) + value
    groups.set(key, group)
  })
  const sorted = [...groups].sort(([, one], [, other]) => other.count - one.count)
  const colours = new Map(
    sorted.slice(0, mostColours).map(
      ([
        key,
        {
          count,
          sums: [red, green, blue],
        },
      ]) => [key, [Math.round(red / count), Math.round(green / count), Math.round(blue / count)] satisfies Colour],
    ),
  )
  const palette = [...colours.values()]
  const points = new Uint8Array(data.length)
  each(data, (key, colour, at) => {
    const known = colours.get(key) ?? nearest(palette, colour)
    colours.set(key, known)
    points.set([...known, 255], at)
  })
  return { points, palette }
}

/** Every point that is there: sixels are there or not, there is nothing in between. */
const each = (data: Uint8Array, take: (key: number, colour: Colour, at: number) => void): void => {
  for (let at = 0; at < data.length; at += 4) {
    if ((data[at + 3] ?? 0) < clear) continue
    const [red = 0, green = 0, blue = 0] = [data[at], data[at + 1], data[at + 2]]
    take(((red >> 3) << 10) | ((green >> 3) << 5) | (blue >> 3), [red, green, blue], at)
  }
}

const nearest = (palette: readonly Colour[], colour: Colour): Colour =>
  palette.reduce((best, one) => (distance(one, colour) < distance(best, colour) ? one : best), palette[0] ?? colour)

const distance = (one: Colour, other: Colour): number =>
  (one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2 + (one[2] - other[2]) ** 2
