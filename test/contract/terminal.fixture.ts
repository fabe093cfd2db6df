import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { at, type Place } from './cli.fixture.ts'

const run = promisify(execFile)
const program = fileURLToPath(new URL('../../bin/foobot', import.meta.url))

export type TerminalOptions = {
  readonly columns?: number
  readonly rows?: number
  readonly person?: string
  readonly room?: string
  readonly env?: string
  readonly flags?: string
  /** Another command line than `chat`, after `foobot`. */
  readonly command?: string
}

/** `foobot chat`, or another command, in a terminal of its own: what is seen on it, and what is typed. */
export class Terminal {
  readonly #server = `foobot-${randomBytes(6).toString('hex')}`

  static async open(door: Place, options: TerminalOptions = {}): Promise<Terminal> {
    const terminal = new Terminal()
    const { columns = 80, person = 'jhand', room = 'devs', env = '', rows = 24 } = options
    const flags = [...at(door), options.flags ?? ''].join(' ')
    const verb = options.command ?? ['chat', ...(room === '' ? [] : ['--room', room])].join(' ')
    const command = `env -u SSH_AUTH_SOCK ${env} '${process.execPath}' '${program}' ${verb} --as ${person} ${flags}; echo "left with $?"; sleep 600`
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

  /** Puts a text into the terminal at once; marked as a paste, where it has asked for that. */
  async paste(text: string, isMarked: boolean): Promise<void> {
    await this.#tmux('set-buffer', text)
    await this.#tmux('paste-buffer', ...(isMarked ? ['-p'] : []))
  }

  /** Ends the program as a system that shuts down does. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const shell = (await this.#tmux('display-message', '-p', '#{pane_pid}')).trim()
    const { stdout } = await run('pgrep', ['-P', shell])
    for (const pid of stdout.trim().split('\n')) process.kill(Number(pid), signal)
  }

  /** Types a line, and sends it once it stands there. */
  async enter(line: string): Promise<void> {
    await this.type(line)
    const last = line.slice(-12)
    await this.until((seen) => seen.replaceAll('\n', '').includes(last))
    await this.press('Enter')
  }

  /** What is seen when it asks for its digits, and these. */
  async question(verb = 'sign it'): Promise<{ readonly seen: string; readonly digits: string }> {
    const asked = new RegExp(`Type (\\d{4}) to ${verb}, or n:\\s*$`)
    const seen = await this.until(asked)
    return { seen, digits: asked.exec(seen)?.[1] ?? '' }
  }

  /** Looks until the screen is so; fails with what was there. */
  async until(expected: string | RegExp | ((seen: string) => boolean)): Promise<string> {
    const end = Date.now() + 15_000
    for (;;) {
      const seen = await this.seen()
      if (isSo(expected, seen)) return seen
      if (Date.now() > end) throw new Error(`never seen: ${expected}\n${seen}`)
      await setTimeout(50)
    }
  }
}

const isSo = (expected: string | RegExp | ((seen: string) => boolean), seen: string): boolean => {
  if (typeof expected === 'string') return seen.includes(expected)
  return typeof expected === 'function' ? expected(seen) : expected.test(seen)
}
