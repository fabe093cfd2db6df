import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'

/** All questions, one after the other, each in a process of its own so that none warms or litters another's. */
const questions = ['not-for-us', 'understanding', 'policy', 'log', 'whole-way', 'flood']

const [cpu] = cpus()
console.log(`# Foobot's benchmarks, ${new Date().toISOString().slice(0, 10)}\n`)
console.log(`${cpus().length} × ${cpu?.model ?? 'unknown'}, Node ${process.version}, load ${loadavg()[0]?.toFixed(2)}.`)
console.log('Each figure is the median of several short runs; the floors beside it were measured in the same minute.')

/** Milliseconds after which a question hangs: all together take five minutes. */
const patience = 400_000

/** A slow machine is no failure; a question that could not be answered is. */
const broken: string[] = []
for (const name of questions) {
  const child = spawn(process.execPath, [join(import.meta.dirname, `${name}.ts`)], {
    stdio: 'inherit',
    timeout: patience,
  })
  const [code] = await once(child, 'exit')
  if (code !== 0) broken.push(name)
}
if (broken.length > 0) console.error(`\nThese could not be measured: ${broken.join(', ')}.`)
process.exitCode = broken.length > 0 ? 1 : 0
