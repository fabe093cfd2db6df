import { initWasm, Resvg, type ResvgRenderOptions } from '@resvg/resvg-wasm'
import { type Face, type PersonPicture, readPinned } from 'foobot'
import { mustache } from './mustache.ts'

await initWasm(readPinned(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm')))

/** Points of the longer side of what is answered: enough to laugh at, and small enough for every chat. */
const longest = 400
/** Points of a picture that is taken, along one side: a picture is a portrait. */
const mostPoints = 4096

/** Where the face of a portrait usually is, as parts of its width and height. */
const usual = { x: 0.5, y: 0.59, width: 0.38 }

/**
 * A picture with a mustache on its face, as PNG.
 * @throws with a sentence where the picture cannot be read
 */
export const withMustache = ({ mediaType, bytes, face, file }: PersonPicture): Buffer => {
  const uri = `data:${mediaType};base64,${Buffer.from(bytes).toString('base64')}`
  const size = sizeOf(uri)
  if (!size) throw new Error(`The picture ${file} cannot be read: ask an administrator for another.`)
  const { width, height } = size
  if (Math.max(width, height) > mostPoints)
    throw new Error(`The picture ${file} is too large: ask an administrator for another.`)
  const where: Face = face ?? {
    x: width * usual.x,
    y: height * usual.y,
    width: width * usual.width,
    tilt: 0,
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><image href="${uri}" width="${width}" height="${height}"/>${mustache(where)}</svg>`
  const fitTo =
    width >= height ? ({ mode: 'width', value: longest } as const) : ({ mode: 'height', value: longest } as const)
  return drawn(svg, { fitTo }, (drawing) => {
    const image = drawing.render()
    try {
      return Buffer.from(image.asPng())
    } finally {
      image.free()
    }
  })
}

/** The size of a picture in points, as the renderer sees it. */
const sizeOf = (uri: string): { readonly width: number; readonly height: number } | undefined => {
  const alone = `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><image href="${uri}"/></svg>`
  const box = drawn(alone, {}, (drawing) => drawing.getBBox())
  return box && box.width >= 1 && box.height >= 1 ? { width: box.width, height: box.height } : undefined
}

/** Draws, and gives back what that held: nothing else does. */
const drawn = <T>(svg: string, options: ResvgRenderOptions, use: (drawing: InstanceType<typeof Resvg>) => T): T => {
  const drawing = new Resvg(svg, options)
  try {
    return use(drawing)
  } finally {
    drawing.free()
  }
}
