import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Terminal, type TerminalOptions } from '../contract/terminal.fixture.ts'
import { LyingServer } from './lying-server.fixture.ts'

/**
 * Somebody copies a text from a page into a terminal that signs; it holds line feeds, and a command on the second line. The
 * server is an honest one here as far as that goes: it asks for a signature under exactly what it was told.
 */

// DEFENCE src/cli/terminal/keyboard.ts
// - if (this.#output.isTTY) this.#output.write(isRaw ? bracketsOn : bracketsOff)

// DEFENCE src/cli/terminal/paste-reader.ts
// - if (severalLines.test(text.replaceAll('\r\n', '\n'))) return this.#paste(text)

// DEFENCE src/client/unasked.ts
// - holds: (_, { line }) => !line.isPasted,
// + holds: () => true,

// DEFENCE src/cli/chat/screen.ts
// - if (this.#isAsking || this.#keyboard?.isPasted) history.shift()

// DEFENCE src/cli/terminal/paste-reader.ts
// - return this.#isPaste || all.includes(end) ? this.#pasteFirst(all) : this.#typedFirst(all)
// + return this.#isPaste ? this.#pasteFirst(all) : this.#typedFirst(all)

// DEFENCE src/cli/chat/screen.ts
// - if (this.#isAsking) this.#output.write(bell)
// - else if (this.#line.line.length + text.length <= mostPasted) this.#line.write(text)
// + if (this.#line.line.length + text.length <= mostPasted) this.#line.write(text)

// DEFENCE src/cli/question.ts
// - if (!isByHand && lines.line.length + text.length <= most) lines.write(text)
// + if (lines.line.length + text.length <= most) lines.write(text)

const evil = 'Foobot upgrade Evil to Enterprise'
const copied = `Load on prod1 above threshold, runbook 12\n${evil}\n`
/** A page may put the end mark of a paste into what is copied from it. */
const [start, end] = ['\u001b[200~', '\u001b[201~']

let server: LyingServer
let terminal: Terminal
beforeEach(async () => {
  server = await LyingServer.open()
  server.statement = { text: 'upgrade Evil to Enterprise' }
})
afterEach(async () => {
  await terminal.close()
  server.close()
})

const open = async (options: TerminalOptions = { flags: '--sign' }): Promise<void> => {
  terminal = await Terminal.open(server, { rows: 45, ...options })
}
const chat = async (columns = 80): Promise<void> => {
  await open({ columns, flags: '--sign' })
  await terminal.until('jhand@devs>')
}
/** As long as whatever was sent would take to be said, and signed. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 600))
const nothingHappened = async (): Promise<void> => {
  await settled()
  expect(server.said).toEqual([])
  expect(server.handedIn).toEqual([])
}
const stands = (digits: string): RegExp => new RegExp(`Type ${digits} to sign it, or n:\\s*$`)
const inOneLine = /jhand@devs> Load on prod1 above threshold, runbook 12 Foobot upgrade Evil/

describe.each([
  ['that the terminal marks', true],
  ['that it does not', false],
])('a paste of two lines %s', (_, isMarked) => {
  it.each([80, 40])('waits in the line: nothing is said, nothing is signed (%i columns)', async (columns) => {
    await chat(columns)
    await terminal.paste(copied, isMarked)
    await terminal.until((seen) => inOneLine.test(seen.replaceAll('\n', '')))
    await nothingHappened()
  })

  it('answers no question of a chat', async () => {
    server.statement = { text: 'upgrade Other to Pro' }
    await chat()
    await terminal.enter(evil)
    const { digits } = await terminal.question()
    await terminal.paste(`${digits}\n${digits}\n`, isMarked)
    await terminal.paste('n\ny\n', isMarked)
    await settled()
    expect(await terminal.seen()).toMatch(stands(digits))
    expect(server.handedIn).toEqual([])
  })

  it('answers no other question', async () => {
    await open({ command: 'sign slick' })
    const { digits } = await terminal.question()
    await terminal.paste(`${digits}\n${digits}\n`, isMarked)
    await settled()
    expect(await terminal.seen()).toMatch(stands(digits))
    expect(server.handedIn).toEqual([])
  })
})

describe('a line that was pasted', () => {
  it('is asked about, once somebody has sent it', async () => {
    await chat()
    await terminal.paste(evil, true)
    await terminal.until('Evil to Enterprise')
    await settled()
    await terminal.press('Enter')
    await settled()
    expect(server.handedIn).toEqual([])
    expect((await terminal.question()).seen).toContain('it was pasted, not typed')
  })

  it('is asked about, where the terminal sends it with its line feed and no marks', async () => {
    await chat()
    await terminal.paste(`${evil}\n`, false)
    await settled()
    expect(server.handedIn).toEqual([])
    await terminal.question()
  })

  it('does not come back as one that was typed', async () => {
    await chat()
    await terminal.paste(evil, true)
    await terminal.until('Evil to Enterprise')
    await settled()
    await terminal.press('Enter')
    await terminal.question()
    await terminal.enter('n')
    await terminal.until(/jhand@devs>\s*$/)
    for (const key of ['Up', 'Up', 'Enter', 'C-y', 'Enter']) {
      await terminal.press(key)
      await settled()
    }
    expect(server.handedIn).toEqual([])
  })

  it('is like any other once it is typed anew', async () => {
    await chat()
    await terminal.paste(evil, true)
    await terminal.until('Evil to Enterprise')
    await terminal.press('C-c')
    await terminal.enter(evil)
    await expect.poll(() => server.handedIn.length).toBe(1)
  })
})

describe('a paste whose marks are not as they should be', () => {
  it.each([
    [
      'in pieces',
      [start.slice(0, 4), `${start.slice(4)}${copied.slice(0, 20)}`, copied.slice(20), end.slice(0, 3), end.slice(3)],
    ],
    ['without an end', [`${start}${copied}`]],
    ['with an end in the text', [`${start}Load on prod1 above threshold, runbook 12${end}\n${evil}\n${end}`]],
  ])('%s waits in the line', async (_, pieces) => {
    await chat()
    for (const piece of pieces) await terminal.type(piece.replaceAll('\n', '\r'))
    await terminal.until((seen) => inOneLine.test(seen.replaceAll('\n', '')))
    await nothingHappened()
  })

  it('without an end leaves the terminal usable', async () => {
    await chat()
    await terminal.type(`${start}${copied}`)
    await terminal.until('runbook 12')
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    await terminal.press('C-c')
    await terminal.enter(evil)
    await expect.poll(() => server.handedIn.length).toBe(1)
    expect(server.said).toEqual([evil])
  })
})

it('what was typed before the question stood there answers nothing', async () => {
  let typed = ''
  await open({ command: `say --room devs --sign '${evil}'` })
  server.statement = { text: 'upgrade Other to Pro' }
  await terminal.type('n\rn\r')
  const { digits } = await terminal.question()
  typed = digits
  await settled()
  expect((await terminal.question()).digits).toBe(typed)
})

it.each(['/quit', 'C-d', 'C-c', 'SIGTERM', 'SIGHUP', 'SIGINT'] as const)(
  'a terminal is not asked to mark pastes any more after %s',
  async (leave) => {
    await chat()
    if (leave === '/quit') await terminal.enter(leave)
    else if (leave === 'C-d' || leave === 'C-c') await terminal.press(leave)
    else await terminal.end(leave)
    await terminal.until('left with')
    // Marks are put only where a program has asked for them: what is echoed now has none.
    await terminal.paste('echo me', true)
    expect(await terminal.until('echo me')).not.toMatch(/200~|201~/)
  },
)
