import { spawn } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { execPath } from 'node:process'

/** What came of some test files. */
export type Outcome =
  | { readonly how: 'passed' }
  /** Tests said no: the sentence of the first. */
  | { readonly how: 'asserted'; readonly what: string }
  /** Something else went wrong: an error that no test expects, a time-out, a file that does not load. */
  | { readonly how: 'broke'; readonly what: string }

/** As vitest's JSON reporter writes it. */
type Report = {
  readonly numPassedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly fullName: string
      readonly status: string
      readonly failureMessages?: readonly string[]
    }[]
  }[]
}

/** Milliseconds that a run may take, and what each file adds to that. */
const patience = { run: 120_000, file: 60_000 }
const running = new Set<() => void>()

/** Ends what runs still. */
export const endRuns = (): void => {
  for (const end of running) end()
}

/** Runs test files in a folder, to their end or for as long as patience lasts. */
export const runTests = async (folder: string, files: readonly string[]): Promise<Outcome> => {
  const report = join(folder, 'prove.json')
  rmSync(report, { force: true })
  const most = patience.run + files.length * patience.file
  const code = await ended(folder, most, [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project=attacks',
    '--reporter=json',
    `--outputFile=${report}`,
    ...files,
  ])
  if (code === 'late') return { how: 'broke', what: `it did not end within ${most / 1000} s` }
  return outcomeOf(JSON.parse(readFileSync(report, 'utf8')), files.length)
}

const outcomeOf = ({ testResults, numPassedTests }: Report, files: number): Outcome => {
  if (testResults.length !== files) return { how: 'broke', what: `${testResults.length} of ${files} files ran` }
  const failed = testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed'),
  )
  const messages = failed.flatMap(({ fullName, failureMessages = [] }) =>
    failureMessages.map((message) => ({ fullName, message: message.split('\n')[0] ?? '' })),
  )
  // Assertions about promises, and those that are tried again and again, are no errors of that name.
  const asserted = messages.find(({ message }) =>
    /^(AssertionError|Error: expected |Error: promise (resolved|rejected) )/.test(message),
  )
  if (asserted) return { how: 'asserted', what: asserted.fullName.trim() }
  const [broke] = messages
  if (broke) return { how: 'broke', what: `${broke.fullName.trim()}: ${broke.message}` }
  const unloaded = testResults.find(({ message }) => message !== '')
  if (unloaded) return { how: 'broke', what: unloaded.message.split('\n')[0] ?? '' }
  return numPassedTests > 0 ? { how: 'passed' } : { how: 'broke', what: 'no test ran' }
}

/** A group of its own, so that what it started ends with it. */
const ended = (folder: string, most: number, args: readonly string[]): Promise<'ended' | 'late'> =>
  new Promise((resolve) => {
    const child = spawn(execPath, [...args], { cwd: folder, stdio: 'ignore', detached: true })
    let late = false
    const end = (): void => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
    }
    const timer = setTimeout(() => {
      late = true
      end()
    }, most)
    running.add(end)
    child.once('close', () => {
      clearTimeout(timer)
      running.delete(end)
      resolve(late ? 'late' : 'ended')
    })
  })
