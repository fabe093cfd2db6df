import type { Bundle, Company } from '#core/bundle/company.ts'
import { type ListedCommand, tierOf } from '#core/command/manifest.ts'
import { isAtLeast, type Tier } from '#core/tier.ts'
import type { Decision, Question } from './decision.ts'
import { entitiesInHead } from './expression.ts'
import { actionsOf } from './heads.ts'
import { unheldOf } from './held.ts'
import { keep } from './kept.ts'
import { cedarQuestion, keyOf, shapeFault } from './question.ts'
import type { Reads } from './reads.ts'
import { merge, type OwedBy } from './requirements.ts'
import { makeReady, type Ready, type Rule, type Ruling, readRules, rulesFor } from './ruling.ts'
import { tierRule } from './tiers.ts'
import { unknownNames } from './unknown-names.ts'

/** A bundle's rules, ready to be asked. It changes nothing but what it keeps, and reads no clock. */
export type Policy = {
  /** Whether a request may run, and what it owes first. Never throws: whatever goes wrong is a denial. */
  decide(question: Question, listed: ListedCommand): Decision
  /** As they were read; absent where they cannot be, and everything is denied. */
  readonly rules?: readonly Rule[]
  /** How often policies were asked, and how often the answer was not kept: where both rise alike, `policy check` names why. */
  readonly counts: { readonly asked: number; readonly missed: number }
  /** Rules that name what the company does not have: whatever they could match is denied. */
  readonly faulty: readonly FaultyRule[]
}

/** A rule that names something that does not exist, and so may guard nothing of what it was written for. */
export type FaultyRule = {
  readonly policy: string
  /** The first such name, in a sentence. */
  readonly say: string
  readonly commands: ReadonlySet<string>
}

/** Kept answers, over all commands: about 300 bytes each. */
const mostKept = 20_000

/** Makes a bundle's rules ready. A bundle whose policies cannot be read denies everything. */
export const policyOf = ({ company }: Pick<Bundle, 'company'>): Policy => {
  const rules = readAll(company)
  if ('fault' in rules) {
    const denied = deny(`The policy cannot be read: ${rules.fault}`)
    return { decide: () => denied, counts: { asked: 0, missed: 0 }, faulty: [] }
  }
  const faulty = faultyRules(company, rules.read)
  const groupsOf = membership(company)
  const ready = new Map<string, Ready>()
  const kept = keep<Ruling>(mostKept)
  const readyFor = (command: string, tier: Tier): Ready => {
    const place = `${tier} ${command}`
    const made = ready.get(place) ?? makeReady(rulesFor(rules.read, command, tier))
    ready.set(place, made)
    return made
  }
  const ask: Ask = (question, tier, ownerGroup) => {
    const { reads, factTypes, rule } = readyFor(question.command, tier)
    const unheld = unheldOf(question, reads, factTypes)
    if (unheld !== undefined) return { unheld }
    const groups = groupsOf(question.requester)
    const key = keyOf(question, reads, groups, ownerGroup, tier)
    return { reads, ruling: kept.get(key, () => rule(cedarQuestion(question, groups, ownerGroup))) }
  }
  const faultOf = firstFaults(faulty)
  return {
    decide: (question, listed) => {
      try {
        return decide({ company, faultOf, ask }, question, listed)
      } catch (error) {
        return deny(`This could not be decided: ${error instanceof Error ? error.message : String(error)}`)
      }
    },
    rules: rules.read,
    counts: kept,
    faulty,
  }
}

/** What the policies say, with what they look at; or what they cannot look at, and could take for absent. */
type Ask = (
  question: Question,
  tier: Tier,
  ownerGroup: string | undefined,
) => { readonly reads: Reads; readonly ruling: Ruling } | { readonly unheld: string }

type Rules = {
  readonly company: Company
  readonly faultOf: (command: string) => FaultyRule | undefined
  readonly ask: Ask
}

const decide = (rules: Rules, question: Question, listed: ListedCommand): Decision => {
  const { company } = rules
  const wrong = shapeFault(question)
  if (wrong !== undefined) return deny(`This could not be decided: ${wrong}.`)
  const { requester, command, resource } = question
  if (listed.manifest.command !== command) return deny(`"${command}" was asked by the rules of another command.`)
  if (requester !== undefined && !company.people.has(requester)) return deny(`${requester} is nobody in this company.`)
  const tier = tierOf(listed)
  const rule = tierRule(tier, company.limits)
  if (rule.asks === 'permit' && requester === undefined) return deny(`"${command}" is for people that I know.`)

  const ownerGroup = ownerOf(company, resource.owner)
  const who = requester ?? 'anybody'
  const fault = rules.faultOf(command)
  if (fault) {
    const say = `Nobody may say "${command}" at present: a rule about it names something that does not exist. Ask an administrator to run "foobot policy check".`
    return denyAloud(`${fault.policy}: ${fault.say}`, say, [fault.policy])
  }
  const answer = rules.ask(question, tier, ownerGroup)
  if ('unheld' in answer) {
    const why = `The rules cannot check ${answer.unheld}.`
    return denyAloud(why, `${why} Ask an administrator.`)
  }
  const { permits, forbids, owes } = answer.ruling
  if (forbids.length > 0) return deny(`Policy forbids ${who} to say "${command}" here.`, forbids)
  if (rule.asks === 'permit' && permits.length === 0) return deny(`No policy permits ${who} to say "${command}".`)
  if (answer.reads.owner && ownerGroup === undefined && resource.owner !== undefined) {
    const why = `${resource.id} belongs to "${resource.owner}", and policy asks who that is: no group stands for it in company.yaml.`
    return denyAloud(why, `${why} Ask an administrator.`)
  }

  const because = permits.length > 0 ? permits : [`tier ${tier}`]
  const owedBy: readonly OwedBy[] = [
    ...rule.owes.map((owed) => ({ owed, because: `tier ${tier}` })),
    ...owes.map(({ id, owed }) => ({ owed, because: id })),
  ].filter(({ owed }) => owed.kind !== 'reason' || !hasReason(question))
  if (owedBy.length === 0) return { outcome: 'allow', because }

  const lacking = whatNobodyCanGive(company, question, owedBy, ownerGroup)
  if (lacking) return denyAloud(lacking.why, lacking.why, [lacking.because])
  const approval = isAtLeast(tier, 'dangerous') ? rule.key : 'attested'
  return { outcome: 'owes', owes: merge(owedBy, { ownerGroup, key: rule.key, approval }), because }
}

/** INVARIANT: a name that does not exist may be a guard that guards nothing, so all that its rule could match is denied. */
const faultyRules = (company: Company, rules: readonly Rule[]): readonly FaultyRule[] => {
  const unknownIn = unknownNames(company)
  const every = new Set(company.commands.map(({ manifest }) => manifest.command))
  return rules.flatMap((rule) => {
    const [first] = unknownIn(rule)
    return first === undefined ? [] : [{ policy: rule.id, say: `${first.say}.`, commands: reachOf(rule, every) }]
  })
}

/**
 * The commands that a rule could match. Which one a forbid means that names none of the company's, nobody knows: it could
 * be any. A permit that names none permits nothing.
 */
const reachOf = (rule: Rule, every: ReadonlySet<string>): ReadonlySet<string> => {
  const actions = actionsOf(rule)
  const isOfOurs = entitiesInHead(rule.action).every(({ type, id }) => type === 'Action' && every.has(id))
  if (actions === 'every' || (rule.effect === 'forbid' && !isOfOurs)) return every
  return actions
}

const firstFaults = (faulty: readonly FaultyRule[]): Rules['faultOf'] => {
  const byCommand = new Map<string, FaultyRule>()
  for (const fault of faulty) {
    for (const command of fault.commands) if (!byCommand.has(command)) byCommand.set(command, fault)
  }
  return (command) => byCommand.get(command)
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

const denyAloud = (why: string, say: string, because: readonly string[] = []): Decision => ({
  outcome: 'deny',
  why,
  say,
  because,
})
