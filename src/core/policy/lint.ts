import type { Company } from '#core/bundle/company.ts'
import { type ListedCommand, tierOf } from '#core/command/manifest.ts'
import { type Near, nearIndex } from '#core/command/near.ts'
import { isAtLeast } from '#core/tier.ts'
import { findingsOf } from './cedar-validator.ts'
import { actionsOf } from './heads.ts'
import { readsOf } from './reads.ts'
import { permitsByPlace, type Rule, readRule } from './ruling.ts'
import { argumentTypes, fewValued, fractional, schemaFor } from './schema.ts'
import { type UnknownName, unknownNames } from './unknown-names.ts'

/** Something wrong with a company's policies. */
export type Complaint = {
  /** The policy's id, `<file>#<n>`. */
  readonly policy: string
  /** The command for which it is wrong, where it is not wrong as such. */
  readonly command?: string
  /** What is wrong and what to write, in a sentence. */
  readonly say: string
  /** `refused`: a bundle must not be signed so. `slow`: it works, and is decided anew each time. */
  readonly weight: 'refused' | 'slow'
}

/** Everything wrong with a company's policies: for who writes, signs and checks them. Start trusts the signatures. */
export const lint = (company: Company): readonly Complaint[] => {
  const { rules, complaints } = readEach(company)
  const byCommand = matchingRules(company, rules)
  const unknownIn = withMeant(unknownNames(company))
  return [
    ...complaints,
    ...rules.flatMap((rule) => unknownIn(rule).map((say): Complaint => ({ policy: rule.id, say, weight: 'refused' }))),
    ...rules.flatMap((rule) => neverMatching(rule, byCommand)),
    ...company.commands.flatMap((listed) => aboutCommand(listed, byCommand.get(listed) ?? [])),
    ...invalid(rules, byCommand),
  ]
}

const readEach = ({ policies }: Company): { readonly rules: readonly Rule[]; readonly complaints: Complaint[] } => {
  const rules: Rule[] = []
  const complaints: Complaint[] = []
  for (const [id, text] of policies) {
    try {
      rules.push(readRule(id, text))
    } catch (error) {
      const say = (error instanceof Error ? error.message : String(error)).replace(`${id}: `, '')
      complaints.push({ policy: id, say: `${say}.`, weight: 'refused' })
    }
  }
  return { rules, complaints }
}

/** Adds to each name that does not exist the one that is probably meant. */
const withMeant = (unknownIn: ReturnType<typeof unknownNames>) => {
  const indexes = new Map<unknown, Near>()
  const nearIn = (known: UnknownName['known']): Near => {
    const near = indexes.get(known) ?? nearIndex([...known.keys()])
    indexes.set(known, near)
    return near
  }
  return (rule: Rule): readonly string[] => {
    const complaints = unknownIn(rule).map(({ name, shown, say, known }) => {
      const [meant] = nearIn(known)(name, () => true)
      return `${say}: ${meant === undefined ? 'correct the name, or add it.' : `did you mean ${shown(meant)}?`}`
    })
    return [...new Set(complaints)]
  }
}

type ByCommand = ReadonlyMap<ListedCommand, readonly Rule[]>

const matchingRules = ({ commands }: Company, rules: readonly Rule[]): ByCommand => {
  const heads = rules.map((rule) => ({ rule, actions: actionsOf(rule) }))
  return new Map(
    commands.map((listed) => [
      listed,
      heads
        .filter(({ actions }) => actions === 'every' || actions.has(listed.manifest.command))
        .map(({ rule }) => rule),
    ]),
  )
}

const neverMatching = (rule: Rule, byCommand: ByCommand): Complaint[] => {
  if ([...byCommand.values()].some((matching) => matching.includes(rule))) return []
  return [{ policy: rule.id, say: 'It names no command of the company, so it never matches.', weight: 'refused' }]
}

const aboutCommand = (listed: ListedCommand, matching: readonly Rule[]): Complaint[] => {
  const { command } = listed.manifest
  const tier = tierOf(listed)
  const byPlace = isAtLeast(tier, 'sensitive') ? matching.filter(permitsByPlace) : []
  const noReason = Object.hasOwn(argumentTypes(listed), 'reason')
    ? []
    : matching.filter(({ owes }) => owes?.kind === 'reason')
  return [
    ...byPlace.map(({ id }) => ({
      policy: id,
      command,
      say: `It permits "${command}" by room or platform, which only the server says: from sensitive up those may only forbid.`,
      weight: 'refused' as const,
    })),
    ...noReason.map(({ id }) => ({
      policy: id,
      command,
      say: `It owes a reason, and "${command}" takes none: only commands from dangerous up take -reason.`,
      weight: 'refused' as const,
    })),
    ...matching.flatMap((rule) => readsFraction(listed, rule)),
    ...matching.flatMap((rule) => manyValued(listed, rule)),
  ]
}

/** Cedar cannot hold a fraction, and who guards an amount must see each. */
const readsFraction = (listed: ListedCommand, rule: Rule): Complaint[] => {
  const { args } = readsOf([rule])
  const { command } = listed.manifest
  return fractional(listed)
    .filter((name) => args === 'all' || args.has(name))
    .map((name) => ({
      policy: rule.id,
      command,
      say: `It reads <${name}> of "${command}", which is a number: policy counts in whole numbers and cannot hold a fraction. Declare it as an int instead, an amount of money in cents.`,
      weight: 'refused',
    }))
}

/** An answer is kept by what policies read: an argument that is new each time makes each answer new. */
const manyValued = (listed: ListedCommand, rule: Rule): Complaint[] => {
  const { args } = readsOf([rule])
  const taken = Object.keys(argumentTypes(listed))
  const apart = fewValued(listed).union(new Set(fractional(listed)))
  const many = taken.filter((name) => (args === 'all' || args.has(name)) && !apart.has(name))
  const { command } = listed.manifest
  return many.map((name) => ({
    policy: rule.id,
    command,
    say: `It reads <${name}> of "${command}", which has many values: each is decided anew. List its values in the template, if they are few.`,
    weight: 'slow',
  }))
}

/** What Cedar's own validator says, command by command: a policy for several may well be impossible for some. */
const invalid = (rules: readonly Rule[], byCommand: ByCommand): Complaint[] => {
  const findings = [...byCommand].flatMap(([listed, matching]) =>
    findingsOf(matching, schemaFor(listed, matching)).map((finding) => ({
      ...finding,
      command: listed.manifest.command,
    })),
  )
  const impossible = Map.groupBy(
    findings.filter(({ kind }) => kind === 'impossible'),
    ({ policy }) => policy,
  )
  const matched = Map.groupBy([...byCommand.values()].flat(), ({ id }) => id)
  const neverHolds = rules.filter(
    ({ id }) => impossible.has(id) && impossible.get(id)?.length === matched.get(id)?.length,
  )
  return [
    ...findings
      .filter(({ kind }) => kind === 'wrong')
      .map(({ policy, command, say }) => ({
        policy,
        command,
        say: `For "${command}": ${say}.`,
        weight: 'refused' as const,
      })),
    ...neverHolds.map(({ id }) => ({
      policy: id,
      say: 'Its conditions can never hold, so it never matches.',
      weight: 'refused' as const,
    })),
  ]
}
