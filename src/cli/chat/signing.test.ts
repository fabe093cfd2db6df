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
  })

beforeEach(() => {
  now = 1_000_010_000
  shown = []
  question = undefined
  presented = 0
  lines = 0
  screen = {
    asks: true,
    typing: false,
    show: (shownLines) => shown.push(...shownLines.map((line) => line.map(({ text }) => text).join(''))),
    note: (text) => shown.push(text),
    question: (text) => {
      question = text
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
const upgrade = () => signing.say('devs', 'Foobot upgrade AcmeOps to Pro')
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
    expect(question).toBe('Sign this? [y/N] ')
    expect(shown).toContain('text: "upgrade AcmeOps to Pro"')
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

  it('takes no yes within a second of the question, and every no', async () => {
    signing.heard(frame())
    now += 999
    expect(signing.answer('y')).toBe(true)
    await settled()
    expect(presented).toBe(0)
    expect(shown.at(-1)).toContain('too fast')
    now += 1
    expect(signing.answer('y')).toBe(true)
    await settled()
    expect(presented).toBe(1)
    expect(question).toBeUndefined()
  })

  it('takes anything that is not a plain yes for a no', async () => {
    for (const answer of ['', 'n', 'yes please', 'approve']) {
      signing.heard(frame())
      now += 2000
      expect(signing.answer(answer)).toBe(true)
      await settled()
    }
    expect(presented).toBe(0)
    expect(signing.answer('y')).toBe(false)
  })

  it('puts one question after the other, and none over a line that is begun', () => {
    screen.typing = true
    signing.heard(frame({ text: 'one' }))
    signing.heard(frame({ text: 'two' }))
    expect(question).toBeUndefined()
    expect(signing.answer('yes')).toBe(false)
    screen.typing = false
    signing.putNext()
    expect(shown.filter((line) => line.startsWith('text: '))).toEqual(['text: "one"'])
    signing.answer('n')
    expect(shown.filter((line) => line.startsWith('text: '))).toEqual(['text: "one"', 'text: "two"'])
  })

  it('does not listen to a server that asks for ever', () => {
    for (let i = 0; i < 20; i += 1) signing.heard(frame({ text: `command ${i}` }))
    expect(shown.filter((line) => line.startsWith('Not signed: '))).toHaveLength(12)
  })

  it('approves only after a yes', async () => {
    signing = signingAs('steve')
    signing.say('devs', 'Foobot approve slick')
    signing.heard(frame({}, { as: 'approver', group: 'Support' }))
    await settled()
    expect(presented).toBe(0)
    expect(shown[0]).toBe('A command of jhand, to approve for Support:')
    now += 1000
    signing.answer('y')
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
