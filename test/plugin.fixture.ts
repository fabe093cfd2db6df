import { spawn } from 'node:child_process'
import type { Inspected, KnownPerson, Plugin, Program } from 'foobot'

/** What one run came to. */
export type Ran = {
  readonly resource: Inspected
  /** What was said before the end. */
  readonly said: readonly unknown[]
  /** Where it stood, as it said. */
  readonly progress: readonly (readonly [text: string, part: number | undefined])[]
  readonly answer: unknown
}

const requester = { id: 'mansel', name: 'Michael Ansel' }

/** Handlers of a plugin as a runner calls them, connected with this configuration; who may do so is not asked. */
export const handlersOf = async (plugin: Plugin, config: unknown) => {
  const system = await plugin.connect(plugin.config.parse(config) as never)
  const declared = (command: string) => {
    const found = plugin.commands.find(({ manifest }) => manifest.command === command)
    if (!found) throw new Error(`${plugin.name} has no command ${command}`)
    return found
  }
  const inspect = async (command: string, args: Readonly<Record<string, unknown>>): Promise<Inspected> => {
    const { signal } = new AbortController()
    const seen = await declared(command).inspect?.({ args, system, requester, room: 'ops', program, signal })
    if (!seen) throw new Error(`${command} inspects nothing`)
    return seen
  }
  /** Runs on what was inspected before, as a runner does whose own look gave the same. */
  const run = async (
    command: string,
    args: Readonly<Record<string, unknown>>,
    by: {
      readonly resource?: Inspected
      readonly signal?: AbortSignal
      readonly program?: Program
      readonly requester?: { readonly id: string; readonly name: string }
      /** Whom the company knows. */
      readonly person?: (id: string) => KnownPerson | undefined
      /** Hears what is said at once: also of a run that will fail. */
      readonly heard?: (said: unknown) => void
    } = {},
  ): Promise<Ran> => {
    const { say: _, ...seen } = by.resource ?? (await inspect(command, args))
    const said: unknown[] = []
    const progress: [string, number | undefined][] = []
    const answer = await declared(command).run({
      args,
      system,
      requester: by.requester ?? requester,
      resource: seen,
      person: by.person ?? (() => undefined),
      code: '7F3A-92C1',
      program: by.program ?? program,
      signal: by.signal ?? new AbortController().signal,
      say: (what) => {
        said.push(what)
        by.heard?.(what)
      },
      progress: (text, part) => progress.push([text, part]),
    })
    return { resource: seen, said, progress, answer }
  }
  return { inspect, run }
}

/** As the runner's, without its limits. */
export const program: Program = (file, args, options = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(file, [...args], { cwd: options.cwd, env: { PATH: process.env.PATH, ...options.env } })
    const gathered = { stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      gathered.stdout += text
      options.onStdout?.(text)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      gathered.stderr += text
      options.onStderr?.(text)
    })
    child.stdin.on('error', () => undefined)
    child.stdin.end(options.stdin ?? '')
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? -1, ...gathered }))
  })
