import type { Point } from '../series.ts'
import { ground as behind } from './colours.ts'
import { px } from './markup.ts'

export type LineOf = {
  readonly points: readonly Point[]
  readonly x: (at: number) => number
  readonly y: (value: number) => number
  readonly stroke: string
  /** Where nought is, where the space down to it is filled. */
  readonly ground?: number
}

type Dot = { readonly x: number; readonly y: number }

/** One line: broken where nothing was measured, with a dot where a value stands alone, and one where it ends. */
export const lineOf = ({ points, x, y, stroke, ground }: LineOf): string => {
  const pieces = piecesOf(points, x, y)
  const strokes = pieces.filter(({ length }) => length > 1).map(pathOf)
  const alone = pieces.flatMap((piece) => (piece.length === 1 ? piece : []))
  const last = pieces.at(-1)?.at(-1)
  return [
    ...(ground === undefined ? [] : filled(pieces, ground, stroke)),
    `<path d="${strokes.join('')}" fill="none" stroke="${stroke}" stroke-width="2" stroke-linejoin="round" stroke-linecap="round"/>`,
    ...alone.map((dot) => circle(dot, 2, stroke)),
    ...(last ? [`${circle(last, 5.5, behind)}${circle(last, 3.5, stroke)}`] : []),
  ].join('')
}

const piecesOf = (
  points: readonly Point[],
  x: (at: number) => number,
  y: (value: number) => number,
): readonly (readonly Dot[])[] => {
  const pieces: Dot[][] = []
  let open: Dot[] = []
  for (const { at, value } of points) {
    if (value === null) {
      open = []
      continue
    }
    if (open.length === 0) pieces.push(open)
    open.push({ x: x(at), y: y(value) })
  }
  return pieces
}

const pathOf = (piece: readonly Dot[]): string => `M${piece.map(({ x, y }) => `${px(x)} ${px(y)}`).join('L')}`

const circle = ({ x, y }: Dot, radius: number, fill: string): string =>
  `<circle cx="${px(x)}" cy="${px(y)}" r="${radius}" fill="${fill}"/>`

const filled = (pieces: readonly (readonly Dot[])[], ground: number, stroke: string): readonly string[] => {
  const top = Math.min(...pieces.flat().map(({ y }) => y))
  const areas = pieces.flatMap((piece) => {
    const [first, last] = [piece[0], piece.at(-1)]
    return first && last && piece.length > 1
      ? [`${pathOf(piece)}L${px(last.x)} ${px(ground)}L${px(first.x)} ${px(ground)}Z`]
      : []
  })
  return [
    `<linearGradient id="fill" gradientUnits="userSpaceOnUse" x1="0" x2="0" y1="${px(top)}" y2="${px(ground)}"><stop offset="0" stop-color="${stroke}" stop-opacity=".36"/><stop offset="1" stop-color="${stroke}" stop-opacity=".03"/></linearGradient>`,
    `<path d="${areas.join('')}" fill="url(#fill)"/>`,
  ]
}
