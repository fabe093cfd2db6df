import { type ChildProcess, spawn } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, vi } from 'vitest'
import { askOperator } from '#client/operator.ts'
import { administratorOf } from '#processes/example.ts'
import { freePort } from '#processes/free-port.ts'
import { signBundle } from '#processes/sign-bundle.ts'
import { project, run, type Said } from '../journeys/company.ts'
import { makeMarkedCompany } from '../journeys/marked-company.ts'
import { makeNamespace, type Namespace } from '../namespace.fixture.ts'

/** What a promise gives, within 40 seconds. */
export const soon = async <T>(promise: Promise<T>): Promise<T> => {
  const given: T[] = []
  void promise.then((value) => given.push(value))
  await vi.waitFor(() => expect(given).toHaveLength(1), { timeout: 40_000 })
  return promise
}

export type Part = 'server' | 'runner'

type Process = { readonly child: ChildProcess; readonly ended: Promise<number>; said: string }

const clockFile = fileURLToPath(new URL('shifted-clock.ts', import.meta.url))

/**
 * A company whose server and runner are processes of their own, each with a small disk that a test can fill, and a wall
 * clock that it can set. Whoever ends is started again, as its unit does.
 */
export class TroubledCompany {
  static async open(): Promise<TroubledCompany> {
    const company = new TroubledCompany()
    await company.#open()
    company.start('server')
    company.start('runner')
    await company.well()
    return company
  }

  readonly #folder = mkdtempSync(join(tmpdir(), 'foobot-trouble-'))
  readonly data = join(this.#folder, 'data')
  readonly marks = join(this.data, 'marks')
  readonly #clock = join(this.#folder, 'clock')
  readonly #disks: Readonly<Record<Part, string>> = {
    server: join(this.data, 'server'),
    runner: join(this.data, 'runners', 'delivery'),
  }
  readonly #processes = new Map<Part, Process>()
  #namespace: Namespace | undefined
  #port = 0
  /** Exit codes of the runner, oldest first. */
  readonly ends: number[] = []
  #restarts = true

  async #open(): Promise<void> {
    await makeMarkedCompany(this.data)
    await signBundle(this.data, Date.now(), administratorOf(this.data))
    this.setClock(0)
    this.#port = await freePort()
    const mounts = Object.values(this.#disks).map(
      (disk) =>
        `cp -a ${disk} ${disk}.kept; mount -t tmpfs -o size=64m,mode=700 tmpfs ${disk}; cp -a ${disk}.kept/. ${disk}`,
    )
    this.#namespace = await makeNamespace(mounts.join('\n'))
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  start(part: Part): void {
    const args =
      part === 'server'
        ? ['start', '--data', this.data, '--port', String(this.#port)]
        : ['runner', '--config', join(this.data, 'runners', 'delivery', 'runner.yaml')]
    const [file, words] = this.within(process.execPath, ['--import', clockFile, 'bin/foobot', ...args])
    const env = { ...process.env, FOOBOT_TEST_CLOCK: this.#clock }
    const child = spawn(file, [...words], { cwd: project, env, stdio: ['ignore', 'ignore', 'pipe'] })
    const ended = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 128)))
    const started: Process = { child, ended, said: this.#processes.get(part)?.said ?? '' }
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      started.said += text
    })
    this.#processes.set(part, started)
    void ended.then((code) => {
      if (part === 'runner') this.ends.push(code)
      if (this.#restarts && this.#processes.get(part) === started) setTimeout(() => this.start(part), 200)
    })
  }

  /** All that a part has written so far. */
  saidBy(part: Part): string {
    return this.#processes.get(part)?.said ?? ''
  }

  /** Ends a part at once, and starts it no more. */
  async kill(part: Part): Promise<void> {
    const killed = this.#processes.get(part)
    this.#processes.delete(part)
    killed?.child.kill('SIGKILL')
    await killed?.ended
  }

  /** Sends a signal to a part that runs; one that it ends by is started again. */
  signal(part: Part, signal: NodeJS.Signals): void {
    this.#processes.get(part)?.child.kill(signal)
  }

  /** Fills the disk of a part to its last byte. */
  fill(part: Part): void {
    const file = openSync(this.#seen(join(this.#disks[part], 'filler')), 'w')
    for (const size of [64 * 1024, 4096, 1]) {
      const bytes = Buffer.alloc(size)
      for (let isFull = false; !isFull; ) {
        try {
          writeSync(file, bytes)
        } catch (error) {
          expect(error).toMatchObject({ code: 'ENOSPC' })
          isFull = true
        }
      }
    }
    closeSync(file)
  }

  free(part: Part): void {
    rmSync(this.#seen(join(this.#disks[part], 'filler')), { force: true })
  }

  /** Sets the wall clock of both off. @param milliseconds from the right time */
  setClock(milliseconds: number): void {
    this.#writeClock(String(milliseconds))
  }

  /** Lets the wall clock of both stand still. @param behind milliseconds from the right time */
  stopClock(behind: number): void {
    this.#writeClock(`at ${Date.now() - behind}`)
  }

  #writeClock(text: string): void {
    writeFileSync(`${this.#clock}.new`, text)
    renameSync(`${this.#clock}.new`, this.#clock)
  }

  say(line: string): Promise<Said> {
    const words = [
      'say',
      '--as',
      'jhand',
      '--room',
      'devs',
      '--server',
      this.url,
      '--data',
      this.data,
      `Foobot ${line}`,
    ]
    return run(process.execPath, ['bin/foobot', ...words])
  }

  /** What waits or runs, as the server lists it. */
  async requests(): Promise<string> {
    const words = ['requests', '--as', 'jhand', '--server', this.url, '--data', this.data]
    return (await run(process.execPath, ['bin/foobot', ...words])).stdout
  }

  /** What lies in the folder of marks. */
  get marked(): readonly string[] {
    return readdirSync(this.marks)
  }

  /** Says a line, and resolves once its handler is at work. */
  async begin(name: string): Promise<{ readonly said: Promise<Said>; readonly end: () => void }> {
    const said = this.say(`linger ${name}`)
    await expect.poll(() => existsSync(join(this.marks, name)), { timeout: 30_000 }).toBe(true)
    return { said, end: () => rmSync(join(this.marks, name)) }
  }

  /** What `/readyz` names: a line for each part that is not well, but for the runners that this test does not start. */
  async lacks(): Promise<string> {
    const place = { socket: this.#seen(join(this.#disks.server, 'metrics.sock')) }
    const answer = await askOperator(place, '/readyz').catch(() => undefined)
    if (answer === undefined) return 'nothing answers'
    const { parts } = JSON.parse(answer) as { parts: readonly { part: string; ok: boolean; why?: string }[] }
    const lacking = parts.filter(({ part, ok }) => !ok && (!part.startsWith('runner ') || part === 'runner delivery'))
    return lacking.map(({ part, why }) => `${part}: ${why}`).join('\n')
  }

  /** Resolves once it names this. */
  async says(why: RegExp): Promise<void> {
    await vi.waitFor(async () => expect(await this.lacks()).toMatch(why), { timeout: 40_000, interval: 100 })
  }

  /** Resolves once it names nothing. */
  well(): Promise<void> {
    return this.says(/^$/)
  }

  async end(): Promise<void> {
    this.#restarts = false
    for (const part of ['runner', 'server'] as const) await this.kill(part)
    this.#namespace?.end()
    await after(100)
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #seen(file: string): string {
    return this.#namespace?.inside(file) ?? file
  }

  /** What a program is started with, so that it sees the small disks. */
  within(file: string, args: readonly string[]): readonly [file: string, args: readonly string[]] {
    if (!this.#namespace) throw new Error('the company is not open')
    return this.#namespace.within(file, args)
  }
}
