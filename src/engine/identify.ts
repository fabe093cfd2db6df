import { toSeconds } from '#core/clock.ts'
import type { Heard } from './receive.ts'
import type { Way } from './way.ts'

/** A message with who stands behind its account, and where in the company it was said. */
export type Identified = Heard & {
  /** Absent for an account that resolves to nobody: there is no fallback. */
  readonly person?: string
  /** What to call who speaks. */
  readonly called: string
  /** The company's name of the room, where the speaker is in it. */
  readonly room?: string
  readonly where: Where
}

/**
 * `room`: in a room of the company that the speaker is in. `alone`: with Foobot. `outside`: anywhere else, be it a channel
 * that is none of the company's or a room of it that is not theirs.
 */
export type Where = 'room' | 'alone' | 'outside'

export const identify = (way: Way, heard: Heard): Identified => {
  const { conversation, account } = heard.message
  const person = heard.rules.personOf(conversation.platform, account) ?? linkedTo(way, heard)
  const named = heard.rules.roomOf(conversation)
  const room = named !== undefined && heard.rules.isIn(named, person) ? named : undefined
  const known = person === undefined ? undefined : heard.rules.company.people.get(person)
  return {
    ...heard,
    ...(person !== undefined && { person }),
    called: known?.name.split(' ')[0] ?? 'friend',
    ...(room !== undefined && { room }),
    where: room !== undefined ? 'room' : conversation.direct ? 'alone' : 'outside',
  }
}

/** Who has linked the account to themselves, where that is a person of the company still. */
const linkedTo = (way: Way, { message, rules }: Heard): string | undefined => {
  if (!rules.lasts(message.conversation.platform)) return undefined
  const person = way.accounts.of(message)?.person
  return person !== undefined && rules.company.people.has(person) ? person : undefined
}

/** When an account was linked to its person, in seconds; 0 where the bundle itself names it. */
export const linkedAt = (way: Way, { message, rules }: Heard): number => {
  const { conversation, account } = message
  if (rules.personOf(conversation.platform, account) !== undefined) return 0
  return way.accounts.of(message)?.linked ?? toSeconds(way.clock())
}
