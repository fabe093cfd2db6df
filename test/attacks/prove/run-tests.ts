import { spawn } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { execPath } from 'node:process'

/** What came of some test files. */
export type Outcome =
  | { readonly how: 'passed' }
  /** Tests said no: the sentence of the first. */
  | { readonly how: 'asserted'; readonly what: string }
  /** Something else went wrong: an error that no test expects, a time-out, a file that does not load. */
  | { readonly how: 'broke'; readonly what: string }

/** One file, as vitest's JSON reporter writes it. */
type FileReport = {
  /** Its path in the file system. */
  readonly name: string
  readonly message: string
  readonly assertionResults: readonly {
    readonly fullName: string
    readonly status: string
    readonly failureMessages?: readonly string[]
  }[]
}

/** Milliseconds that a run may take, and what each file adds to that. */
const patience = { run: 120_000, file: 60_000 }
const running = new Set<() => void>()

/** Ends what runs still. */
export const endRuns = (): void => {
  for (const end of running) end()
}

/**
 * Runs test files in a folder, to their end or for as long as patience lasts.
 * @param files from that folder
 * @returns what came of each
 */
export const runTests = async (folder: string, files: readonly string[]): Promise<ReadonlyMap<string, Outcome>> => {
  const report = join(folder, 'prove.json')
  rmSync(report, { force: true })
  const most = patience.run + files.length * patience.file
  const how = await ended(folder, most, [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project=attacks',
    '--reporter=json',
    `--outputFile=${report}`,
    ...files,
  ])
  const broke = (what: string): Outcome => ({ how: 'broke', what })
  if (how === 'late') return new Map(files.map((file) => [file, broke(`it did not end within ${most / 1000} s`)]))
  const { testResults }: { testResults: readonly FileReport[] } = existsSync(report)
    ? JSON.parse(readFileSync(report, 'utf8'))
    : { testResults: [] }
  const outcomeIn = (file: string): Outcome => {
    const mine = testResults.find(({ name }) => name.endsWith(`/${file}`))
    return mine ? outcomeOf(mine) : broke('it did not run')
  }
  return new Map(files.map((file) => [file, outcomeIn(file)]))
}

const outcomeOf = ({ assertionResults, message: unloaded }: FileReport): Outcome => {
  const messages = assertionResults
    .filter(({ status }) => status === 'failed')
    .flatMap(({ fullName, failureMessages = [] }) =>
      failureMessages.map((message) => ({ fullName, message: message.split('\n')[0] ?? '' })),
    )
  // Assertions about promises, and those that are tried again and again, are no errors of that name.
  const asserted = messages.find(({ message }) =>
    /^(AssertionError|Error: expected |Error: promise (resolved|rejected) )/.test(message),
  )
  if (asserted) return { how: 'asserted', what: asserted.fullName.trim() }
  const [broke] = messages
  if (broke) return { how: 'broke', what: `${broke.fullName.trim()}: ${broke.message}` }
  if (unloaded !== '') return { how: 'broke', what: unloaded.split('\n')[0] ?? '' }
  const hasPassed = assertionResults.some(({ status }) => status === 'passed')
  return hasPassed ? { how: 'passed' } : { how: 'broke', what: 'no test ran' }
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
