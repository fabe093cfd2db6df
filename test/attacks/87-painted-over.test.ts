import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyRemoveKind } from '#core/bundle/key-change.ts'
import { signedBy, sshSigner } from '#core/signature/signer.fixture.ts'
import { fromServer } from '#wire/native.ts'
import { Terminal, type TerminalOptions } from '../contract/terminal.fixture.ts'
import { forgedSheet, harmless, LyingServer, lies } from './lying-server.fixture.ts'

/**
 * A server paints over what somebody is about to sign: blank lines, and a perfect sheet of something harmless above the
 * question.
 */

// DEFENCE src/cli/chat/screen.ts
// - this.#held.hold()

// DEFENCE src/cli/say-signing.ts
// - this.#held.hold()

// DEFENCE src/cli/terminal/theirs.ts
// - lines.flatMap((line) => rowsOf(line, beside(width))).map((row) => [{ text: mark, style: 'dim' }, ...row])
// + lines.flatMap((line) => rowsOf(line, beside(width)))

// DEFENCE src/cli/terminal/theirs.ts
// - const spans = line.map((span) => ({ ...span, text: inOneLine(span.text) }))
// + const spans = line

// DEFENCE src/cli/terminal/theirs.ts
// - if (used + columns > width && used > 0) {
// + if (used < 0) {

// DEFENCE src/cli/say-one.ts
// - ? sayAsJson(stdout, asks && stdout.isTTY ? columns : undefined)
// + ? sayAsJson(stdout, undefined)

// DEFENCE src/cli/pass-on.ts
// - print(...(isTTY ? theirs(laidOut(beside(columns)), columns) : laidOut(Number.POSITIVE_INFINITY)))
// + print(...laidOut(columns))

// DEFENCE src/cli/tell.ts
// - printAside(...hang(inOneLine(`foobot: ${text}`), isTTY ? columns : Number.POSITIVE_INFINITY))
// + printAside(inOneLine(`foobot: ${text}`))

// DEFENCE src/cli/terminal/sheet.ts
// - ...whole(hang(lines[0] ?? '', place.columns), place).map((text): Line => [{ text, style: 'bold' }]),

// DEFENCE src/cli/terminal/sheet.ts
// - ...our(`code: ${code}`, 'bold'),

// DEFENCE src/cli/digits.ts
// - if (answer === this.#digits) return 'yes'
// + if (answer === this.#digits || answer === 'y') return 'yes'

const evil = 'upgrade Evil to Enterprise'
/** What stands last before it is answered. */
const signed = /\n\ntext: "upgrade Evil to Enterprise"\ncode: [0-9A-F-]{9}\nType/
const asksFor = 'Foobot upgrade AcmeOps to Pro'

let server: LyingServer
let terminal: Terminal | undefined
beforeEach(async () => {
  server = await LyingServer.open()
  server.statement = { text: evil }
})
afterEach(async () => {
  await terminal?.close()
  terminal = undefined
  server.close()
})

const open = async (options: TerminalOptions): Promise<Terminal> => {
  terminal = await Terminal.open(server, { rows: 60, ...options })
  return terminal
}

/** Rows that hold what only the server said. */
const forged = (seen: string): string[] => seen.split('\n').filter((row) => /Harmless|7F3A-92C1|Type 1234/.test(row))
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 400))

/** While it is asked whether to sign `evil`, the server says all that it can. */
const standsAlone = async (
  shown: Terminal,
  columns: number,
  verb = 'sign it',
  what: string | RegExp = signed,
): Promise<void> => {
  const { digits } = await shown.question(verb)
  for (let n = 0; n < 3; n += 1) server.send(...lies(columns))
  await pause()
  const seen = await shown.seen()
  expect(seen).toMatch(new RegExp(`Type ${digits} to ${verb}, or n:\\s*$`))
  expect(seen).toMatch(what)
  expect(forged(seen)).toEqual([])
}

const isMarked = (seen: string): void => {
  expect(forged(seen).length).toBeGreaterThan(0)
  expect(forged(seen).filter((row) => !row.startsWith('│ '))).toEqual([])
}

it('the lies are of every kind that there is', () => {
  const kinds = fromServer.options.map(({ shape }) => shape.type.value)
  expect(new Set(lies(80).map(({ type }) => type))).toEqual(new Set(kinds))
  for (const lie of lies(40)) expect(fromServer.safeParse(lie).success).toBe(true)
})

describe.each([
  { columns: 80, env: '' },
  { columns: 40, env: 'NO_COLOR=1' },
])('in a terminal of $columns columns ($env)', ({ columns, env }) => {
  it('chat shows nothing else while it asks, and then what waited, behind the mark', async () => {
    const shown = await open({ columns, env, flags: '--sign' })
    await shown.until('jhand@devs>')
    await shown.enter(asksFor)
    await standsAlone(shown, columns)
    await shown.enter('y')
    await shown.until(/jhand@devs>\s*$/)
    isMarked(await shown.seen('-S', '-3000'))
    expect(server.handedIn).toEqual([])
  })

  it('say shows nothing else while it asks, and then what waited, behind the mark', async () => {
    const shown = await open({ columns, env, command: `say --room devs --sign '${asksFor}'` })
    await standsAlone(shown, columns)
    await shown.enter('y')
    await shown.until(/left with/)
    expect(server.handedIn).toEqual([])
  })
})

it('what the server says before is behind the mark, row by row, and the question stands below it', async () => {
  for (const columns of [40, 80]) {
    server.before = lies(columns).filter(({ type }) => !['challenge', 'statement'].includes(type))
    const shown = await open({ columns, rows: 60, flags: '--sign' })
    await shown.until('jhand@devs>')
    await shown.enter(asksFor)
    const { seen } = await shown.question()
    isMarked(await shown.seen('-S', '-3000'))
    expect(seen).toMatch(signed)
    await shown.close()
  }
  terminal = undefined
})

it('what say prints before is behind the mark, also where it is piped past the question', async () => {
  const answer = { room: 'devs', from: 'foobot', name: 'Foobot', at: 1, text: forgedSheet, blocks: [] }
  server.before = [{ type: 'message', chat: { ...answer, footer: { code: '7F3A-92C1' } } }]
  for (const flags of ['', '| cat']) {
    const shown = await open({ columns: 40, command: `say --room devs --sign '${asksFor}'`, flags })
    await shown.question()
    isMarked(await shown.seen('-S', '-3000'))
    await shown.close()
  }
  terminal = undefined
})

it('what say prints as JSON before is behind the mark too', async () => {
  server.before = lies(80).filter(({ type }) => ['message', 'request'].includes(type))
  const shown = await open({ command: `say --room devs --json --sign '${asksFor}'` })
  const { seen } = await shown.question()
  isMarked(await shown.seen('-S', '-3000'))
  expect(seen).toMatch(signed)
})

it('what other commands print of a server is behind the mark', async () => {
  const request = { state: 'pending' as const, code: harmless, command: forgedSheet, owes: [] }
  const key = { key: sshSigner().key, worth: 'software' as const, by: ['upgrade Harmless'] }
  server.answers = {
    requests: { type: 'requests', call: 1, requests: [request] },
    keys: { type: 'keys', call: 1, keys: [key] },
    enrol: { type: 'enrolled', call: 1, accepted: false, say: forgedSheet },
  }
  for (const command of ['requests', 'key list', 'totp enrol']) {
    const shown = await open({ command, columns: 40 })
    await shown.until('left with')
    isMarked(await shown.seen('-S', '-3000'))
    await shown.close()
  }
  for (const value of [forgedSheet, `otpauth://totp/${harmless}?secret=ABCDEFGHIJKLMNOP`]) {
    server.answers = { enrol: { type: 'enrolled', call: 1, accepted: true, say: '', value } }
    const shown = await open({ command: 'totp enrol', columns: 40 })
    expect(forged(await shown.until('left with 4'))).toEqual([])
    await shown.close()
  }
  terminal = undefined
})

it('a complaint that names what the server sent begins one row', async () => {
  server.as = 'requester'
  server.statement = { text: `upgrade Evil ${'x'.repeat(80)} ${harmless} ${harmless}` }
  const shown = await open({ command: `sign slick --yes --expect x`, columns: 40 })
  const seen = await shown.until('left with 4')
  expect(seen).toContain('Harmless')
  for (const row of seen.split('\n').filter((one) => one !== '')) expect(row).toMatch(/^( {2}|foobot: |left with)/)
})

it('a server that says more than fits while a question stands is cut short, and it is said how much', async () => {
  const shown = await open({ flags: '--sign' })
  await shown.until('jhand@devs>')
  await shown.enter(asksFor)
  await shown.question()
  for (let n = 0; n < 3_000; n += 1) server.send({ type: 'problem', say: `flood ${n}` })
  await pause()
  await shown.press('Enter')
  await shown.until(/the last \d+ are left out/)
  expect((await shown.seen('-S', '-3000')).match(/flood/g)?.length ?? 0).toBeLessThan(1_000)
})

describe.each(['approve', 'sign'])('foobot %s', (verb) => {
  beforeEach(() => {
    server.as = verb === 'approve' ? 'approver' : 'requester'
    server.statement = { text: evil, requester: verb === 'approve' ? 'mansel' : 'jhand' }
  })

  it('shows nothing else while it asks', async () => {
    const shown = await open({ columns: 40, command: `${verb} slick` })
    await standsAlone(shown, 40)
    await shown.enter('y')
    await shown.until('left with 4')
    expect(server.handedIn).toEqual([])
  })
})

it('a change of keys shows nothing else while it asks', async () => {
  const [key, by] = [sshSigner(), sshSigner()]
  const file = join(server.folder, 'removed.json')
  const about = { v: 2, deployment: 'acme', person: 'steve', key: key.key, iat: 1_800_000_000 } as const
  writeFileSync(file, JSON.stringify(signedBy(keyRemoveKind, about, by)))
  const last = key.key.slice(12, 60)
  for (const [command, verb] of [
    [`key remove '${key.key}' --of steve`, 'remove it'],
    [`key vouch ${file}`, 'sign it'],
  ] as const) {
    const shown = await open({ command })
    await standsAlone(shown, 80, verb, last)
    await shown.enter('y')
    await shown.until('left with 4')
    await shown.close()
  }
  terminal = undefined
  expect(server.handedIn).toEqual([])
})

it('the digits are new for each question, and for each attempt', async () => {
  const drawn = new Set<string>()
  const shown = await open({ command: 'sign slick' })
  for (let n = 0; n < 3; n += 1) {
    const { digits } = await shown.question()
    drawn.add(digits)
    await shown.enter(digits === '0000' ? '0001' : '0000')
    if (n < 2)
      await shown.until(
        (seen) =>
          seen.includes('not the number') &&
          !seen.includes(`Type ${digits} to sign it, or n:\n`) &&
          /n:\s*$/.test(seen),
      )
  }
  await shown.until('left with 4')
  expect(drawn.size).toBeGreaterThan(1)
  expect(server.handedIn).toEqual([])
})
