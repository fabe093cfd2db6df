import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { at } from './cli.fixture.ts'
import type { Door } from './native-door.fixture.ts'

const run = promisify(execFile)
const program = fileURLToPath(new URL('../../bin/foobot', import.meta.url))

export type TerminalOptions = {
  readonly columns?: number
  readonly rows?: number
  readonly person?: string
  readonly room?: string
  readonly env?: string
  readonly flags?: string
}

/** `foobot chat` in a terminal of its own: what is seen on it, and what is typed. */
export class Terminal {
  readonly #server = `foobot-${randomBytes(6).toString('hex')}`

  static async open(door: Door, options: TerminalOptions = {}): Promise<Terminal> {
    const terminal = new Terminal()
    const { columns = 80, person = 'jhand', room = 'devs', env = '', rows = 24 } = options
    const flags = [...(room === '' ? [] : ['--room', room]), ...at(door), options.flags ?? ''].join(' ')
    const command = `env -u SSH_AUTH_SOCK ${env} '${process.execPath}' '${program}' chat --as ${person} ${flags}; echo "left with $?"; sleep 600`
    await terminal.#tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', String(rows), command)
    return terminal
  }

  async #tmux(...args: string[]): Promise<string> {
    const { stdout } = await run('tmux', ['-L', this.#server, ...args])
    return stdout
  }

  async close(): Promise<void> {
    await this.#tmux('kill-server')
  }

  /** What is on the screen; `-e` with its colours. */
  seen(...flags: string[]): Promise<string> {
    return this.#tmux('capture-pane', '-p', ...flags)
  }

  type(text: string): Promise<string> {
    return this.#tmux('send-keys', '-l', text)
  }

  press(...keys: string[]): Promise<string> {
    return this.#tmux('send-keys', ...keys)
  }

  /** Looks until the screen is so; fails with what was there. */
  async until(expected: string | RegExp): Promise<string> {
    const end = Date.now() + 15_000
    for (;;) {
      const seen = await this.seen()
      if (typeof expected === 'string' ? seen.includes(expected) : expected.test(seen)) return seen
      if (Date.now() > end) throw new Error(`never seen: ${expected}\n${seen}`)
    }
  }
}
