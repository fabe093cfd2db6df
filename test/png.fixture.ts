import { PNG } from 'pngjs'

/** The points of a PNG, four bytes each. */
export const pointsOf = (bytes: Buffer): { readonly width: number; readonly height: number; readonly data: Buffer } =>
  PNG.sync.read(bytes)
