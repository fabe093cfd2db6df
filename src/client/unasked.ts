import { addressed } from '#core/text/address.ts'
import { hygiene } from '#core/text/hygiene.ts'
import { directRoom } from '#wire/native.ts'
import type { Asked } from './asked.ts'

/** A line that somebody typed into this client. */
export type TypedLine = {
  readonly id: string
  readonly room: string
  readonly text: string
  /** It holds what was pasted, or may: its sender has not typed exactly that. */
  readonly isPasted: boolean
  /** Milliseconds since 1970. */
  readonly at: number
}

/** What is known here when a statement comes for a line. */
export type Circumstances = {
  readonly line: TypedLine
  /** Statements that came for this line before. */
  readonly before: number
  readonly person: string
  readonly deployment: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/** Milliseconds after a line was typed in which its statement is signed without asking. */
const signingTime = 10_000

const foobot = 'Foobot'

/** What was typed, as a statement would hold it: clean, without Foobot's name. Undefined where it is none of Foobot's. */
export const commandTyped = ({ room, text }: Pick<TypedLine, 'room' | 'text'>, person: string): string | undefined => {
  const rest = addressed(text, foobot, room === directRoom(person))
  const clean = rest === undefined ? undefined : hygiene(rest)
  return clean?.ok ? clean.text : undefined
}

export type UnaskedRule = {
  readonly name: string
  /** Said where it does not hold: why the client asks. */
  readonly say: string
  readonly holds: (asked: Asked, now: Circumstances) => boolean
}

/**
 * When a client signs without asking: all of these hold. Whoever typed a line has said yes to exactly that line, once,
 * now, here; a server that asks for a signature under anything else is not believed.
 */
export const unaskedRules: readonly UnaskedRule[] = [
  {
    name: 'own command',
    say: 'an approval is never given unseen',
    holds: ({ as, group }) => as === 'requester' && group === undefined,
  },
  {
    name: 'typed',
    say: 'it was pasted, not typed',
    holds: (_, { line }) => !line.isPasted,
  },
  {
    name: 'first',
    say: 'it is not the first one for that line',
    holds: (_, { before }) => before === 0,
  },
  {
    name: 'time',
    say: 'it came too late after that line',
    holds: (_, { line, now }) => now - line.at <= signingTime,
  },
  {
    name: 'text',
    say: 'it is not what you typed, letter for letter',
    holds: ({ statement }, { line, person }) => statement.text === commandTyped(line, person),
  },
  {
    name: 'message',
    say: 'it was made for another message',
    holds: ({ statement: { via } }, { line }) => via.message === line.id,
  },
  {
    name: 'room',
    say: 'it is for another room',
    holds: ({ statement: { via } }, { line, person }) =>
      via.room === (line.room === directRoom(person) ? undefined : line.room),
  },
  {
    name: 'account',
    say: 'it is for another account',
    holds: ({ statement: { via } }, { person, deployment }) =>
      via.platform === 'native' && via.tenant === deployment && via.account === person,
  },
  {
    name: 'person',
    say: 'it names somebody else as who asked',
    holds: ({ statement }, { person }) => statement.requester === person,
  },
  {
    name: 'deployment',
    say: 'it is for another company',
    holds: ({ statement }, { deployment }) => statement.deployment === deployment,
  },
  {
    name: 'agent',
    say: 'an agent asked for it',
    holds: ({ statement }) => statement.agent === undefined,
  },
]

/** Why to ask before signing; empty where all rules hold, and only then may a client sign without asking. */
export const reasonsToAsk = (asked: Asked, now: Circumstances, rules = unaskedRules): readonly UnaskedRule[] =>
  rules.filter(({ holds }) => !holds(asked, now))
