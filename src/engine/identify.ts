import type { Message } from './platform.ts'
import type { Heard } from './receive.ts'
import type { Way } from './way.ts'

/** A message with who stands behind its account, and where in the company it was said. */
export type Identified = Heard & {
  /** Absent for an account that resolves to nobody: there is no fallback. */
  readonly person?: string
  /** What to call who speaks. */
  readonly called: string
  /** The company's name of the room, else the platform's. */
  readonly room: string
}

export const identify = (heard: Heard): Identified => {
  const { conversation, account } = heard.message
  const person = heard.rules.personOf(conversation.platform, conversation.tenant, account)
  const known = person === undefined ? undefined : heard.rules.company.people.get(person)
  return {
    ...heard,
    ...(person !== undefined && { person }),
    called: known?.name.split(' ')[0] ?? 'friend',
    room: heard.rules.roomOf(conversation) ?? conversation.room,
  }
}

/** When an account was linked to its person, in seconds; 0 where the bundle itself names it. */
export const linkedAt = (_way: Way, _message: Pick<Message, 'conversation' | 'account'>): number => 0
