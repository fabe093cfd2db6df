import type { Decision, Question } from '#core/policy/decision.ts'
import { shortFault } from '#core/text/short-fault.ts'
import type { Stated } from './state.ts'
import { tooOld } from './too-old.ts'
import type { Way } from './way.ts'

/** A stated command with what policy says of it. */
export type Decided = Stated & { readonly decision: Decision }

/**
 * deny, allow or owes, by policy and by the age of the bundle: where its runner would refuse, nobody is asked for a yes in
 * vain. INVARIANT: whatever goes wrong is a denial.
 */
export const decide = (way: Way, stated: Stated): Decided => {
  const say = tooOld(way, stated.entry)
  if (say === undefined) return decideByPolicy(way, stated)
  return { ...stated, decision: { outcome: 'deny', why: say, say, because: ['bundle'] } }
}

/** The same by policy alone: who could have approved may stop a request that the bundle carries no more. */
export const decideByPolicy = (way: Way, stated: Stated): Decided => {
  try {
    const { entry, from, args, resource } = stated
    const decision = from.rules.policy.decide(
      {
        ...(from.person !== undefined && { requester: from.person }),
        command: entry.command,
        args: args as Question['args'],
        resource,
        ...(from.room !== undefined && { room: from.room }),
        platform: from.message.conversation.platform,
      },
      entry.listed,
    )
    return { ...stated, decision: checked(decision) }
  } catch (error) {
    way.log.error({ code: stated.stated.code, error: shortFault(error) }, 'deciding failed: denied')
    return {
      ...stated,
      decision: { outcome: 'deny', why: 'I could not decide this, so it is refused.', because: ['error'] },
    }
  }
}

/** Only the three outcomes are a decision. */
const checked = (decision: Decision): Decision => {
  switch (decision.outcome) {
    case 'allow':
    case 'owes':
    case 'deny':
      return decision
    default:
      throw new Error('policy gave no decision')
  }
}
