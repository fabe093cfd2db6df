import type { Company } from '#core/bundle/company.ts'
import { tierOf } from '#core/command/manifest.ts'
import { isAtLeast, type Tier, tiers } from '#core/tier.ts'
import { headOf } from './cedar-text.ts'
import { type Policy, policyOf } from './decide.ts'
import type { Requirement } from './decision.ts'
import { giversOf, mostOf, peopleFor } from './givers.ts'
import { type Complaint, lint } from './lint.ts'
import { type Party, partiesOf, soleParties } from './parties.ts'
import { readsOf } from './reads.ts'
import { readRules, rulesFor } from './ruling.ts'
import { fractional } from './schema.ts'
import { isInspected } from './taken.ts'
import { tierRule } from './tiers.ts'

/** Who could run a command on targets of one owner, and what that takes at the very least. */
export type Possibility = {
  readonly command: string
  readonly runner: string
  readonly tier: Tier
  /** The system's own label; absent for a target without one. */
  readonly owner?: string
  readonly people: readonly string[]
  readonly owes: readonly Requirement[]
}

/** A place where one person or one part reaches further than its tier. */
export type SoftSpot = {
  /** What `accepted` in company.yaml calls it. */
  readonly name: string
  readonly say: string
  /** The company's reason to live with it. */
  readonly accepted?: string
}

/** What one party alone could run. */
export type Reach = {
  readonly party: string
  /** The highest tier that it is meant to reach; absent where that is nothing. */
  readonly upTo?: Tier
  /** Of each tier that has commands. */
  readonly tiers: readonly { readonly tier: Tier; readonly commands: number; readonly reached: readonly string[] }[]
}

export type Report = {
  readonly possibilities: readonly Possibility[]
  /** Each single party. */
  readonly parties: readonly Reach[]
  readonly softSpots: readonly SoftSpot[]
  readonly complaints: readonly Complaint[]
  /** What is safe, and will not work. */
  readonly notes: readonly string[]
  /** No policy is refused, and every soft spot is accepted. */
  readonly passed: boolean
}

/**
 * Goes through people × commands × owners under the boldest reading of the policies: every permit's conditions hold, and
 * no condition of a forbid does. What nobody reaches so, nobody reaches.
 */
export const check = (company: Company): Report => {
  const complaints = lint(company)
  const refused = complaints.some(({ weight }) => weight === 'refused')
  if (refused) return { possibilities: [], parties: [], softSpots: [], complaints, notes: [], passed: false }
  const possibilities = possibilitiesOf(company, policyOf({ company: boldest(company) }))
  const softSpots = softSpotsOf(company, possibilities).map((spot) => {
    const accepted = company.accepted.get(spot.name)
    return accepted === undefined ? spot : { ...spot, accepted }
  })
  return {
    possibilities,
    parties: partiesOf(company).map((party) => reachOf(party, company, possibilities)),
    softSpots,
    complaints,
    notes: [...ownerless(company), ...fractions(company), ...tooFew(company, possibilities)],
    passed: softSpots.every(({ accepted }) => accepted !== undefined),
  }
}

const boldest = (company: Company): Company => ({
  ...company,
  policies: new Map(
    readRules(company)
      .filter(
        ({ effect, conditions, resource }) => effect === 'permit' || (conditions.length === 0 && resource.op === 'All'),
      )
      .map((rule) => [rule.id, headOf(rule)]),
  ),
})

const possibilitiesOf = (company: Company, policy: Policy): readonly Possibility[] =>
  company.commands.flatMap((listed) => {
    const { manifest, runner } = listed
    const { command, plugin } = manifest
    const tier = tierOf(listed)
    const owners = isInspected(listed) ? [...company.owners.keys(), undefined] : [undefined]
    return owners.flatMap((owner) => {
      const resource = { type: 'System', id: plugin, facts: {}, ...(owner !== undefined && { owner }) }
      const byOwes = new Map<string, { owes: readonly Requirement[]; people: string[] }>()
      for (const requester of company.people.keys()) {
        const decision = policy.decide({ requester, command, args: {}, resource, room: '-', platform: '-' }, listed)
        if (decision.outcome === 'deny') continue
        const owes = decision.outcome === 'owes' ? decision.owes : []
        const same = byOwes.get(JSON.stringify(owes)) ?? { owes, people: [] }
        same.people.push(requester)
        byOwes.set(JSON.stringify(owes), same)
      }
      return [...byOwes.values()].map((same) => ({
        command,
        runner,
        tier,
        ...(owner !== undefined && { owner }),
        ...same,
      }))
    })
  })

const reachOf = (party: Party, { commands }: Company, possibilities: readonly Possibility[]): Reach => {
  const reached = new Set(possibilities.filter((one) => party.reaches(one)).map(({ command }) => command))
  return {
    party: party.name,
    ...(party.upTo !== undefined && { upTo: party.upTo }),
    tiers: tiers.flatMap((tier) => {
      const names = commands.filter((listed) => tierOf(listed) === tier).map(({ manifest }) => manifest.command)
      return names.length === 0
        ? []
        : [{ tier, commands: names.length, reached: names.filter((name) => reached.has(name)) }]
    }),
  }
}

const softSpotsOf = (company: Company, possibilities: readonly Possibility[]): SoftSpot[] => {
  const spots = soleParties(company).flatMap((party) => {
    const { name, upTo = 'open' } = party
    const above = possibilities.filter(({ tier }) => tier !== upTo && isAtLeast(tier, upTo))
    const commands = new Set(above.filter((one) => party.reaches(one)).map(({ command }) => command))
    return [...commands].map((command) => ({
      name: `${name} reaches ${command}`,
      say: `${name} alone could run "${command}", and may reach ${upTo} commands at most.`,
    }))
  })
  return [
    ...spots,
    ...oneAdministrator(company),
    ...chatWords(company),
    ...attestedFactors(company),
    ...softwareKeys(company),
  ]
}

const oneAdministrator = ({ root }: Company): SoftSpot[] =>
  root.threshold > 1
    ? []
    : [{ name: 'one administrator', say: 'One administrator alone can sign a bundle, and so change every rule.' }]

const chatWords = ({ attested }: Company): SoftSpot[] =>
  attested.words.length === 0
    ? []
    : [
        {
          name: 'chat words',
          say: `A word in chat counts as consent for ${attested.words.join(', ')}: who owns chat account, platform or server can give it.`,
        },
      ]

const attestedFactors = ({ attested }: Company): SoftSpot[] =>
  attested.factors.size === 0
    ? []
    : [
        {
          name: 'attested factors',
          say: `What the server attests counts as consent of who asked (${[...attested.factors].map(([factor, tier]) => `${factor} up to ${tier}`).join(', ')}): who owns the server can give it.`,
        },
      ]

const softwareKeys = (company: Company): SoftSpot[] => {
  const counts = company.commands.some((listed) => {
    const tier = tierOf(listed)
    return isAtLeast(tier, 'sensitive') && tierRule(tier, company.limits).key === 'software'
  })
  const holders = [...company.people.values()].filter((person) =>
    person.keys.some((key) => mostOf(person, key) === 'software'),
  )
  if (!counts || holders.length === 0) return []
  const names = holders.map(({ id }) => id).join(', ')
  return [
    {
      name: 'software keys',
      say: `Keys that are files count from sensitive up: who copies one is its person (${names}).`,
    },
  ]
}

const ownerless = ({ commands }: Company): string[] =>
  commands
    .filter((listed) => isAtLeast(tierOf(listed), 'dangerous') && !isInspected(listed))
    .map(({ manifest }) => `"${manifest.command}" never runs: its target has no owner, because it does not inspect it.`)

/** Where policies read any argument, all of them must be such as Cedar can hold. */
const fractions = (company: Company): string[] => {
  const rules = readRules(company)
  return company.commands.flatMap((listed) => {
    const { command } = listed.manifest
    const { args } = readsOf(rulesFor(rules, command, tierOf(listed)))
    if (args !== 'all' && args.size === 0) return []
    return fractional(listed).map(
      (name) =>
        `"${command}" is refused where <${name}> is a fraction: policy reads its arguments, and counts in whole numbers.`,
    )
  })
}

const tooFew = (company: Company, possibilities: readonly Possibility[]): string[] => {
  const notes = possibilities.flatMap(({ command, owner, people, owes }) =>
    owes.flatMap((owed) =>
      people
        .filter((person) => giversOf(company, owed, person).length < peopleFor(owed))
        .map((person) => {
          const target = owner === undefined ? '' : ` on what ${owner} owns`
          const what = owed.kind === 'approval' ? `approvals of ${owed.count} in ${owed.group}` : `a ${owed.kind}`
          return `${person} cannot run "${command}"${target}: too few could give ${what}.`
        }),
    ),
  )
  return [...new Set(notes)]
}
