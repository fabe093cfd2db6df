import { type ChildProcess, fork } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A stand-in as a process of its own, with a folder of its own. */
export type Sandbox = {
  readonly url: string
  readonly data: string
  readonly credential: string
  /** The file that the credential lies in. */
  readonly credentialFile: string
  /** Ends it and starts it again on the same data, at another address. */
  again(...flags: readonly string[]): Promise<Sandbox>
  stop(): Promise<void>
}

/** Starts `sandbox/<name>/main.ts`. */
export const startSandbox = (name: string, ...flags: readonly string[]): Promise<Sandbox> =>
  start(name, mkdtempSync(join(tmpdir(), `sandbox-${name}-`)), flags)

const start = async (name: string, data: string, flags: readonly string[]): Promise<Sandbox> => {
  const program = fileURLToPath(new URL(`../sandbox/${name}/main.ts`, import.meta.url))
  const child = fork(program, ['--data', data, ...flags], { execArgv: [], stdio: 'inherit' })
  const url = await new Promise<string>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { readonly url: string }).url))
    child.once('exit', (code) => reject(new Error(`the sandbox ${name} ended with ${code}`)))
  })
  const credentialFile = join(data, 'credential')
  return {
    url,
    data,
    credential: readFileSync(credentialFile, 'utf8').trim(),
    credentialFile,
    again: async (...more) => {
      await ended(child)
      return start(name, data, more)
    },
    stop: async () => {
      await ended(child)
      rmSync(data, { recursive: true, force: true })
    },
  }
}

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await gone
}
