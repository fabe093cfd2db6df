import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { initWasm, Resvg } from '@resvg/resvg-wasm'
import { parseDocument } from 'yaml'
import { people } from './people.ts'
import { face, leaning, portrait } from './portrait.ts'

await initWasm(readFileSync(fileURLToPath(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm'))))

/** `npm run portraits`: draws the people of the example company, and tells their files where their faces are. */
const company = (path: string): string => fileURLToPath(new URL(`../acme/${path}`, import.meta.url))

for (const [id, looks] of Object.entries(people)) {
  writeFileSync(company(`pictures/${id}.png`), new Resvg(portrait(looks)).render().asPng())
  const file = company(`people/${id}.yaml`)
  const document = parseDocument(readFileSync(file, 'utf8'))
  const where = { ...leaning(looks.tilt), width: face.width, tilt: looks.tilt }
  const picture = document.createNode({ file: `pictures/${id}.png`, face: where })
  document.set('picture', picture)
  writeFileSync(file, document.toString())
}
