import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { accessSync, constants, statSync } from 'node:fs'
import { constants as os } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { bound } from '#bounds/bound.ts'
import type { Program, ProgramOptions, ProgramResult } from '#core/command/plugin.ts'
import { FoobotError } from '#core/errors.ts'
import { cut as beginningOf } from '#core/text/cut.ts'
import type { RedactedStream, Redactor } from './redact.ts'

/** Where programs may lie, whatever the runner was started with. */
const folders = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/local/sbin', '/usr/sbin', '/sbin']

/** What a program may know of the runner's environment. Nothing in it chooses code. */
const inherited = ['HOME', 'USER', 'LOGNAME', 'TZ'] as const

/** Variables by which an environment chooses code that a program loads: no handler may set them either. */
const dangerous =
  /^(PATH|IFS|ENV|SHELLOPTS|BASHOPTS|PROMPT_COMMAND|NODE_.*|LD_.*|DYLD_.*|BASH_.*|PYTHON.*|PERL.*|RUBY.*|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS)$/

const outputLength = bound('program-output', {
  most: 256 * 1024,
  unit: 'characters',
  of: 'what a program that a command runs writes to each of its outputs',
  say: 'The rest is left out, and how much that is stands at the end.',
})
/** Milliseconds between asking a program to end and ending it. */
const grace = 2000

export type ProgramLimits = {
  /** Seconds that a run may take in all. */
  readonly timeLimit: number
  /** Ends the program when it aborts. */
  readonly signal: AbortSignal
  readonly redactor: Redactor
}

/** What a handler runs programs with: see `Program`. */
export const programOf =
  (limits: ProgramLimits): Program =>
  async (name, args, options = {}) =>
    run(resolveProgram(name), args, options, limits)

/**
 * The absolute path of a program: a bare name is looked up in the fixed folders, never in the runner's own `PATH`.
 * @throws FoobotError `program-failed`
 */
export const resolveProgram = (name: string): string => {
  if (name.includes('\0') || (name.includes('/') && !isAbsolute(name)))
    throw failed(`${JSON.stringify(name)} is no name of a program`)
  const found = (isAbsolute(name) ? [name] : folders.map((folder) => join(folder, name))).find(isProgram)
  if (found === undefined)
    throw failed(
      `there is no program ${name} in ${folders.join(', ')}`,
      `There is no program "${name}" on this machine.`,
    )
  return found
}

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

const environment = (added: Readonly<Record<string, string>> = {}): Record<string, string> => {
  const refused = Object.keys(added).find((name) => dangerous.test(name))
  if (refused !== undefined) throw failed(`${refused} may not be set for a program`)
  const own = inherited.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(own), PATH: folders.join(':'), LANG: 'C.UTF-8', ...added }
}

const run = async (
  file: string,
  args: readonly string[],
  options: ProgramOptions,
  { timeLimit, signal, redactor }: ProgramLimits,
): Promise<ProgramResult> => {
  signal.throwIfAborted()
  const seconds = Math.min(options.timeLimit ?? timeLimit, timeLimit)
  const child: Child = spawn(file, [...args], {
    shell: false,
    // A group of its own, so that what it started ends with it.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: environment(options.env),
    ...(options.cwd !== undefined && { cwd: options.cwd }),
  })
  let stop: 'late' | { readonly error: unknown } | undefined
  const stopFor = (why: NonNullable<typeof stop>): void => {
    stop ??= why
    endGroup(child)
  }
  // A handler's own error, thrown while it listens, is its run's and not the runner's.
  const guarded = (heard?: (text: string) => void) => (text: string) => {
    try {
      if (!stop) heard?.(text)
    } catch (error) {
      stopFor({ error })
    }
  }
  const stdout = gather(child.stdout, redactor.stream(), guarded(options.onStdout))
  const stderr = gather(child.stderr, redactor.stream(), guarded(options.onStderr))
  child.stdin.on('error', () => undefined) // it may end without having read all
  child.stdin.end(options.stdin ?? '')

  const timer = setTimeout(() => stopFor('late'), seconds * 1000)
  const abort = (): void => stopFor({ error: signal.reason })
  signal.addEventListener('abort', abort, { once: true })
  try {
    const code = await exited(child)
    if (stop === 'late')
      throw failed(`${file} ran longer than ${seconds} s`, `It took longer than ${seconds} s and was stopped.`)
    if (stop) throw (stop as { readonly error: unknown }).error
    return { code, stdout: stdout(), stderr: stderr() }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>

const exited = (child: Child): Promise<number> =>
  new Promise((resolve, reject) => {
    child.on('error', (error) => reject(failed(error.message)))
    // What it left running in its group ends with it.
    child.on('exit', () => signalGroup(child, 'SIGKILL'))
    child.on('close', (code, by) => resolve(code ?? 128 + (by ? os.signals[by] : 0)))
  })

const endGroup = (child: Child): void => {
  signalGroup(child, 'SIGTERM')
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), grace)
  child.on('exit', () => clearTimeout(timer))
}

const signalGroup = (child: Child, by: NodeJS.Signals): void => {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, by)
  } catch (error) {
    // ESRCH: all of it has ended. EPERM: it has become another user's.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

/** Keeps the beginning of an output, rid of secrets, and says what was cut. */
const gather = (from: Readable, redacted: RedactedStream, heard: (text: string) => void): (() => string) => {
  const decoder = new TextDecoder()
  let kept = ''
  let cut = 0
  const take = (text: string): void => {
    if (text === '') return
    const room = outputLength.most - kept.length
    const fits = cut > 0 || room <= 0 ? '' : beginningOf(text, room, '')
    kept += fits
    if (cut === 0 && fits.length < text.length) outputLength.reached()
    cut += text.length - fits.length
    if (fits !== '') heard(fits)
  }
  from.on('data', (bytes: Buffer) => take(redacted.push(decoder.decode(bytes, { stream: true }))))
  from.on('end', () => take(redacted.push(decoder.decode()) + redacted.end()))
  return () => (cut === 0 ? kept : `${kept}\n[cut: ${cut} more characters]`)
}

const failed = (detail: string, say?: string): FoobotError => new FoobotError('program-failed', detail, say)
