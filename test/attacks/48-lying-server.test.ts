import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readAsked } from '#client/asked.ts'
import { display } from '#core/statement/display.ts'
import { type Statement, statementKind } from '#core/statement/statement.ts'
import type { Message, ToSign } from '#engine/platform.ts'
import { ChatSigning } from '../../src/cli/chat/signing.ts'
import { Client } from '../contract/native-client.fixture.ts'
import { SigningDoor, toSignFor, waitingRebuild } from '../contract/signing-door.fixture.ts'

/**
 * A server asks for signatures under what its user did not type. The client's defence is src/client/unasked.ts, a line a
 * lie: what is sent is shown as its bytes say, and asked about; nobody says yes here, so no consent may arrive.
 */

// DEFENCE src/client/unasked.ts
// - holds: ({ statement }, { line, person }) => statement.text === commandTyped(line, person),
// + holds: () => true,

// DEFENCE src/client/unasked.ts
// - holds: ({ statement: { via } }, { line }) => via.message === line.id,
// + holds: () => true,

// DEFENCE src/client/unasked.ts
// - holds: (_, { before }) => before === 0,
// + holds: () => true,

// DEFENCE src/client/unasked.ts
// - holds: ({ as, group }) => as === 'requester' && group === undefined,
// + holds: () => true,
// AND src/client/unasked.ts
// - holds: ({ statement }, { person }) => statement.requester === person,
// + holds: () => true,

const typed = 'Foobot upgrade AcmeOps to Pro'
let door: SigningDoor
let client: Client
let shown: string[]
let asked: number
let now: number
let signing: ChatSigning

beforeEach(async () => {
  door = await SigningDoor.open()
  client = await Client.open(door.door, 'jhand', 'devs')
  shown = []
  asked = 0
  now = Date.now()
  signing = new ChatSigning({
    on: true,
    connection: client.connection,
    self: { person: 'jhand', deployment: 'acme' },
    screen: {
      asks: true,
      typing: false,
      place: { columns: 200, rows: 100 },
      note: () => undefined,
      theirs: () => undefined,
      ask: async (lines) => void shown.push(...lines.map((line) => line.map(({ text }) => text).join(''))),
      question: () => {
        asked += 1
      },
      answered: () => undefined,
    },
    clock: () => now,
  })
})
afterEach(async () => {
  client.connection.close()
  await door.close()
})

/** Types the line, hears all that the server sends for it, and answers no question. */
const type = async (text: string, statements: number): Promise<void> => {
  signing.say('devs', text, false)
  const frames = () => client.frames.flatMap((frame) => (frame.type === 'statement' ? [frame] : []))
  await client.until(() => frames().length >= statements)
  for (const frame of frames()) signing.heard(frame)
  await handedIn()
}

/** Whatever was signed is on its way after one turn, and with the server before a later call is answered. */
const handedIn = async (): Promise<void> => {
  await new Promise((resolve) => setImmediate(resolve))
  await client.connection.requests()
}

const via = (message: Message, changes: Partial<Statement['via']>): Partial<Statement> => {
  const { conversation, account, id } = message
  return {
    via: { platform: 'native', tenant: 'acme', account: account.id, room: conversation.room, message: id, ...changes },
  }
}

const lies: readonly [what: string, lie: (message: Message) => ToSign][] = [
  ['another command', (message) => toSignFor(message, { text: 'upgrade AcmeOps to Enterprise' })],
  ['what was typed in another case', (message) => toSignFor(message, { text: 'upgrade acmeops to Pro' })],
  [
    'what was typed with a letter that looks alike',
    (message) => toSignFor(message, { text: 'upgrade \u0410cmeOps to Pro' }),
  ],
  ['a statement for another message', (message) => toSignFor(message, via(message, { message: 'other' }))],
  ['a statement for another room', (message) => toSignFor(message, via(message, { room: 'everyone' }))],
  ['a statement for another account', (message) => toSignFor(message, via(message, { account: 'steve' }))],
  ['a statement of another person', (message) => toSignFor(message, { requester: 'steve' })],
  ['a statement of another company', (message) => toSignFor(message, { deployment: 'umbrella' })],
  ['what an agent asked', (message) => toSignFor(message, { agent: 'helper' })],
  ['an approval of what was typed', (message) => toSignFor(message, {}, { as: 'approver', group: 'Support' })],
  ['an approval of something else', () => waitingRebuild()],
]

describe('a server that asks for a signature', () => {
  it('has it at once for what was typed: only that', async () => {
    await type(typed, 1)
    expect(door.consents).toHaveLength(1)
    expect(asked).toBe(0)
  })

  it.each(lies)('under %s has none; the user sees what it is', async (_, lie) => {
    let sent: ToSign | undefined
    door.showing = (message) => {
      sent = lie(message)
      return [sent]
    }
    await type(typed, 1)
    expect(door.consents).toEqual([])
    expect(asked).toBe(1)
    const truth = display(statementKind.decode(sent?.statement ?? new Uint8Array()))
    expect(`${shown.slice(1, shown.indexOf('') - 1).join('\n')}\n`).toBe(truth)
  })

  it('under a second statement has none for that', async () => {
    door.showing = (message) => [toSignFor(message), toSignFor(message, { id: 'f'.repeat(32) })]
    await type(typed, 2)
    expect(door.consents).toHaveLength(1)
    expect(asked).toBe(1)
  })

  it('under a first one that lies and a second that does not has none at all', async () => {
    door.showing = (message) => [toSignFor(message, { text: 'upgrade AcmeOps to Enterprise' }), toSignFor(message)]
    await type(typed, 2)
    expect(door.consents).toEqual([])
  })

  it('later than ten seconds has none', async () => {
    signing.say('devs', typed, false)
    await client.until(({ frames }) => frames.some((frame) => frame.type === 'statement'))
    now += 10_001
    for (const frame of client.frames) if (frame.type === 'statement') signing.heard(frame)
    await handedIn()
    expect(door.consents).toEqual([])
    expect(asked).toBe(1)
  })

  it('sees no code taken for the bytes: what is signed is the digest of what was shown', async () => {
    door.showing = (message) => [toSignFor(message)]
    await type(typed, 1)
    const [frame] = client.frames.filter((one) => one.type === 'statement')
    if (frame?.type !== 'statement') throw new Error('nothing was shown')
    expect(door.consents).toMatchObject([{ statement: readAsked(frame).digest }])
  })
})
