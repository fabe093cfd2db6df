import { hash } from 'node:crypto'
import { addressed } from '#core/text/address.ts'
import { hygiene } from '#core/text/hygiene.ts'
import type { Conversation, Message } from './platform.ts'
import type { Rules } from './rules.ts'
import type { Way } from './way.ts'

/** Milliseconds after which a message is too old to act on. */
const freshFor = 5 * 60_000

/** A message that is for us: clean, fresh, human. */
export type Heard = {
  readonly message: Message
  /** What tells the message's text from another one under the same id. */
  readonly said: string
  /** The rules in force when it came: one message, one bundle. */
  readonly rules: Rules
  /** The line without Foobot's name; a problem where it is for us and cannot be read. */
  readonly line: { readonly ok: true; readonly text: string } | { readonly ok: false; readonly say: string }
  /** The question that this answers, where it is not addressed to Foobot. */
  readonly answersTo?: string
}

/** Is it for us? Most messages end here, at almost no cost. */
export const receive = (way: Way, message: Message): Heard | undefined => {
  way.counters.heard()
  if (!message.fresh) return undefined
  if (!way.rules.hears(message.conversation.platform)) return undefined
  if (message.at < way.clock() - freshFor) return undefined
  const direct = message.conversation.direct === true
  const said = addressed(message.text, way.name, direct)
  const answersTo = said === undefined || direct ? way.asking.get(placeOf(message)) : undefined
  if (said === undefined && answersTo === undefined) return undefined
  way.counters.forUs()
  const line = hygiene(said ?? message.text)
  return { message, said: saidOf(message), rules: way.rules, line, ...(answersTo !== undefined && { answersTo }) }
}

/** The first 32 hex digits of the SHA-256 of what a message says. */
export const saidOf = ({ text }: Pick<Message, 'text'>): string => hash('sha256', text, 'hex').slice(0, 32)

/** Where an account's next words answer a question: one account in one conversation. */
export const placeOf = ({ conversation, account }: Pick<Message, 'conversation' | 'account'>): string =>
  JSON.stringify([...conversationKey(conversation), account.tenant, account.id])

export const conversationKey = ({ platform, tenant, room, thread }: Conversation): readonly string[] =>
  thread === undefined ? [platform, tenant, room] : [platform, tenant, room, thread]
