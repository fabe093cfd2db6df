import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { makeExample } from '#processes/example.ts'
import { freePort } from '#processes/free-port.ts'

/** The project's own folder. */
export const project = fileURLToPath(new URL('../..', import.meta.url))

/** What a command line gave. */
export type Said = {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Hears each line that a command line prints, when it is printed. */
export type Watching = (line: string) => void

/** A real example company, made for one test in a folder of its own and ended with it. */
export type Company = {
  readonly data: string
  readonly url: string
  /** Everything that the processes have printed so far. */
  printed(): string
  /** `foobot say` as a person, in a room. */
  say(person: string, room: string, text: string, ...flags: readonly string[]): Promise<Said>
  /** Any `foobot` command line, told where this company is. */
  foobot(...args: readonly string[]): Promise<Said>
  /** The same, watched. */
  watch(args: readonly string[], watching: Watching): Promise<Said>
  /** The process ids of its parts; `all` holds the stand-ins of its systems, too. */
  parts(): { readonly server: number; readonly delivery: number; readonly all: readonly number[] }
  /** The process that `npm start` is. */
  readonly pid: number
  /** Its exit code, once it has one; 128 and more where a signal ended it. */
  readonly ended: Promise<number>
  /** Resolves when what `npm start` prints holds this text, from now on or before. */
  prints(text: string): Promise<void>
  stop(): Promise<void>
}

/** Milliseconds that a part may take to start. */
const patience = 180_000

export type CompanyFlags = {
  /** An existing company's folder, which is left where it is. */
  readonly data?: string
  /** Work in the stand-ins gets done so many times as fast as in the world. */
  readonly speed?: number
  /** Added to the environment of all its parts. */
  readonly env?: Readonly<Record<string, string>>
  /** Changes the new company's folder before it starts. */
  readonly prepare?: (data: string) => void
}

/** Starts what `npm start` starts, on free ports. */
export const startCompany = async (flags: CompanyFlags = {}): Promise<Company> => {
  const folder = mkdtempSync(join(tmpdir(), 'foobot-'))
  const data = flags.data ?? join(folder, 'data')
  if (flags.prepare) {
    await makeExample(data, await freePort())
    flags.prepare(data)
  }
  const up = spawn(process.execPath, ['src/processes/up.ts', '--data', data, '--port', '0'], {
    cwd: project,
    env: { ...process.env, ...(flags.speed !== undefined && { SANDBOX_SPEED: String(flags.speed) }), ...flags.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = listen(up)
  const ended = new Promise<number>((resolve) => up.once('exit', (code) => resolve(code ?? 128)))
  const stop = async (): Promise<void> => {
    up.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  const ready = await output.waitFor(/Foobot is listening on (\S+)/, patience).catch(async (error: unknown) => {
    await stop()
    throw error
  })
  const url = ready[1] ?? ''
  const env = { ...process.env, FOOBOT_SERVER: url, FOOBOT_DATA: data, NO_COLOR: '1' }
  const watch = (args: readonly string[], watching?: Watching): Promise<Said> =>
    run(process.execPath, ['bin/foobot', ...args], env, watching)
  const foobot = (...args: readonly string[]): Promise<Said> => watch(args)
  return {
    data,
    url,
    printed: output.text,
    foobot,
    watch,
    say: (person, room, text, ...more) => foobot('say', '--as', person, '--room', room, ...more, text),
    parts: () => partsOf(up),
    pid: up.pid ?? 0,
    ended,
    prints: async (text) =>
      void (await output.waitFor(new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')), patience)),
    stop,
  }
}

/** Runs a program to its end. */
export const run = (
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  watching: Watching = () => undefined,
): Promise<Said> =>
  new Promise((resolve, reject) => {
    const child = spawn(file, [...args], { cwd: project, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const stdout = gather(child.stdout, watching)
    const stderr = gather(child.stderr, watching)
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? -1, stdout: stdout(), stderr: stderr() }))
  })

/** Gives all that came so far. */
const gather = (stream: Readable, watching: Watching): (() => string) => {
  let text = ''
  createInterface(stream).on('line', watching)
  stream.setEncoding('utf8').on('data', (more: string) => {
    text += more
  })
  return () => text
}

/** Gathers what a process prints, and waits for what it will. */
const listen = (child: ChildProcess) => {
  let text = ''
  const waiting = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (more: string) => {
      text += more
      for (const look of [...waiting]) look()
    })
  }
  const waitFor = (what: RegExp, most: number): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const done = (): void => {
        waiting.delete(look)
        clearTimeout(timer)
        child.off('exit', ended)
      }
      const look = (): void => {
        const found = what.exec(text)
        if (!found) return
        done()
        resolve(found)
      }
      const fail = (why: string): void => {
        done()
        reject(new Error(`${why} before it printed ${what}:\n${text}`))
      }
      const ended = (): void => fail('it ended')
      const timer = setTimeout(() => fail(`${most} ms went by`), most)
      waiting.add(look)
      child.once('exit', ended)
      look()
    })
  return { text: () => text, waitFor }
}

/** The children of a process, by what they were started as. */
const partsOf = (up: ChildProcess): ReturnType<Company['parts']> => {
  const all = readFileSync(`/proc/${up.pid}/task/${up.pid}/children`, 'utf8').trim().split(' ').map(Number)
  const partOf = (name: string, of: (line: string) => boolean): number => {
    const pid = all.find((one) => of(readFileSync(`/proc/${one}/cmdline`, 'utf8').replaceAll('\0', ' ')))
    if (pid === undefined) throw new Error(`there is no ${name}`)
    return pid
  }
  return {
    server: partOf('server', (line) => line.includes('main.ts start ')),
    delivery: partOf('runner', (line) => line.includes('runners/delivery/runner.yaml')),
    all,
  }
}
