import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readAsked } from '#client/asked.ts'
import { toBase64 } from '#core/statement/base64.ts'
import { statementKind } from '#core/statement/statement.ts'
import { at, foobot } from './cli.fixture.ts'
import { SigningDoor, sorry, toSignFor, waitingRebuild } from './signing-door.fixture.ts'
import { Terminal, type TerminalOptions } from './terminal.fixture.ts'

let door: SigningDoor
beforeEach(async () => {
  door = await SigningDoor.open()
})
let terminal: Terminal | undefined
afterEach(async () => {
  await terminal?.close()
  terminal = undefined
  await door.close()
})

const inTerminal = async (options: TerminalOptions): Promise<Terminal> => {
  terminal = await Terminal.open(door.door, { rows: 40, ...options })
  return terminal
}

const run = (args: readonly string[], input?: string) =>
  foobot([...args, ...at(door.door)], input === undefined ? {} : { input })
const say = (text: string, ...flags: readonly string[]) =>
  run(['say', '--as', 'jhand', '--room', 'devs', ...flags, text])
const upgrade = 'Foobot upgrade AcmeOps to Pro'
const expected = ['--expect', 'rebuild svr-1827 role=web']

describe('foobot say --sign', () => {
  it('signs what was typed, without asking, and prints the lead and the first words in one line', async () => {
    const { exit, out, err } = await say(upgrade, '--sign')
    expect({ exit, err }).toEqual({ exit: 0, err: '' })
    expect(out).toMatch(/^Message signature valid! Upgraded AcmeOps to a Pro account!\n/)
    expect(door.consents).toMatchObject([{ deployment: 'acme', person: 'jhand', as: 'requester' }])
    expect(door.door.heard).toMatchObject([{ signs: true }])
  })

  it('signs nothing without --sign, and says what is owed', async () => {
    const { exit, out } = await say(upgrade)
    expect(exit).toBe(3)
    expect(out).toBe(`${sorry}\n7F3A-92C1  waits for the requester's second factor\n`)
    expect(door.consents).toEqual([])
  })

  it('ends with 2 where the line is not how it is signed, and says how that is', async () => {
    door.showing = (message) => [toSignFor(message, { text: 'upgrade AcmeOps to Pro' })]
    const { exit, err } = await say('Foobot upgrade AcmeOps to pro', '--sign')
    expect({ exit, err }).toEqual({
      exit: 2,
      err: 'foobot: That is not how it is signed. Say it in these letters: upgrade AcmeOps to Pro\n',
    })
    expect(door.consents).toEqual([])
  })

  it('goes on to what is still missing, and ends with 3 once that is said', async () => {
    door.moreMissing = true
    const { exit, out } = await say(upgrade, '--sign')
    expect(exit).toBe(3)
    expect(out).toContain("To approve, say 'Foobot approve slick'.\n")
    expect(out).toContain('waits for approval from someone in Support ("Foobot approve slick")\n')
  })

  it('asks, with the statement, where it follows another message; the digits sign', async () => {
    const old = (message: Parameters<typeof toSignFor>[0]) =>
      toSignFor(message, {
        via: { platform: 'native', tenant: 'acme', account: 'jhand', room: 'devs', message: 'earlier' },
      })
    door.showing = (message) => [old(message)]
    const shown = await inTerminal({ command: `say --room devs --sign '${upgrade}'` })
    const { seen, digits } = await shown.question()
    expect(seen).toContain('I ask before I sign this: it was made for another message.')
    expect(seen).toContain('text: "upgrade AcmeOps to Pro"\nrequester: "jhand"\n')
    expect(seen).toMatch(/Expires in [45] minutes, at \d\d:\d\d/)
    expect(seen).toMatch(/\n\ntext: "upgrade AcmeOps to Pro"\ncode: [0-9A-F-]{9}\nType/)
    await shown.enter(digits)
    await shown.until(/│ Message signature valid! Upgraded AcmeOps to a Pro account![\s\S]*left with 0/)
    expect(door.consents).toHaveLength(1)
    const no = await run(['say', '--as', 'jhand', '--room', 'devs', '--sign', upgrade], '\n')
    expect(no.exit).toBe(3)
    expect(no.err).toContain('foobot: Not signed.')
    expect(door.consents).toHaveLength(1)
  })

  it('says it where the server does not take the consent', async () => {
    door.refusal = 'That key is too weak for this.'
    expect(await say(upgrade, '--sign')).toMatchObject({ exit: 4, err: 'foobot: That key is too weak for this.\n' })
  })

  it('prints JSON on standard output alone', async () => {
    const { out } = await say(upgrade, '--sign', '--json')
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(lines.map(({ type, state }) => state ?? type)).toEqual(['pending', 'running', 'reply', 'done', 'done'])
    expect(lines[0]).toMatchObject({ owes: [{ kind: 'second-factor' }] })
  })
})

describe('an approval', () => {
  const approve = (...flags: readonly string[]) =>
    run(['say', '--as', 'steve', '--room', 'devs', '--sign', ...flags, 'Foobot approve slick'])

  it('is signed where it is what its giver expects, and ends at the first words of what it sets going', async () => {
    const { exit, out } = await approve(...expected)
    expect(exit).toBe(0)
    expect(out).toMatch(/^Executing Michael Ansel’s command\. Rebuilding svr-1827 as role web\.\n/)
    const statement = statementKind.digest(door.waiting.statement)
    expect(door.consents).toMatchObject([{ person: 'steve', as: 'approver', group: 'Support', statement }])
  })

  it.each([
    'rebuild svr-1827 role=db',
    'rebuild svr-1827 role=web ',
    'Rebuild svr-1827 role=web',
    'rebuild svr-1827 role=w\u0435b',
  ])('is refused, with what stands there, where that is %j', async (text) => {
    door.waiting = waitingRebuild({ text })
    const { exit, out, err } = await approve(...expected)
    expect({ exit, out }).toEqual({ exit: 4, out: '' })
    expect(err).toContain('There stands text: "')
    expect(err).toMatch(/^[\x20-\x7e\n]*$/)
    expect(door.consents).toEqual([])
  })

  it('is never given unseen: without --expect it takes a terminal, whatever a pipe says', async () => {
    const { exit, err } = await run(
      ['say', '--as', 'steve', '--room', 'devs', '--sign', 'Foobot approve slick'],
      'y\ny\ny\n',
    )
    expect(exit).toBe(2)
    expect(err).toContain('A command of mansel, to approve for Support:')
    expect(door.consents).toEqual([])
  })

  it('that is not the last one ends with 3, once it is said what is missing', async () => {
    door.moreMissing = true
    const { exit, out } = await approve(...expected)
    expect(exit).toBe(3)
    expect(out).toContain('Thank you. I need approval from someone in Ops.')
  })
})

describe('foobot approve and foobot sign', () => {
  it('fetch, show, sign and hand in', async () => {
    const { exit, out, err } = await run(['approve', 'slick', '--as', 'steve', ...expected, '--yes'])
    expect(exit).toBe(0)
    expect(out).toMatch(/^Signed: [0-9A-F-]{9}\.\n$/)
    expect(err).toContain('A command of mansel, to approve for Support:\ntext: "rebuild svr-1827 role=web"\n')
    expect(door.consents).toMatchObject([{ person: 'steve', as: 'approver', group: 'Support' }])
  })

  it('sign one’s own when asked', async () => {
    door.waiting = { ...waitingRebuild({ requester: 'jhand' }), as: 'requester' }
    const shown = await inTerminal({ command: 'sign slick', person: 'jhand' })
    const { seen, digits } = await shown.question()
    expect(seen).toContain('Your own command, to sign as its requester:')
    await shown.enter(String((Number(digits) + 1) % 10_000).padStart(4, '0'))
    await shown.until('That is not the number.')
    await shown.enter((await shown.question()).digits)
    await shown.until(/│ Signed: [0-9A-F-]{9}\.\s+left with 0/)
    expect(door.consents).toMatchObject([{ person: 'jhand', as: 'requester' }])
    expect(door.consents[0]).not.toHaveProperty('group')
  })

  it.each([
    ['n\n', 4],
    ['\n', 4],
    ['yes\n', 2],
    ['1234\n', 2],
  ])('sign nothing where a pipe says %j', async (answer, exit) => {
    door.waiting = { ...waitingRebuild({ requester: 'jhand' }), as: 'requester' }
    expect(await run(['sign', 'slick', '--as', 'jhand'], answer)).toMatchObject({ exit })
    expect(door.consents).toEqual([])
  })

  it.each(['', 'n', 'y', 'yes'])('do not sign where %j is typed', async (answer) => {
    const shown = await inTerminal({ command: 'approve slick', person: 'steve' })
    await shown.question()
    await shown.enter(answer)
    await shown.until('left with 4')
    expect(door.consents).toEqual([])
  })

  it('sign what was asked for by its code, and no other', async () => {
    const expected = readAsked({ type: 'statement', as: 'approver', statement: toBase64(door.waiting.statement) })
    door.answersAll = true
    for (const [code, exit] of [
      ['0000-0000', 4],
      [expected.code, 0],
      [expected.code.toLowerCase(), 0],
      [expected.statement.id, 0],
      ['b'.repeat(32), 4],
    ] as const) {
      for (const how of [
        ['--yes', '--expect', 'rebuild svr-1827 role=web'],
        ['--desk', 'http://desk.localhost:1'],
      ]) {
        const ran = await run(['approve', code, '--as', 'steve', ...how])
        if (how[0] === '--yes') expect(ran.exit).toBe(exit)
        if (exit === 4)
          expect(ran).toMatchObject({ exit, out: '', err: expect.stringContaining(`you asked for ${code}`) })
      }
    }
    expect(door.consents).toHaveLength(3)
  })

  it('do not mix up whose command it is', async () => {
    expect(await run(['sign', 'slick', '--as', 'steve'], 'y\n')).toMatchObject({
      exit: 4,
      err: expect.stringContaining('foobot approve'),
    })
    expect(door.consents).toEqual([])
  })

  it.each([
    ['nothing waits', ['approve', 'quick', '--as', 'steve'], 4, 'Nothing waits: quick.'],
    [
      'it is another command',
      ['approve', 'slick', '--as', 'steve', '--expect', 'push', '--yes'],
      4,
      'There stands text',
    ],
    ['nobody is there to look', ['approve', 'slick', '--as', 'steve'], 2, 'run this in a terminal'],
    ['it is one’s own', ['approve', 'slick', '--as', 'steve', ...expected, '--yes'], 4, 'You asked for this yourself'],
  ])('sign nothing where %s', async (what, args, exit, line) => {
    if (what === 'it is one’s own') door.waiting = waitingRebuild({ requester: 'steve' })
    const ran = await run(args)
    expect(ran.exit).toBe(exit)
    expect(ran.err).toContain(line)
    expect(door.consents).toEqual([])
  })
})
