import type { Block } from '#core/reply/reply.ts'
import { wrapped } from '../blocks.ts'
import type { Line } from '../paint.ts'
import { halfBlocks } from './half-blocks.ts'
import { keepPicture, pictureFolder } from './keep.ts'
import { kitty } from './kitty.ts'
import { type Pixels, readPng } from './pixels.ts'
import { resized } from './resize.ts'
import { sixels } from './sixel.ts'
import { type Terminal, type Way, wayOf } from './way.ts'

type Picture = Extract<Block, { type: 'picture' }>

/** Rows of a terminal that one picture takes, at most. */
const mostRows = 26
/** Columns, at most: larger would be no clearer. */
const mostColumns = 100
/** A picture is drawn for screens with two points where a plain one has one. */
const fineness = 2
/** Without it, thin lines would be lost among so few points. */
const accent = 0.55

/** Shows pictures in one terminal, in the way that it has; keeps each as a file where there is a folder for that. */
export class Pictures {
  readonly #way: Way
  readonly #folder: string | undefined

  constructor(way: Way, folder?: string) {
    this.#way = way
    this.#folder = folder
  }

  /** A picture as it can be seen here, then in words, then where its file is. */
  lines({ data, alt }: Picture, width: number): readonly Line[] {
    const bytes = Buffer.from(data, 'base64')
    const pixels = this.#way.type === 'words' ? undefined : readPng(bytes)
    const file = this.#folder === undefined ? undefined : keepPicture(this.#folder, bytes)
    return [
      ...(pixels ? this.#drawn(pixels, Math.min(width, mostColumns)) : []),
      ...wrapped(`(a picture: ${alt})`, width),
      ...(file === undefined ? [] : [[{ text: file, style: 'dim' } as const]]),
    ]
  }

  #drawn(pixels: Pixels, width: number): readonly Line[] {
    const way = this.#way
    if (way.type === 'words') return []
    if (way.type === 'half-blocks') {
      const { columns, rows } = fitted(pixels, { width: 1, height: 2 }, Math.min(width, pixels.width))
      const points = resized(pixels, columns, rows * 2, accent)
      return halfBlocks(points, way.colours).map((drawn) => [{ text: '', drawn }])
    }
    const { columns, rows } = fitted(
      pixels,
      way.cell,
      Math.min(width, Math.ceil(pixels.width / fineness / way.cell.width)),
    )
    const [most, high] = [columns * way.cell.width, rows * way.cell.height]
    const points = pixels.width > most ? resized(pixels, most, Math.min(high, pixels.height)) : pixels
    const drawn = way.type === 'kitty' ? kitty(points, columns, rows) : sixels(points, rows)
    return [[{ text: '', drawn }], ...Array.from({ length: rows }, (): Line => [])]
  }
}

/** How pictures are shown in this terminal; it may be asked for that, which takes a moment. */
export const picturesIn = async (terminal: Terminal): Promise<Pictures> =>
  new Pictures(await wayOf(terminal), pictureFolder(terminal.environment))

/** Whole columns and rows that hold a picture without stretching it. */
const fitted = (
  { width, height }: Pixels,
  cell: { readonly width: number; readonly height: number },
  most: number,
): { readonly columns: number; readonly rows: number } => {
  const rowsOf = (columns: number): number =>
    Math.max(1, Math.round((columns * cell.width * height) / width / cell.height))
  const columns = Math.max(1, Math.floor(most))
  if (rowsOf(columns) <= mostRows) return { columns, rows: rowsOf(columns) }
  const narrower = Math.max(1, Math.round((mostRows * cell.height * width) / height / cell.width))
  return { columns: Math.min(columns, narrower), rows: mostRows }
}
