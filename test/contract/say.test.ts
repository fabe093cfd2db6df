import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, foobot } from './cli.fixture.ts'
import { Client } from './native-client.fixture.ts'
import { Door } from './native-door.fixture.ts'

let door: Door
beforeAll(async () => {
  door = await Door.open()
})
afterAll(() => door.close())

const say = (text: string, ...flags: string[]) =>
  foobot(['say', '--as', 'jhand', '--room', 'devs', ...at(door), ...flags, text])

const owed = 'Two-factor required. Please "Foobot auth me".'
const waits = "7F3A-92C1  waits for the requester's second factor, asked for by tier sensitive\n"

describe('foobot say', () => {
  it('prints what is answered, and ends with 0', async () => {
    expect(await say('Foobot hello')).toEqual({ exit: 0, out: 'Hello yourself.\n', err: '' })
  })

  it('prints a program’s words as they are, then once what request they belong to', async () => {
    const { exit, out } = await say('Foobot push')
    expect(exit).toBe(0)
    expect(out).toBe('To ../remote.git\n   1601d54..0ccf537  master -> master\n0CCF-5395  member  push  (delivery)\n')
  })

  it('says it to Foobot alone without --room', async () => {
    const before = door.heard.length
    expect(await foobot(['say', '--as', 'steve', ...at(door), 'hello'])).toMatchObject({
      exit: 0,
      out: 'Hello yourself.\n',
    })
    expect(door.heard.slice(before)).toMatchObject([{ account: { id: 'steve' }, conversation: { direct: true } }])
  })

  it('prints nobody else’s words', async () => {
    const steve = await Client.open(door, 'steve', 'devs')
    const talk = setInterval(() => steve.connection.say('devs', 'chatter', false), 5)
    const { out } = await say('Foobot hello')
    clearInterval(talk)
    steve.connection.close()
    expect(out).toBe('Hello yourself.\n')
  })

  it.each([
    ['Foobot fail', 5, 'That went wrong.\n'],
    ['Foobot forbidden', 4, 'I do not know that command, or it is not yours here.\n'],
    ['Foobot upgrade AcmeOps to Pro', 3, `${owed}\n${waits}`],
  ])('tells by its exit code what became of %s', async (text, exit, out) => {
    expect(await say(text)).toEqual({ exit, out, err: '' })
  })

  it('says so, beside the answers, where nobody was asked to do anything', async () => {
    const { exit, out, err } = await say('nothing for Foobot')
    expect({ exit, out }).toEqual({ exit: 0, out: '' })
    expect(err).toMatch(/^foobot: [^\n]* begins with "Foobot"\.\n$/)
  })

  it('stays with --wait until it has ended', async () => {
    const own = await Door.open()
    const said = foobot([
      'say',
      '--as',
      'jhand',
      '--room',
      'devs',
      ...at(own),
      '--wait',
      'Foobot upgrade AcmeOps to Pro',
    ])
    const watcher = await Client.open(own, 'steve', 'devs')
    await watcher.until(() => watcher.texts('devs').some((text) => text.includes('Two-factor')))
    own.release()
    expect(await said).toMatchObject({
      exit: 0,
      out: `${owed}\nUpgraded AcmeOps to a Pro account!\n`,
    })
    watcher.connection.close()
    await own.close()
  })

  it('prints one JSON object a line with --json', async () => {
    const { exit, out } = await say('Foobot push', '--json')
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(exit).toBe(0)
    const progress = (text: string) => ({
      type: 'reply',
      room: 'devs',
      text: '',
      blocks: [{ type: 'progress', text }],
      footer: {},
    })
    expect(lines).toEqual([
      { type: 'request', state: 'running', code: '0CCF-5395', id: 'b'.repeat(32), command: 'push', owes: [] },
      progress('Writing objects: 50%'),
      progress('Writing objects: 100%'),
      {
        type: 'reply',
        room: 'devs',
        text: '',
        blocks: [{ type: 'code', text: 'To ../remote.git\n   1601d54..0ccf537  master -> master' }],
        footer: { code: '0CCF-5395', tier: 'member', command: 'push' },
      },
      { type: 'request', state: 'done', code: '0CCF-5395', id: 'b'.repeat(32), command: 'push', owes: [] },
      { type: 'end', state: 'done', code: '0CCF-5395' },
    ])
  })

  it('shows what is owed with --json', async () => {
    const { out } = await say('Foobot upgrade AcmeOps to Pro', '--json')
    const request = out
      .split('\n')
      .map((line) => line && JSON.parse(line))
      .find(({ type }) => type === 'request')
    expect(request).toEqual({
      type: 'request',
      state: 'pending',
      code: '7F3A-92C1',
      id: 'a'.repeat(32),
      command: 'upgrade AcmeOps to Pro',
      owes: [{ kind: 'second-factor', say: 'Please "Foobot auth me".' }],
    })
  })

  it('is refused in a room that is not the speaker’s', async () => {
    const { exit, out, err } = await foobot(['say', '--as', 'jhand', '--room', 'finance', ...at(door), 'Foobot hello'])
    expect({ exit, out }).toEqual({ exit: 4, out: '' })
    expect(err).toContain('I do not know that room, or it is not yours')
  })

  it('is refused with somebody else’s key', async () => {
    const { exit, err } = await foobot([
      'say',
      '--as',
      'fiona',
      ...at(door),
      '--key',
      `${door.folder}/keys/jhand`,
      'hello',
    ])
    expect(exit).toBe(4)
    expect(err).toMatch(/^foobot: .+\n$/)
    expect(door.heard.filter(({ account }) => account.id === 'fiona')).toEqual([])
  })

  it.concurrent.each([
    ['no text', ['say', '--as', 'jhand'], 2],
    ['no person', ['say', 'hello'], 2],
    ['an unknown flag', ['say', '--as', 'jhand', '--loud', 'hello'], 2],
    ['an unknown subcommand', ['shout'], 2],
    ['--expect without --sign', ['say', '--as', 'jhand', '--expect', 'push', 'hello'], 2],
    ['--yes without --expect', ['approve', 'slick', '--as', 'jhand', '--yes'], 2],
    ['a server that is no address', ['say', '--as', 'jhand', '--server', 'localhost', '--key', 'KEY', 'hello'], 2],
    [
      'a server in plain http over a network',
      ['say', '--as', 'jhand', '--server', 'http://foobot.acme.example', '--key', 'KEY', 'hello'],
      2,
    ],
    [
      'a server that is not there',
      ['say', '--as', 'jhand', '--server', 'http://localhost:1', '--key', 'KEY', 'hello'],
      6,
    ],
    ['no key anywhere', ['say', '--as', 'nobody', '--data', '/nowhere', 'hello'], 2],
  ])('says what to do in one line: %s', async (_, args, exit) => {
    const ran = await foobot(args.map((arg) => (arg === 'KEY' ? `${door.folder}/keys/jhand` : arg)))
    expect(ran.exit).toBe(exit)
    expect(ran.out).toBe('')
    expect(ran.err).toMatch(/^foobot: [^\n]{10,}\n$/)
  })

  it('finds server and data by the environment', async () => {
    const env = { FOOBOT_SERVER: door.http.url, FOOBOT_DATA: door.folder }
    expect(await foobot(['say', '--as', 'jhand', 'hello'], { env })).toMatchObject({ exit: 0 })
  })

  it.concurrent.each(['say', 'chat', 'requests', 'approve', 'sign', 'start', 'runner'])(
    'helps with %s, with examples',
    async (name) => {
      const { exit, out } = await foobot([name, '--help'])
      expect(exit).toBe(0)
      expect(out).toContain('Examples:')
      expect(out).toContain(`foobot ${name}`)
    },
  )
})

describe('foobot requests', () => {
  it('lists what waits', async () => {
    const { exit, out } = await foobot(['requests', '--as', 'jhand', ...at(door)])
    expect(exit).toBe(0)
    expect(out.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['code', 'state', 'who', 'room', 'command', 'waits for'],
      ['7F3A-92C1', 'pending', 'jhand', 'devs', 'upgrade AcmeOps to Pro'],
      [''],
    ])
    const json = await foobot(['requests', '--as', 'jhand', '--json', ...at(door)])
    expect(JSON.parse(json.out)).toMatchObject({ type: 'request', state: 'pending', code: '7F3A-92C1' })
  })
})
