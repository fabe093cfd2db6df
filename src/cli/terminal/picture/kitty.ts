import { deflateSync } from 'node:zlib'
import { Drawn } from './drawn.ts'
import type { Pixels } from './pixels.ts'
import { inReservedRows } from './reserve.ts'

/** Bytes of base64 in one piece, as the protocol wants it. */
const mostInPiece = 4096

/**
 * A picture in the graphics protocol of kitty, which WezTerm, Ghostty and Konsole speak, too. The terminal gets points that were
 * decoded here, packed, never the file itself, and is asked for no answer. https://sw.kovidgoyal.net/kitty/graphics-protocol/
 */
export const kitty = ({ width, height, data }: Pixels, columns: number, rows: number): Drawn => {
  const text = deflateSync(data).toString('base64')
  const pieces = Array.from({ length: Math.ceil(text.length / mostInPiece) }, (_, index) =>
    text.slice(index * mostInPiece, (index + 1) * mostInPiece),
  )
  const about = `a=T,f=32,o=z,s=${width},v=${height},c=${columns},r=${rows},C=1,q=2`
  const sent = pieces.map((piece, index) => {
    const more = index < pieces.length - 1 ? 1 : 0
    return `\u001b_G${index === 0 ? `${about},` : 'q=2,'}m=${more};${piece}\u001b\\`
  })
  return new Drawn(inReservedRows(sent.join(''), rows))
}
