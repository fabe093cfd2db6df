import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'

/** Milliseconds that somebody else's server may take to start. */
const patience = 60_000

/** Programs of Debian's as processes of a test, with one folder that ends with them. */
export class Daemons {
  readonly folder = mkdtempSync(join(tmpdir(), 'foobot-daemons-'))
  readonly #children: ChildProcess[] = []
  #printed = ''
  #wrong: string | undefined

  /** @param env added to what a program needs to run at all */
  start(file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
    const child = spawn(file, [...args], {
      cwd: this.folder,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: this.folder, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#children.push(child)
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#printed += text
      })
    }
    child.once('error', (error: NodeJS.ErrnoException) => {
      this.#wrong =
        error.code === 'ENOENT' ? `${file} is not installed: run "npm run setup:test"` : `${file}: ${error.message}`
    })
    child.once('exit', (code) => {
      this.#wrong ??= `${file} ended with ${code}:\n${this.#printed}`
    })
  }

  /** Resolves when this is so. */
  async until<T>(look: () => Promise<T | undefined>, what: string): Promise<T> {
    const end = Date.now() + patience
    for (;;) {
      const seen = await look().catch(() => undefined)
      if (seen !== undefined) return seen
      if (this.#wrong !== undefined) throw new Error(this.#wrong)
      if (Date.now() > end) throw new Error(`${what} took longer than ${patience} ms:\n${this.#printed}`)
      await after(50)
    }
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.#children.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
        const gone = new Promise((resolve) => child.once('exit', resolve))
        child.kill('SIGTERM')
        const late = setTimeout(() => child.kill('SIGKILL'), 5000)
        await gone
        clearTimeout(late)
      }),
    )
    rmSync(this.folder, { recursive: true, force: true })
  }
}
