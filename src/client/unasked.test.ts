import { describe, expect, it } from 'vitest'
import type { Statement } from '#core/statement/statement.ts'
import { askedOf, statementOf } from './asked.fixture.ts'
import type { Asked, StatementFrame } from './asked.ts'
import { TypedLines } from './typed-lines.ts'
import { type Circumstances, commandTyped, reasonsToAsk, unaskedRules } from './unasked.ts'

const line = { id: 'm1', room: 'devs', text: 'Foobot upgrade AcmeOps to Pro', isPasted: false, at: 1_000_000_000 }
const now: Circumstances = { line, before: 0, person: 'jhand', deployment: 'acme', now: line.at + 10_000 }
const via = (changes: Partial<Statement['via']>): Partial<Statement> => ({ via: { ...statementOf().via, ...changes } })

type Lie = {
  readonly rule: string
  readonly what: string
  readonly statement?: Partial<Statement>
  readonly frame?: Partial<StatementFrame>
  readonly now?: Partial<Circumstances>
}

/** Everything that a server could send in place of what was typed: each breaks one rule. */
const lies: readonly Lie[] = [
  { rule: 'own command', what: 'an approval', frame: { as: 'approver', group: 'Support' } },
  { rule: 'own command', what: 'a yes for a group', frame: { group: 'Support' } },
  { rule: 'typed', what: 'what was pasted', now: { line: { ...line, isPasted: true } } },
  { rule: 'first', what: 'a second statement for one line', now: { before: 1 } },
  { rule: 'time', what: 'a statement kept for later', now: { now: line.at + 10_001 } },
  { rule: 'text', what: 'another command', statement: { text: 'upgrade AcmeOps to Enterprise' } },
  { rule: 'text', what: 'the same in other letters', statement: { text: 'Upgrade AcmeOps to Pro' } },
  { rule: 'text', what: 'the same and more', statement: { text: 'upgrade AcmeOps to Pro -dry-run' } },
  { rule: 'message', what: 'a statement for another message', statement: via({ message: 'm0' }) },
  { rule: 'room', what: 'a statement for another room', statement: via({ room: 'ops' }) },
  { rule: 'account', what: 'a statement for another account', statement: via({ account: 'steve' }) },
  { rule: 'account', what: 'a statement for another platform', statement: via({ platform: 'slack' }) },
  { rule: 'account', what: 'a statement for another tenant', statement: via({ tenant: 'umbrella' }) },
  { rule: 'person', what: 'a statement of somebody else', statement: { requester: 'steve' } },
  { rule: 'deployment', what: 'a statement of another company', statement: { deployment: 'umbrella' } },
  { rule: 'agent', what: 'what an agent asked', statement: { agent: 'helper' } },
]

const told = ({ statement, frame, now: changes }: Lie): [Asked, Circumstances] => [
  askedOf(statement, frame),
  { ...now, ...changes },
]

describe('signing without asking', () => {
  it('is for exactly what was typed', () => {
    expect(reasonsToAsk(askedOf(), now)).toEqual([])
  })

  it.each(lies)('is not for $what: $rule', (lie) => {
    expect(reasonsToAsk(...told(lie)).map(({ name }) => name)).toEqual([lie.rule])
    const without = unaskedRules.filter(({ name }) => name !== lie.rule)
    expect(reasonsToAsk(...told(lie), without)).toEqual([])
  })

  it('has a lie for each of its rules', () => {
    expect(new Set(lies.map(({ rule }) => rule))).toEqual(new Set(unaskedRules.map(({ name }) => name)))
  })

  it('leaves a statement without a known requester to be asked', () => {
    const { requester, ...nobody } = statementOf()
    expect(reasonsToAsk({ ...askedOf(), statement: nobody }, now).map(({ name }) => name)).toEqual(['person'])
  })
})

describe('what was typed', () => {
  it.each([
    ['Foobot push', 'devs', 'push'],
    ['  foobot, push  ', 'devs', 'push'],
    ['push', '@jhand', 'push'],
    ['Foobot: ack “db”', 'devs', 'ack "db"'],
    ['push', 'devs', undefined],
    ['push', '@steve', undefined],
    ['Foobot pu\u200bsh', 'devs', undefined],
  ])('%j in %s is the command %j', (text, room, command) => {
    expect(commandTyped({ text, room }, 'jhand')).toBe(command)
  })
})

describe('typed lines', () => {
  const self = { person: 'jhand', deployment: 'acme' }

  it('count each statement for a line, whatever became of it', () => {
    let clock = 5
    const lines = new TypedLines(self, () => clock)
    lines.add('m1', 'devs', 'Foobot push')
    clock = 7
    const circumstances = {
      ...self,
      line: { id: 'm1', room: 'devs', text: 'Foobot push', isPasted: false, at: 5 },
      now: 7,
    }
    expect(lines.meet(askedOf())).toEqual({ ...circumstances, before: 0 })
    expect(lines.meet(askedOf())).toEqual({ ...circumstances, before: 1 })
  })

  it('know no line that was not typed here, and none for a statement that names none', () => {
    const lines = new TypedLines(self, () => 5)
    const { message, ...fetched } = askedOf()
    expect(lines.meet(askedOf())).toBeUndefined()
    expect(lines.meet(fetched)).toBeUndefined()
  })

  it('are forgotten from the oldest on', () => {
    const lines = new TypedLines(self, () => 5)
    for (let i = 1; i <= 257; i += 1) lines.add(`m${i}`, 'devs', 'Foobot push')
    expect(lines.meet(askedOf())).toBeUndefined()
    expect(lines.meet(askedOf({}, { message: 'm2' }))).toBeDefined()
  })
})
