import type { Company } from '#core/bundle/company.ts'
import { type ListedCommand, tierOf } from '#core/command/manifest.ts'
import type { Tier } from '#core/tier.ts'
import { membership, ownerOf, type Policy } from './decide.ts'
import type { Decision, Question, Requirement } from './decision.ts'
import { giversOf, peopleFor } from './givers.ts'
import { canMatch } from './heads.ts'
import { readRules } from './ruling.ts'
import { type Whom, whomOf } from './whom.ts'

/** Why policy says what it says of a question, and who could help. */
export type Explanation = {
  readonly command: string
  readonly tier: Tier
  readonly groups: readonly string[]
  /** The group that answers for the target, where one does. */
  readonly owner?: string
  readonly decision: Decision
  /** Whom the command's permits name, whatever their conditions. */
  readonly permits: readonly { readonly policy: string; readonly whom: Whom }[]
  /** Who could give each thing that is owed. */
  readonly owed: readonly { readonly requirement: Requirement; readonly people: readonly string[] }[]
}

/** Explains a decision, and asks nobody. */
export const explain = (company: Company, policy: Policy, question: Question, listed: ListedCommand): Explanation => {
  const decision = policy.decide(question, listed)
  const owner = ownerOf(company, question.resource.owner)
  const owes = decision.outcome === 'owes' ? decision.owes : []
  return {
    command: question.command,
    tier: tierOf(listed),
    groups: membership(company)(question.requester),
    ...(owner !== undefined && { owner }),
    decision,
    permits: readRules(company)
      .filter((rule) => rule.effect === 'permit' && canMatch(rule, question.command))
      .map((rule) => ({ policy: rule.id, whom: whomOf(rule) })),
    owed: owes.map((requirement) => ({ requirement, people: giversOf(company, requirement, question.requester) })),
  }
}

/** An explanation in sentences, the decision first. */
export const explanationLines = (company: Company, explanation: Explanation): readonly string[] => {
  const { command, tier, groups, owner, decision, permits, owed } = explanation
  const because = decision.because.length > 0 ? ` (${decision.because.join(', ')})` : ''
  return [
    `${verdictOf(decision)}${because}`,
    `"${command}" is ${tier}.`,
    groups.length > 0 ? `Who asks is in ${groups.join(', ')}.` : 'Who asks is in no group.',
    ...(owner === undefined ? [] : [`${owner} answers for the target.`]),
    ...owed.map(({ requirement, people }) => `${inWords(requirement)}: ${helpOf(company, requirement, people)}`),
    permits.length === 0
      ? 'No policy permits it to anybody: ask an administrator.'
      : `Permits: ${permits.map(({ policy, whom }) => `${whomInWords(whom)} (${policy})`).join(', ')}.`,
  ]
}

const verdictOf = (decision: Decision): string => {
  switch (decision.outcome) {
    case 'allow':
      return 'It runs.'
    case 'deny':
      return `It is refused: ${decision.why}`
    case 'owes':
      return 'It runs once what is owed is given.'
  }
}

const inWords = (owed: Requirement): string => {
  switch (owed.kind) {
    case 'reason':
      return `Owed: a reason, -reason="…" (${owed.because})`
    case 'signature':
      return `Owed: the signature of who asks, by a ${owed.key} key or better (${owed.because})`
    case 'second-factor':
      return `Owed: the consent of who asks, by second factor or ${owed.key} key (${owed.because})`
    case 'approval': {
      const how = owed.key === 'attested' ? 'a word in chat or a key' : `a ${owed.key} key or better`
      return `Owed: ${owed.count} of ${owed.group}, by ${how} (${owed.because})`
    }
  }
}

const helpOf = (company: Company, owed: Requirement, people: readonly string[]): string => {
  const names = people.map((id) => company.people.get(id)?.name ?? id).join(', ')
  if (people.length >= peopleFor(owed)) return `${names}.`
  return `${names === '' ? 'nobody' : `only ${names}`} could give it: ask an administrator.`
}

const whomInWords = (whom: Whom): string => {
  if (typeof whom === 'string') return whom
  return 'group' in whom ? whom.group : whom.person
}
