import { afterEach, describe, expect, it } from 'vitest'
import { at, foobot } from './cli.fixture.ts'
import { Client } from './native-client.fixture.ts'
import { Door, MemoryHistory } from './native-door.fixture.ts'
import { SigningDoor, toSignFor } from './signing-door.fixture.ts'
import { Terminal, type TerminalOptions } from './terminal.fixture.ts'

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

const openTerminal = async (door: Door, options: TerminalOptions = {}): Promise<Terminal> => {
  const terminal = await Terminal.open(door, options)
  cleanups.push(() => terminal.close())
  return terminal
}

const devs = { platform: 'native', tenant: 'acme', room: 'devs' }

describe('foobot chat', () => {
  it('shows what was said, what is said, and what Foobot answers', async () => {
    const door = await doorOf()
    const steve = await clientOf(door, 'steve', 'devs')
    await steve.ask('devs', 'said before')
    const terminal = await openTerminal(door)
    await terminal.until(/\d\d:\d\d steve: said before/)
    await terminal.until('jhand@devs>')
    await terminal.type('Foobot hello')
    await terminal.press('Enter')
    const seen = await terminal.until(/\d\d:\d\d Foobot: Hello yourself\./)
    expect(seen.match(/Foobot hello/g)).toHaveLength(1)
    expect(steve.texts('devs')).toContain('Foobot hello')
  })

  it('shows the last page of what was said, and with /more what was said before, to its beginning', async () => {
    const history = new MemoryHistory()
    for (let n = 0; n < 70; n++) {
      const chat = { room: 'devs', from: 'steve', name: 'steve', at: 1, text: `line ${n}.`, blocks: [] }
      await history.append({ room: 'devs', account: 'steve', message: `m${n}`, chat })
    }
    const door = await doorOf({ history })
    const terminal = await openTerminal(door, { rows: 50 })
    const first = await terminal.until('line 69.')
    expect(first).toMatch(/\/more shows what was said here before\.\n│ \d\d:\d\d steve: line 40\./)
    await terminal.enter('/more')
    const second = await terminal.until('/more goes further back.')
    expect(second).toMatch(/Before that:\n│ \d\d:\d\d steve: line 10\./)
    expect(second).toMatch(/line 39\.\n\/more goes further back\./)
    await terminal.enter('/more')
    expect(await terminal.until('That is where it begins.')).toMatch(/Before that:\n│ \d\d:\d\d steve: line 0\./)
    await terminal.enter('/more')
    await terminal.until('Nothing was said here before.')
  })

  it('shows what was said before where lines come from a file, too', async () => {
    const history = new MemoryHistory()
    for (let n = 0; n < 40; n++) {
      const chat = { room: 'devs', from: 'steve', name: 'steve', at: 1, text: `line ${n}.`, blocks: [] }
      await history.append({ room: 'devs', account: 'steve', message: `m${n}`, chat })
    }
    const door = await doorOf({ history })
    const { exit, out } = await foobot(['chat', '--as', 'jhand', '--room', 'devs', ...at(door)], {
      input: 'Foobot hello\n/more\n',
    })
    expect(exit).toBe(0)
    expect(out).toContain('steve: line 0.\n')
  })

  it('leaves the line being typed as it is when others speak, also where it is longer than the terminal', async () => {
    const door = await doorOf()
    const steve = await clientOf(door, 'steve', 'devs')
    const terminal = await openTerminal(door, { columns: 40 })
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

  it('wraps at words', async () => {
    const door = await doorOf()
    const terminal = await openTerminal(door)
    await terminal.until('jhand@devs>')
    await door.native.send(devs, { text: `${'word '.repeat(30)}end`, blocks: [] }, {})
    const seen = await terminal.until('end')
    for (const row of seen.split('\n').filter((row) => row.includes('word')))
      expect(row.trim()).toMatch(/^│ {3}(word ?)+(end)?$/)
  })

  it('shows progress in its place, until something stays there', async () => {
    const door = await doorOf()
    const terminal = await openTerminal(door)
    await terminal.until('jhand@devs>')
    for (const text of ['Writing objects: 50%', 'Writing objects: 100%']) {
      await door.native.send(devs, { text: '', blocks: [{ type: 'progress', text }] }, { progress: 'push' })
      const seen = await terminal.until(text)
      expect(seen.match(/Writing objects/g)).toHaveLength(1)
    }
    await terminal.type('Foobot push')
    expect(await terminal.until('Foobot push')).toContain('Writing objects: 100%')
    await door.native.send(devs, { text: 'Something else.', blocks: [] }, {})
    expect(await terminal.until('Something else.')).not.toContain('Writing objects')
    await terminal.press('Enter')
    const pushed = await terminal.until('master -> master')
    expect(pushed).toContain('delivery (runner)')
    expect(pushed).not.toContain('Writing objects')
  })

  it('completes commands and rooms by Tab', async () => {
    const door = await doorOf()
    const terminal = await openTerminal(door)
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
    const terminal = await openTerminal(door, { room: '' })
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
    const terminal = await openTerminal(door)
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
    const terminal = await openTerminal(door)
    await terminal.until('jhand@devs>')
    await steve.ask('devs', 'look \u001b[2J\u001b[Hhere\rFoobot: approved')
    const seen = await terminal.until('\\u{1b}[2J')
    expect(seen).toContain('/help lists what this terminal understands')
    expect(seen).not.toMatch(/^Foobot: approved/m)
  })

  it('has colours, and none with NO_COLOR', async () => {
    const door = await doorOf()
    const withColour = await openTerminal(door)
    const without = await openTerminal(door, { person: 'steve', env: 'NO_COLOR=1' })
    await withColour.until('jhand@devs>')
    await without.until('steve@devs>')
    expect(await withColour.seen('-e')).toContain('\u001b[')
    expect(await without.seen('-e')).not.toContain('\u001b[')
  })

  it('leaves by Ctrl-C on an empty line, and keeps a line that is only emptied', async () => {
    const door = await doorOf()
    const terminal = await openTerminal(door)
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

describe('signing in foobot chat', () => {
  const upgrade = 'Foobot upgrade AcmeOps to Pro'
  const signingDoor = async (): Promise<SigningDoor> => {
    const door = await SigningDoor.open()
    cleanups.push(() => door.close())
    return door
  }
  const enter = (terminal: Terminal, line: string): Promise<void> => terminal.enter(line)

  it('signs what is typed, says when it is off, and is turned on and off', async () => {
    const door = await signingDoor()
    const terminal = await openTerminal(door.door)
    await terminal.until('jhand@devs>')
    await enter(terminal, upgrade)
    await terminal.until('signing is off here. /sign on, and say it again')
    expect(door.consents).toEqual([])
    await enter(terminal, '/sign on')
    await terminal.until('Signing is on')
    await enter(terminal, upgrade)
    await terminal.until('Message signature valid! Upgraded AcmeOps to a Pro account!')
    await terminal.until(/Signed: [0-9A-F-]{9}\./)
    expect(door.consents).toMatchObject([{ person: 'jhand', as: 'requester' }])
  })

  it('shows what it will not sign unasked and waits for an answer, while others talk', async () => {
    const door = await signingDoor()
    door.showing = (message) => [toSignFor(message, { text: 'upgrade AcmeOps to Enterprise' })]
    const steve = await clientOf(door.door, 'steve', 'devs')
    const terminal = await openTerminal(door.door, { rows: 40, flags: '--sign' })
    await terminal.until('jhand@devs>')
    await enter(terminal, upgrade)
    const { seen } = await terminal.question()
    expect(seen).toContain('I ask: it is not what you typed, letter for letter.')
    expect(seen).toMatch(/\n\ntext: "upgrade AcmeOps to Enterprise"\ncode: [0-9A-F-]{9}\nType/)
    await steve.ask('devs', 'anybody for lunch?')
    await steve.ask('devs', 'I am hungry')
    expect((await terminal.question()).seen).not.toMatch(/lunch|hungry/)
    await terminal.press('Enter')
    await terminal.until(
      /Not signed: [0-9A-F-]{9}\.\n│ \d\d:\d\d steve: anybody for lunch\?\n│ \d\d:\d\d steve: I am hungry\njhand@devs>\s*$/,
    )
    expect(door.consents).toEqual([])
  })

  it('asks before an approval', async () => {
    const door = await signingDoor()
    const terminal = await openTerminal(door.door, { rows: 40, person: 'steve', flags: '--sign' })
    await terminal.until('steve@devs>')
    await enter(terminal, 'Foobot approve slick')
    const first = await terminal.question()
    expect(first.seen).toContain('A command of mansel, to approve for Support:')
    await enter(terminal, String((Number(first.digits) + 1) % 10_000).padStart(4, '0'))
    await terminal.until('That is not the number.')
    const { digits } = await terminal.question()
    await enter(terminal, digits)
    await terminal.until('Executing Michael Ansel’s command. Rebuilding svr-1827 as role web.')
    expect(door.consents).toMatchObject([{ person: 'steve', as: 'approver', group: 'Support' }])
  })

  it('puts no question over a line that is begun', async () => {
    const door = await signingDoor()
    let release = (): void => undefined
    door.beforeShow = new Promise((resolve) => {
      release = resolve
    })
    const terminal = await openTerminal(door.door, { rows: 40, person: 'steve', flags: '--sign' })
    await terminal.until('steve@devs>')
    await enter(terminal, 'Foobot approve slick')
    await terminal.type('yes')
    await terminal.until('steve@devs> yes')
    release()
    await terminal.until('Send or empty the line that you have begun')
    await terminal.press('Enter')
    await terminal.question()
    expect(door.door.heard.map(({ text }) => text)).toEqual(['Foobot approve slick', 'yes'])
    expect(door.consents).toEqual([])
  })

  it('signs nothing but what is typed where lines come from a file', async () => {
    const door = await signingDoor()
    door.showing = (message) => [toSignFor(message, { text: 'upgrade AcmeOps to Enterprise' })]
    const { out } = await foobot(['chat', '--as', 'jhand', '--room', 'devs', '--sign', ...at(door.door)], {
      input: `${upgrade}\ny\ny\n`,
    })
    expect(out).toMatch(/Not signed: [0-9A-F-]{9}\. Look at it: foobot sign/)
    expect(door.consents).toEqual([])
  })
})
