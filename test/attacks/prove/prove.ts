import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { argv, exit } from 'node:process'
import { fileURLToPath } from 'node:url'
import { Copy } from './copy.ts'
import { type Defence, placesOf, staleness } from './defence.ts'
import { type AttackTest, attackTests, notDue, rowFaults } from './rows.ts'
import { endRuns, type Outcome, runTests } from './run-tests.ts'

/**
 * Removes each defence that an attack test names, in a copy of the project, and demands that this test then fails: a test
 * that passes without its defence is none. Arguments are rows; without, all.
 */

const root = fileURLToPath(new URL('../../..', import.meta.url))
const asked = argv.slice(2).map(Number)
const isAsked = (row: number): boolean => asked.length === 0 || asked.includes(row)
const tests = attackTests(root)

/** At once: a machine of two cores is busy with two. */
const workers = 2

let passed = 0
let failed = 0
const say = (isGood: boolean, row: number, what: string): void => {
  if (isGood) passed += 1
  else failed += 1
  console.log(`${isGood ? 'passed' : 'FAILED'}  ${row}  ${what}`)
}

const read = (path: string): string | undefined =>
  existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : undefined

/** `src/engine/collect.ts:41`, with what is removed beside it. */
const nameOf = ({ hunks }: Defence): string =>
  hunks.map((hunk) => `${hunk.path}:${placesOf(hunk, read(hunk.path) ?? '')[0] ?? '?'}`).join(' and ')

const prove = async (copy: Copy, test: AttackTest, defence: Defence): Promise<void> => {
  const stale = defence.hunks.flatMap((hunk) => staleness(hunk, read(hunk.path)) ?? [])
  const where = `${test.path}:${defence.line}`
  if (stale.length > 0) return say(false, test.row, `${where}  stale: ${stale.join('; ')}`)
  const putBack = copy.remove(defence.hunks)
  try {
    const outcome = (await runTests(copy.folder, [test.path])).get(test.path)
    const name = `${where}  without ${nameOf(defence)}`
    switch (outcome?.how) {
      case 'asserted':
        return say(true, test.row, `${name}: "${outcome.what}"`)
      case 'broke':
        return say(false, test.row, `${name}: fails, but by no assertion: ${outcome.what}`)
      case 'passed':
        return say(false, test.row, `${name}: passes all the same`)
    }
  } finally {
    putBack()
  }
}

const all = tests
  .filter(({ row }) => isAsked(row))
  .flatMap((test) => test.defences.map((defence) => ({ test, defence })))
const copies = Array.from({ length: workers }, () => new Copy(root))
const tidy = (): void => {
  endRuns()
  for (const copy of copies) copy.end()
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    tidy()
    exit(1)
  })

try {
  for (const [row, fault] of rowFaults(tests)) if (isAsked(row)) say(false, row, fault)
  const files = [...new Set(all.map(({ test }) => test.path))]
  const [first] = copies
  const whole = first && files.length > 0 ? await runTests(first.folder, files) : new Map<string, Outcome>()
  for (const { row, path } of tests) {
    const outcome = whole.get(path)
    if (outcome && outcome.how !== 'passed')
      say(false, row, `${path} fails with all defences in place: ${outcome.what}`)
  }
  const left = all.filter(({ test }) => whole.get(test.path)?.how === 'passed')
  await Promise.all(
    copies.map(async (copy) => {
      for (let next = left.shift(); next; next = left.shift()) await prove(copy, next.test, next.defence)
    }),
  )
  for (const [row, why] of notDue) if (isAsked(row)) console.log(`not due ${row}  ${why}`)
} finally {
  tidy()
}
console.log(`${passed} passed, ${failed} failed`)
exit(failed === 0 ? 0 : 1)
