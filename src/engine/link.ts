import { toSeconds } from '#core/clock.ts'
import { plain, type Reply } from '#core/reply/reply.ts'
import { linkedOf } from './accounts.ts'
import type { Identified } from './identify.ts'
import { eventLeaf } from './request/move.ts'
import { tellPerson } from './tell-person.ts'
import type { Way } from './way.ts'

/** Said to the one account alone. */
export type Alone = { readonly alone: Reply }

/**
 * `link`: somebody who has signed in with a key is shown a code; the account that says it is theirs from then on. An account
 * that has a person stays theirs, whatever it says: only a bundle changes that.
 */
export const link = async (way: Way, from: Identified, code: unknown): Promise<Reply | Alone> => {
  const { person, message } = from
  if (typeof code === 'string') return take(way, from, code)
  if (person === undefined) {
    return plain(
      `I do not know you here. Say "${way.name} link" in "foobot chat --sign", then say here what it shows you.`,
    )
  }
  if (!message.signs) return plain(`Say that from a client that signs: foobot chat --as ${person} --sign`)
  const fresh = way.newId().slice(0, 10).toUpperCase()
  const shown = `${fresh.slice(0, 5)}-${fresh.slice(5)}`
  way.accounts.offer(person, shown)
  return {
    alone: plain(
      `Within 5 minutes, say this to me from the account that is yours: ${way.name} link ${shown}. Tell the code to nobody: whoever says it speaks for you.`,
    ),
  }
}

const take = async (way: Way, { person: known, message, rules }: Identified, code: string): Promise<Reply> => {
  const { platform } = message.conversation
  const { tenant, id } = message.account
  if (!rules.lasts(platform)) {
    return plain(`An account on ${platform} may be given to somebody else later, so none is linked to a person.`)
  }
  if (known !== undefined || way.accounts.of(message)) {
    return plain('This account has its person already: only your administrators can change that, in the bundle.')
  }
  const person = way.accounts.redeem(code)
  const who = person === undefined ? undefined : way.rules.company.people.get(person)
  if (!who) return plain('That code links nothing: it may be too old. Have a new one shown.')
  if (!way.accounts.mayLink(who.id)) return plain(linkedOf.say)
  const account = { platform, tenant, id, person: who.id, linked: toSeconds(way.clock()) }
  await way.group.record({
    leaf: eventLeaf(way, 'linked', { person: who.id, why: `${id} on ${platform} (${tenant})` }),
  })
  if (!(await way.accountStore.add(account))) return plain('This account has its person already.')
  way.accounts.put(account)
  const told = `${id} on ${platform} (${tenant}) speaks for you from now on. If that was not you, tell an administrator at once.`
  await tellPerson(way, who.id, told)
  return plain(
    `This account speaks for ${who.name} from now on. What it gives as a second factor counts after 24 hours.`,
  )
}
