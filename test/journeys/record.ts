import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { paintWith } from '#cli/terminal/paint.ts'
import { project, startCompany } from './company.ts'
import { play } from './play/player.ts'
import { readScript } from './play/script.ts'
import { Stage } from './play/stage.ts'
import { Recording } from './record/recording.ts'
import { animated } from './record/svg.ts'

/**
 * `npm run record`: plays some of the demo's conversations, and writes them down as `docs/demo.svg`, which the README opens with. What
 * is seen there was said by real processes; only the pauses are made.
 */
const scenes = ['devs.chat', 'ops.chat', 'approvals.chat', 'everyone.chat']
const target = join(project, 'docs', 'demo.svg')
/** Bytes of the file, at most: it is loaded with the README. */
const most = 300 * 1024

const { positionals } = parseArgs({ allowPositionals: true })
const files = positionals.length > 0 ? positionals : scenes.map((file) => join(import.meta.dirname, file))
const recording = new Recording()
const stage = new Stage({ output: recording, paint: paintWith(true), pictures: recording, pause: recording.pause })

const company = await startCompany()
try {
  for (const file of files) await play(company, file, readScript(readFileSync(file, 'utf8'), file), stage)
  await stage.titled('What is left of it: a log that anybody can check')
  await stage.runs(['log', 'verify'])
  const { stdout, stderr } = await company.foobot('log', 'verify')
  stage.printed(`${stdout}${stderr}`.replaceAll(company.data, 'data'))
} finally {
  await company.stop()
}
const svg = animated(recording, 'npm run demo')
if (svg.length > most)
  throw new Error(`the recording has ${svg.length} bytes, at most ${most}: record fewer conversations`)
writeFileSync(target, svg)
console.log(`${target}: ${Math.round(recording.length / 1000)} s, ${Math.round(svg.length / 1024)} KiB`)
