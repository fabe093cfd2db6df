import { PNG } from 'pngjs'

/** A picture as its points, four bytes each: red, green, blue, opacity. */
export type Pixels = { readonly width: number; readonly height: number; readonly data: Uint8Array }

/** Points of a picture that is decoded, at most: a small file can claim to be of any size. */
const mostPoints = 6_000_000
const mostSide = 8192
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
/** Where the first chunk, IHDR, has its fields. */
const header = { name: 12, width: 16, height: 20, interlace: 28, end: 33 } as const

/** The points of a PNG; undefined where it is none, is broken, or is larger than is decoded here. */
export const readPng = (bytes: Buffer): Pixels | undefined => {
  if (bytes.length < header.end || !bytes.subarray(0, 8).equals(signature)) return undefined
  if (bytes.toString('latin1', header.name, header.width) !== 'IHDR') return undefined
  const [width, height] = [bytes.readUInt32BE(header.width), bytes.readUInt32BE(header.height)]
  if (width > mostSide || height > mostSide || width * height > mostPoints) return undefined
  // Of an interlaced picture, what is unpacked has no bound.
  if (bytes[header.interlace] !== 0) return undefined
  try {
    const { data } = PNG.sync.read(bytes)
    return data.length === width * height * 4 ? { width, height, data } : undefined
  } catch {
    return undefined
  }
}
