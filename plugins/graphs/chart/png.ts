import { initWasm, Resvg } from '@resvg/resvg-wasm'
import { readPinned } from 'foobot'

await initWasm(readPinned(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm')))

/** The one font, so that a graph looks the same on every machine. */
const font = readPinned(new URL('../font/Roboto-Regular.ttf', import.meta.url))

/** Pixels for each pixel of a plain screen: fine screens have twice as many. */
const zoom = 2

export const pngOf = (svg: string): Buffer => {
  const drawing = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: zoom },
    font: { fontBuffers: [font], defaultFontFamily: 'Roboto' },
  })
  const image = drawing.render()
  try {
    return Buffer.from(image.asPng())
  } finally {
    // Nothing else gives back what they hold.
    image.free()
    drawing.free()
  }
}
