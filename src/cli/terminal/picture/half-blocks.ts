import { Drawn } from './drawn.ts'
import type { Pixels } from './pixels.ts'

export type Colours = 'true' | '256'

const clear = 128
const upper = '▀'
const lower = '▄'

/** A picture in characters, a row each: every character is two points, one above the other. An odd last row is half a one. */
export const halfBlocks = (pixels: Pixels, colours: Colours): readonly Drawn[] =>
  Array.from(
    { length: Math.ceil(pixels.height / 2) },
    (_, row) => new Drawn(`${rowOf(pixels, row * 2, colours)}\u001b[0m`),
  )

const rowOf = (pixels: Pixels, y: number, colours: Colours): string => {
  let [row, before] = ['', '']
  for (let x = 0; x < pixels.width; x++) {
    const [above, below] = [pointAt(pixels, x, y), pointAt(pixels, x, y + 1)]
    const style = above
      ? `\u001b[0;38;${code(above, colours)}${below ? `;48;${code(below, colours)}` : ''}m`
      : below
        ? `\u001b[0;38;${code(below, colours)}m`
        : '\u001b[0m'
    row += `${style === before ? '' : style}${above ? upper : below ? lower : ' '}`
    before = style
  }
  return row
}

type Point = readonly [red: number, green: number, blue: number]

/** Undefined where one sees through it. */
const pointAt = ({ width, height, data }: Pixels, x: number, y: number): Point | undefined => {
  const at = (y * width + x) * 4
  if (y >= height || (data[at + 3] ?? 0) < clear) return undefined
  return [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0]
}

const code = (point: Point, colours: Colours): string =>
  colours === 'true' ? `2;${point.join(';')}` : `5;${nearest(point)}`

/** The levels of the colour cube of terminals with 256 colours, and the first and the step of its greys. */
const levels = [0, 95, 135, 175, 215, 255]
const [firstGrey, greyStep] = [8, 10]

const nearest = (point: Point): number => {
  const cube = point.map((value) => closest(levels, value))
  const grey = Math.min(23, Math.max(0, Math.round((mean(point) - firstGrey) / greyStep)))
  const greyLevel = firstGrey + grey * greyStep
  const ofCube = distance(
    point,
    cube.map((index) => levels[index] ?? 0),
  )
  const ofGrey = distance(point, [greyLevel, greyLevel, greyLevel])
  const [red = 0, green = 0, blue = 0] = cube
  return ofGrey < ofCube ? 232 + grey : 16 + 36 * red + 6 * green + blue
}

const closest = (of: readonly number[], value: number): number =>
  of.reduce((best, level, index) => (Math.abs(level - value) < Math.abs((of[best] ?? 0) - value) ? index : best), 0)
const mean = ([red, green, blue]: Point): number => (red + green + blue) / 3
const distance = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, index) => sum + (value - (b[index] ?? 0)) ** 2, 0)
