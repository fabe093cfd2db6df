import type { Bound } from '#bounds/bound.ts'
import { plain } from '#core/reply/reply.ts'
import { cut } from '#core/text/cut.ts'
import type { Identified } from './identify.ts'
import { eventLeaf } from './request/move.ts'
import { follow, say, type Way } from './way.ts'
import { whoOf } from './who.ts'

/** Code units of a command that is named in a sentence. */
const longest = 80

/** A place for what is about to wait. @returns the bound that is reached, where there is none */
export const takePlace = (way: Way, { message, person }: Identified, id: string): Bound | undefined =>
  way.live.takePlace({
    id,
    conversation: message.conversation,
    account: message.account,
    ...(person !== undefined && { person }),
  })

/**
 * A command or question that would wait, where so much waits already: it is refused with a word that says what to do, and
 * nothing of it is stored.
 */
export const refuseFull = async (way: Way, { message, person }: Identified, reached: Bound): Promise<void> => {
  const text = [reached.say, oldestOf(way, person)].filter((part) => part !== '').join(' ')
  if (person !== undefined) way.refusals.set(person, text)
  const again = way.told.refusal(reached.name, whoOf(message, person))
  if (again !== undefined) {
    const about = { why: reached.say + again, ...(person !== undefined && { person }) }
    await way.group.record({ leaf: eventLeaf(way, 'refused', about) })
  }
  await say(way, message.conversation, plain(text), { answers: { account: message.account, id: message.id } })
  follow(way, message, { state: 'refused', owes: [] })
}

/** How the speaker makes room themself. */
const oldestOf = (way: Way, person: string | undefined): string => {
  const own = person === undefined ? [] : way.live.ofPerson(person)
  const oldest = own.find(({ state }) => state === 'pending')
  if (!oldest?.stated) return ''
  return `To cancel the oldest of yours (${cut(oldest.text, longest)}), say "${way.name} cancel ${oldest.stated.code}".`
}
