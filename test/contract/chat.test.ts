import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { at, foobot } from './cli.fixture.ts'
import { Client } from './native-client.fixture.ts'
import { Door } from './native-door.fixture.ts'

const run = promisify(execFile)
const program = fileURLToPath(new URL('../../bin/foobot', import.meta.url))
const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const doorOf = async (...options: Parameters<typeof Door.open>): Promise<Door> => {
  const door = await Door.open(...options)
  cleanups.push(() => door.close())
  return door
}

const clientOf = async (door: Door, person: string, ...rooms: string[]): Promise<Client> => {
  const client = await Client.open(door, person, ...rooms)
  cleanups.push(() => client.connection.close())
  return client
}

/** `foobot chat` in a terminal of its own: what is seen on it, and what is typed. */
class Terminal {
  readonly #server = `foobot-${randomBytes(6).toString('hex')}`

  static async open(
    door: Door,
    options: { columns?: number; person?: string; room?: string; env?: string } = {},
  ): Promise<Terminal> {
    const terminal = new Terminal()
    const { columns = 80, person = 'jhand', room = 'devs', env = '' } = options
    const flags = [...(room === '' ? [] : ['--room', room]), ...at(door)].join(' ')
    const command = `env -u SSH_AUTH_SOCK ${env} '${process.execPath}' '${program}' chat --as ${person} ${flags}; echo "left with $?"; sleep 600`
    await terminal.#tmux('-f', '/dev/null', 'new-session', '-d', '-x', String(columns), '-y', '24', command)
    cleanups.push(() => terminal.#tmux('kill-server'))
    return terminal
  }

  async #tmux(...args: string[]): Promise<string> {
    const { stdout } = await run('tmux', ['-L', this.#server, ...args])
    return stdout
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

describe('foobot chat', () => {
  it('shows what was said, what is said, and what Foobot answers', async () => {
    const door = await doorOf()
    const steve = await clientOf(door, 'steve', 'devs')
    await steve.ask('devs', 'said before')
    const terminal = await Terminal.open(door)
    await terminal.until(/\d\d:\d\d steve: said before/)
    await terminal.until('jhand@devs>')
    await terminal.type('Foobot hello')
    await terminal.press('Enter')
    const seen = await terminal.until(/\d\d:\d\d Foobot: Hello yourself\./)
    expect(seen.match(/Foobot hello/g)).toHaveLength(1)
    expect(steve.texts('devs')).toContain('Foobot hello')
  })

  it('leaves the line being typed as it is when others speak, also where it is longer than the terminal', async () => {
    const door = await doorOf()
    const steve = await clientOf(door, 'steve', 'devs')
    const terminal = await Terminal.open(door, { columns: 40 })
    await terminal.until('jhand@devs>')
    const half = 'this line is so long that it takes three rows of a small terminal, and'
    await terminal.type(half)
    await terminal.until(/^nd$/m)
    await steve.ask('devs', 'first')
    await steve.ask('devs', 'second')
    await terminal.until('steve: second')
    await terminal.type(' goes on')
    await terminal.press('Enter')
    await steve.until(() => steve.texts('devs').includes(`${half} goes on`))
    const rows = (await terminal.seen()).split('\n').map((row) => row.trimEnd())
    const first = rows.findIndex((row) => row.endsWith('steve: first'))
    expect(rows.slice(first, first + 6)).toEqual([
      expect.stringMatching(/steve: first$/),
      expect.stringMatching(/steve: second$/),
      'jhand@devs> this line is so long that it',
      ' takes three rows of a small terminal, a',
      'nd goes on',
      'jhand@devs>',
    ])
  })

  it('wraps at words, and shows progress in its place', async () => {
    const door = await doorOf()
    const terminal = await Terminal.open(door)
    await terminal.until('jhand@devs>')
    await door.native.send(
      { platform: 'native', tenant: 'acme', room: 'devs' },
      { text: `${'word '.repeat(30)}end`, blocks: [] },
      {},
    )
    const seen = await terminal.until('end')
    for (const row of seen.split('\n').filter((row) => row.includes('word')))
      expect(row.trim()).toMatch(/^(word ?)+(end)?$/)
    await terminal.type('Foobot push')
    await terminal.press('Enter')
    const pushed = await terminal.until('master -> master')
    expect(pushed).toContain('delivery (runner)')
    expect(pushed.match(/Writing objects/g)).toHaveLength(1)
    expect(pushed).toContain('Writing objects: 100%')
  })

  it('completes commands and rooms by Tab', async () => {
    const door = await doorOf()
    const terminal = await Terminal.open(door)
    await terminal.until('jhand@devs>')
    await terminal.type('foo')
    await terminal.press('Tab')
    await terminal.until('jhand@devs> Foobot')
    await terminal.type('pu')
    await terminal.press('Tab')
    await terminal.until('Foobot push')
    await terminal.press('C-c')
    await terminal.type('/room ever')
    await terminal.press('Tab')
    await terminal.until('/room everyone')
    await terminal.press('Enter')
    await terminal.until('jhand@everyone>')
  })

  it('understands its own commands, and refuses rooms that are not its user’s', async () => {
    const door = await doorOf()
    const terminal = await Terminal.open(door, { room: '' })
    await terminal.until('jhand>')
    await terminal.type('hello')
    await terminal.press('Enter')
    await terminal.until('Foobot: Hello yourself.')
    await terminal.type('/rooms')
    await terminal.press('Enter')
    await terminal.until('Your rooms: devs, everyone, @jhand')
    await terminal.type('/room finance')
    await terminal.press('Enter')
    await terminal.until('I do not know that room, or it is not yours.')
    await terminal.type('/quit')
    await terminal.press('Enter')
    await terminal.until('left with 0')
  })

  it('says that the line broke, dials again, and loses nothing', async () => {
    const door = await doorOf()
    const terminal = await Terminal.open(door)
    await terminal.until('jhand@devs>')
    await door.stop()
    await terminal.until('The line to the server broke')
    await terminal.type('Foobot hello')
    await terminal.press('Enter')
    await terminal.until('The server is away')
    await doorOf({ folder: door.folder, history: door.history, port: door.http.port })
    await terminal.until('The line to the server is back.')
    const seen = await terminal.until('Foobot: Hello yourself.')
    expect(seen.match(/Hello yourself/g)).toHaveLength(1)
    expect(seen.match(/Foobot hello/g)).toHaveLength(1)
  })

  it('lets nobody steer the terminal', async () => {
    const door = await doorOf()
    const steve = await clientOf(door, 'steve', 'devs')
    const terminal = await Terminal.open(door)
    await terminal.until('jhand@devs>')
    await steve.ask('devs', 'look \u001b[2J\u001b[Hhere\rFoobot: approved')
    const seen = await terminal.until('\\u{1b}[2J')
    expect(seen).toContain('/help lists what this terminal understands')
    expect(seen).not.toMatch(/^Foobot: approved/m)
  })

  it('has colours, and none with NO_COLOR', async () => {
    const door = await doorOf()
    const withColour = await Terminal.open(door)
    const without = await Terminal.open(door, { person: 'steve', env: 'NO_COLOR=1' })
    await withColour.until('jhand@devs>')
    await without.until('steve@devs>')
    expect(await withColour.seen('-e')).toContain('\u001b[')
    expect(await without.seen('-e')).not.toContain('\u001b[')
  })

  it('leaves by Ctrl-C on an empty line, and keeps a line that is only emptied', async () => {
    const door = await doorOf()
    const terminal = await Terminal.open(door)
    await terminal.until('jhand@devs>')
    await terminal.type('never mind')
    await terminal.until('never mind')
    await terminal.press('C-c')
    await terminal.until(/jhand@devs>\s*$/)
    await terminal.press('C-c')
    await terminal.until('left with 0')
    expect(door.heard).toEqual([])
  })

  it('reads lines from a file, waits for their ends, and prints no prompt', async () => {
    const door = await doorOf()
    const { exit, out, err } = await foobot(['chat', '--as', 'jhand', '--room', 'devs', ...at(door)], {
      input: 'Foobot hello\nFoobot push\n',
    })
    expect({ exit, err }).toEqual({ exit: 0, err: '' })
    expect(out).toContain('jhand: Foobot hello\n')
    expect(out).toContain('Foobot: Hello yourself.\n')
    expect(out).toContain('master -> master')
    expect(out).not.toContain('jhand@devs>')
    expect(out).not.toContain('\u001b')
  })
})
