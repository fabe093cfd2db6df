import type { Role } from '../statement/consent.ts'
import { visible } from '../statement/display.ts'
import type { Statement } from '../statement/statement.ts'

/** What a sheet is, what it asks of whom, and what its buttons are called. */
export type Heading = {
  readonly title: string
  readonly lead: string
  readonly yes: string
  readonly no: string
  /** What to say in the room to end the request for everybody. */
  readonly end: 'cancel' | 'deny'
}

export const headingOf = ({ requester, agent }: Statement, role: Role): Heading =>
  role.as === 'requester' ? ownHeading(role.person, agent) : theirHeading(requester, agent, role)

const ownHeading = (person: string, agent: string | undefined): Heading => {
  const own = { yes: 'Sign', no: 'Do not sign', end: 'cancel' } as const
  if (agent === undefined) {
    return { ...own, title: 'Your own command', lead: `You sign as ${person}. Do it only if you said exactly this.` }
  }
  return {
    ...own,
    title: 'A command in your name',
    lead: `The agent ${plain(agent)} asks for this for you. You sign as ${person}: do it only if you want exactly this.`,
  }
}

const theirHeading = (
  requester: string | undefined,
  agent: string | undefined,
  { person, group }: Extract<Role, { as: 'approver' }>,
): Heading => {
  const who = requester === undefined ? (agent ? `the agent ${plain(agent)}` : 'nobody known') : plain(requester)
  const asks = requester !== undefined && agent !== undefined ? `The agent ${plain(agent)}, for ${who},` : upper(who)
  return {
    title: `${upper(who)}’s command`,
    lead: `${asks} needs an approval of ${group}. You give it as ${person}.`,
    yes: 'Approve',
    no: 'Do not approve',
    end: 'deny',
  }
}

/** A name as it is where nothing in it can mislead, else with its odd characters by number. */
export const plain = (name: string): string => (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name) ? name : visible(name))

/** People's ids keep their case. */
const upper = (text: string): string => text.replace(/^(?=the agent |nobody known$)./, (first) => first.toUpperCase())
