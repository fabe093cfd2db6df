import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { hasColour, paintWith } from '#cli/terminal/paint.ts'
import { Pictures } from '#cli/terminal/picture/pictures.ts'
import { wayOf } from '#cli/terminal/picture/way.ts'
import { type Company, startCompany } from './company.ts'
import { Mismatch } from './play/mismatch.ts'
import { openingOf } from './play/opening.ts'
import { play } from './play/player.ts'
import { readScript } from './play/script.ts'
import { Stage } from './play/stage.ts'

/**
 * `npm run demo`: plays the slides' conversations against a fresh example company, and shows them as they happen. The same
 * files are the tests.
 */
const slides = [
  'devs.chat',
  'ops.chat',
  'support.chat',
  'sales-marketing.chat',
  'finance.chat',
  'everyone.chat',
  'two-factor.chat',
  'approvals.chat',
  'signatures.chat',
]

const { values, positionals } = parseArgs({ options: { fast: { type: 'boolean' } }, allowPositionals: true })
const files = positionals.length > 0 ? positionals : slides.map((file) => join(import.meta.dirname, file))
const output = process.stdout
const stage = new Stage({
  output,
  paint: paintWith(hasColour(output, process.env)),
  pictures: new Pictures(await wayOf({ input: process.stdin, output, environment: process.env })),
  pause: values.fast ? () => Promise.resolve() : (milliseconds) => after(milliseconds),
})

/** Rules that one of them begins with are the company's. */
const scripts = files.map((file) => ({ file, ...openingOf(readScript(readFileSync(file, 'utf8'), file)) }))
const prepare = (data: string): void => {
  for (const script of scripts) script.prepare(data)
}

const demo = async (company: Company): Promise<number> => {
  stage.note(`A fresh company in ${company.data}: real processes, real keys, systems of its own.`)
  for (const { file, rest } of scripts) await play(company, file, rest, stage)
  await stage.titled('What is left of it: a log that anybody can check')
  await stage.runs(['log', 'verify'])
  const { code } = await company.watch(['log', 'verify'], (line) => stage.printed(line))
  return code
}

const company = await startCompany({ prepare, ...(values.fast && { speed: 2000 }) })
const leave = (): void => void company.stop().then(() => process.exit(130))
process.once('SIGINT', leave)
process.once('SIGTERM', leave)
try {
  process.exitCode = (await demo(company)) === 0 ? 0 : 1
} catch (error) {
  if (!(error instanceof Mismatch)) throw error
  stage.note('')
  console.error(error.message)
  process.exitCode = 1
} finally {
  await company.stop()
}
