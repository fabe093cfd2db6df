import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { bytesOf } from '#client/asked.fixture.ts'
import type { StatementFrame } from '#client/asked.ts'
import { readKeyFile } from '#client/key-file.ts'
import { makeKeyFile } from '#client/make-key.ts'
import type { Statement } from '#core/statement/statement.ts'
import { ChatSigning, type SigningScreen } from './signing.ts'

const folder = mkdtempSync(join(tmpdir(), 'foobot-chat-'))
afterAll(() => rmSync(folder, { recursive: true }))
makeKeyFile(join(folder, 'key'), 'jhand')
const { signer } = readKeyFile(join(folder, 'key'))
if (!signer) throw new Error('the key was just made')

let now: number
let shown: string[]
let question: string | undefined
let digits: number
let presented: number
let lines: number
let screen: { -readonly [K in keyof SigningScreen]: SigningScreen[K] }
let signing: ChatSigning

const signingAs = (person: string): ChatSigning =>
  new ChatSigning({
    on: true,
    connection: {
      signer,
      say: () => {
        lines += 1
        return `m${lines}`
      },
      present: async () => {
        presented += 1
        return { accepted: true, say: 'Signed.' }
      },
    },
    self: { person, deployment: 'acme' },
    screen,
    clock: () => now,
    draw: () => {
      digits += 1
      return String(digits)
    },
  })

beforeEach(() => {
  now = 1_000_010_000
  shown = []
  question = undefined
  digits = 1000
  presented = 0
  lines = 0
  screen = {
    asks: true,
    typing: false,
    place: { columns: 200, rows: 100 },
    note: (text) => shown.push(text),
    theirs: (text) => shown.push(`│ ${text}`),
    ask: async (asked) => void shown.push(...asked.map((line) => line.map(({ text }) => text).join(''))),
    question: (prompt) => {
      question = prompt
    },
    answered: (became) => {
      shown.push(...became.map((line) => line.map(({ text }) => text).join('')))
      question = undefined
    },
  }
  signing = signingAs('jhand')
})

const frame = (changes: Partial<Statement> = {}, more: Partial<StatementFrame> = {}): StatementFrame => ({
  type: 'statement',
  as: 'requester',
  message: 'm1',
  statement: Buffer.from(bytesOf(changes)).toString('base64'),
  ...more,
})
const upgrade = (isPasted = false) => signing.say('devs', 'Foobot upgrade AcmeOps to Pro', isPasted)
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('signing in a chat', () => {
  it('signs the first statement for a typed line, and asks for the second', async () => {
    upgrade()
    signing.heard(frame())
    await settled()
    expect(presented).toBe(1)
    signing.heard(frame())
    await settled()
    expect(presented).toBe(1)
    expect(question).toBe('Type 1001 to sign it, or n: ')
    expect(shown.slice(-2)).toEqual(['text: "upgrade AcmeOps to Pro"', expect.stringMatching(/^code: [0-9A-F-]{9}$/)])
  })

  it('asks where signing was turned off meanwhile', async () => {
    upgrade()
    signing.on = false
    signing.heard(frame())
    await settled()
    expect(presented).toBe(0)
    expect(question).toBeDefined()
  })

  it('asks about what follows no line of its own', async () => {
    signing.heard(frame())
    await settled()
    expect(presented).toBe(0)
    expect(shown[0]).toContain('it follows no line that you typed here')
  })

  it('asks about what was pasted', async () => {
    upgrade(true)
    signing.heard(frame())
    await settled()
    expect(presented).toBe(0)
    expect(shown[0]).toContain('it was pasted, not typed')
  })

  it('takes the digits for a yes, and draws new ones for each question', async () => {
    for (const right of ['1001', '1002']) {
      signing.heard(frame())
      await settled()
      expect(question).toContain(right)
      expect(signing.answer(right)).toBe(true)
      await settled()
      expect(question).toBeUndefined()
    }
    expect(presented).toBe(2)
    expect(signing.answer('1002')).toBe(false)
  })

  it('takes any other word for a no', async () => {
    for (const answer of ['', 'n', 'y', 'yes', 'approve']) {
      signing.heard(frame())
      await settled()
      expect(signing.answer(answer)).toBe(true)
      await settled()
      expect(shown.at(-1)).toMatch(/^Not signed: /)
    }
    expect(presented).toBe(0)
  })

  it('asks again for a wrong number, three times, each time for another', async () => {
    signing.heard(frame())
    for (const wrong of ['1000', '1001', '1002']) {
      await settled()
      signing.answer(wrong)
    }
    await settled()
    expect(question).toBeUndefined()
    expect(shown.filter((line) => line.startsWith('That is not the number'))).toHaveLength(2)
    expect(shown.at(-1)).toMatch(/^Not signed: /)
    expect(presented).toBe(0)
  })

  it('takes nothing for an answer before the digits stand there', async () => {
    signing.heard(frame())
    expect(signing.answer('n')).toBe(true)
    await settled()
    expect(question).toBeDefined()
  })

  it('signs no other statement than the line names by its code', async () => {
    signing = signingAs('steve')
    const approve = (code: string) => {
      signing.say('devs', `Foobot approve ${code}`, false)
      signing.heard(frame({}, { as: 'approver', group: 'Support', message: `m${lines}` }))
    }
    approve('7f3a-92c1')
    await settled()
    expect(question).toBeUndefined()
    const [said = ''] = shown
    expect(said).toMatch(/^Not signed: you asked for 7f3a-92c1, and the server sent [0-9A-F-]{9}\./)
    approve(/sent ([0-9A-F-]{9})/.exec(said)?.[1]?.toLowerCase() ?? '')
    await settled()
    expect(question).toBeDefined()
  })

  it('puts one question after the other, and none over a line that is begun', async () => {
    screen.typing = true
    signing.heard(frame({ text: 'one' }))
    signing.heard(frame({ text: 'two' }))
    await settled()
    expect(question).toBeUndefined()
    expect(signing.answer('yes')).toBe(false)
    screen.typing = false
    signing.putNext()
    await settled()
    const texts = () => new Set(shown.filter((line) => line.startsWith('text: ')))
    expect([...texts()]).toEqual(['text: "one"'])
    signing.answer('n')
    expect([...texts()]).toEqual(['text: "one"', 'text: "two"'])
  })

  it('does not listen to a server that asks for ever', () => {
    for (let i = 0; i < 20; i += 1) signing.heard(frame({ text: `command ${i}` }))
    expect(shown.filter((line) => line.startsWith('Not signed: '))).toHaveLength(12)
  })

  it('approves only after a yes', async () => {
    signing = signingAs('steve')
    signing.say('devs', 'Foobot approve slick', false)
    signing.heard(frame({}, { as: 'approver', group: 'Support', because: 'tier dangerous\nyes' }))
    await settled()
    expect(presented).toBe(0)
    expect(shown.slice(0, 2)).toEqual([
      '│ Asked for by tier dangerous yes.',
      'A command of jhand, to approve for Support:',
    ])
    signing.answer('1001')
    await settled()
    expect(presented).toBe(1)
  })

  it('asks nobody where nobody can answer', () => {
    screen.asks = false
    signing.heard(frame({}, { as: 'approver', group: 'Support' }))
    expect(question).toBeUndefined()
    expect(shown).toEqual([expect.stringMatching(/^Not signed: .*foobot approve [0-9A-F-]{9} --as jhand$/)])
  })

  it('says what is wrong with bytes that are no statement', () => {
    signing.heard({ type: 'statement', as: 'requester', statement: 'e30=' })
    expect(shown).toEqual([expect.stringMatching(/^Not signed\. /)])
  })
})
