import { fileURLToPath } from 'node:url'
import { Resvg } from '@resvg/resvg-js'

/** The one font, so that a graph looks the same on every machine. */
const font = fileURLToPath(new URL('../font/Roboto-Regular.ttf', import.meta.url))

/** Pixels for each pixel of a plain screen: fine screens have twice as many. */
const zoom = 2

export const pngOf = (svg: string): Buffer =>
  new Resvg(svg, {
    fitTo: { mode: 'zoom', value: zoom },
    font: { loadSystemFonts: false, fontFiles: [font], defaultFontFamily: 'Roboto' },
  })
    .render()
    .asPng()
