import type { Bundle, Company } from '#core/bundle/company.ts'
import { type ListedCommand, tierOf } from '#core/command/manifest.ts'
import { isAtLeast, type Tier } from '#core/tier.ts'
import type { Decision, Question } from './decision.ts'
import { keep } from './kept.ts'
import { mayEver } from './may-ever.ts'
import { cedarQuestion, keyOf, shapeFault } from './question.ts'
import { merge, type OwedBy } from './requirements.ts'
import { makeReady, type Ready, type Rule, type Ruling, readRules, rulesFor } from './ruling.ts'
import { tierRule } from './tiers.ts'

/** A bundle's rules, ready to be asked. It changes nothing but what it keeps, and reads no clock. */
export type Policy = {
  /** Whether a request may run, and what it owes first. Never throws: whatever goes wrong is a denial. */
  decide(question: Question, listed: ListedCommand): Decision
  /**
   * The commands that a person may ever say: `open` ones, and those for which some permit's head names them. Conditions
   * and forbids are not looked at, so it bounds what is shown and never lets anything run.
   * @param person undefined for somebody that no person stands behind
   */
  mayEver(person: string | undefined): ReadonlySet<string>
  /** How often policies were asked, and how often the answer was not kept: where both rise alike, `policy check` names why. */
  readonly counts: { readonly asked: number; readonly missed: number }
}

/** Kept answers, over all commands: about 300 bytes each. */
const mostKept = 20_000

/** Makes a bundle's rules ready. A bundle whose policies cannot be read denies everything. */
export const policyOf = ({ company }: Pick<Bundle, 'company'>): Policy => {
  const rules = readAll(company)
  if ('fault' in rules) {
    const denied = deny(`The policy cannot be read: ${rules.fault}`)
    return { decide: () => denied, mayEver: () => new Set(), counts: { asked: 0, missed: 0 } }
  }
  const groupsOf = membership(company)
  const ready = new Map<string, Ready>()
  const kept = keep<Ruling>(mostKept)
  const readyFor = (command: string, tier: Tier): Ready => {
    const place = `${tier} ${command}`
    const made = ready.get(place) ?? makeReady(rulesFor(rules.read, command, tier))
    ready.set(place, made)
    return made
  }
  const ask = (question: Question, tier: Tier, ownerGroup: string | undefined): Ruling => {
    const { reads, rule } = readyFor(question.command, tier)
    const groups = groupsOf(question.requester)
    const key = keyOf(question, reads, groups, ownerGroup, tier)
    return kept.get(key, () => rule(cedarQuestion(question, groups, ownerGroup)))
  }
  return {
    decide: (question, listed) => {
      try {
        return decide(company, question, listed, ask)
      } catch (error) {
        return deny(`This could not be decided: ${error instanceof Error ? error.message : String(error)}`)
      }
    },
    mayEver: mayEver(company, rules.read),
    counts: kept,
  }
}

type Ask = (question: Question, tier: Tier, ownerGroup: string | undefined) => Ruling

const decide = (company: Company, question: Question, listed: ListedCommand, ask: Ask): Decision => {
  const fault = shapeFault(question)
  if (fault !== undefined) return deny(`This could not be decided: ${fault}.`)
  const { requester, command, resource } = question
  if (listed.manifest.command !== command) return deny(`"${command}" was asked by the rules of another command.`)
  if (requester !== undefined && !company.people.has(requester)) return deny(`${requester} is nobody in this company.`)
  const tier = tierOf(listed)
  const rule = tierRule(tier, company.limits)
  if (rule.asks === 'permit' && requester === undefined) return deny(`"${command}" is for people that I know.`)

  const ownerGroup = ownerOf(company, resource.owner)
  const { permits, forbids, owes } = ask(question, tier, ownerGroup)
  const who = requester ?? 'anybody'
  if (forbids.length > 0) return deny(`Policy forbids ${who} to say "${command}" here.`, forbids)
  if (rule.asks === 'permit' && permits.length === 0) return deny(`No policy permits ${who} to say "${command}".`)

  const because = permits.length > 0 ? permits : [`tier ${tier}`]
  const owedBy: readonly OwedBy[] = [
    ...rule.owes.map((owed) => ({ owed, because: `tier ${tier}` })),
    ...owes.map(({ id, owed }) => ({ owed, because: id })),
  ].filter(({ owed }) => owed.kind !== 'reason' || !hasReason(question))
  if (owedBy.length === 0) return { outcome: 'allow', because }

  const lacking = whatNobodyCanGive(company, question, owedBy, ownerGroup)
  if (lacking) return { outcome: 'deny', why: lacking.why, say: lacking.why, because: [lacking.because] }
  const approval = isAtLeast(tier, 'dangerous') ? rule.key : 'attested'
  return { outcome: 'owes', owes: merge(owedBy, { ownerGroup, key: rule.key, approval }), because }
}

/** The first thing owed that could be given by nobody, whatever they did. */
const whatNobodyCanGive = (
  { groups }: Company,
  { requester, resource }: Question,
  owedBy: readonly OwedBy[],
  ownerGroup: string | undefined,
): { readonly why: string; readonly because: string } | undefined => {
  for (const { owed, because } of owedBy) {
    if (owed.kind === 'approval') {
      if (owed.from === 'resource.owner' && ownerGroup === undefined) {
        return { why: `${resource.id} has no owner: ask an administrator.`, because }
      }
      const group = owed.from === 'resource.owner' ? ownerGroup : owed.from.group
      if (!groups.has(group ?? ''))
        return { why: `There is no group ${group} to approve this: ask an administrator.`, because }
    } else if (owed.kind !== 'reason' && requester === undefined) {
      return { why: 'This needs the consent of somebody that I know.', because }
    }
  }
  return undefined
}

/** The group that answers for what a system labels as `owner`; a label that the company does not list is no owner. */
export const ownerOf = ({ owners }: Company, label: string | undefined): string | undefined =>
  label === undefined ? undefined : owners.get(label)

/** The groups of each person, sorted; somebody unknown is in none. */
export const membership = ({ groups, people }: Company): ((person: string | undefined) => readonly string[]) => {
  const names = [...groups.keys()].sort()
  const byPerson = new Map(
    [...people.keys()].map((person) => [person, names.filter((name) => groups.get(name)?.has(person))]),
  )
  return (person) => (person === undefined ? [] : (byPerson.get(person) ?? []))
}

const hasReason = ({ args }: Question): boolean => typeof args.reason === 'string' && args.reason.trim() !== ''

const readAll = (company: Company): { readonly read: readonly Rule[] } | { readonly fault: string } => {
  try {
    return { read: readRules(company) }
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) }
  }
}

const deny = (why: string, because: readonly string[] = []): Decision => ({ outcome: 'deny', why, because })
