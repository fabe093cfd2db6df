import type { Company } from '#core/bundle/company.ts'
import { tierOf } from '#core/command/manifest.ts'
import { isAtLeast } from '#core/tier.ts'
import { actionsOf } from './heads.ts'
import { permitsByPlace, type Rule } from './ruling.ts'
import { whomOf } from './whom.ts'

/** Reads the heads of permits once; see `ToldPolicy.mayEver`. */
export const mayEver = (company: Company, rules: readonly Rule[]) => {
  const permits = rules.filter(({ effect }) => effect === 'permit')
  const open = new Set<string>()
  const everybody = new Set<string>()
  const byGroup = new Map<string, Set<string>>()
  const byPerson = new Map<string, Set<string>>()
  const setOf = (sets: Map<string, Set<string>>, name: string): Set<string> => {
    const set = sets.get(name) ?? new Set()
    sets.set(name, set)
    return set
  }
  const tiers = new Map(company.commands.map(({ manifest, tier }) => [manifest.command, tierOf({ tier, manifest })]))
  for (const [name, tier] of tiers) if (tier === 'open') open.add(name)
  for (const permit of permits) {
    const whom = whomOf(permit)
    if (whom === 'nobody') continue
    const set =
      whom === 'everybody' ? everybody : 'group' in whom ? setOf(byGroup, whom.group) : setOf(byPerson, whom.person)
    const byPlace = permitsByPlace(permit)
    const actions = actionsOf(permit)
    for (const name of actions === 'every' ? tiers.keys() : actions) {
      const tier = tiers.get(name)
      if (tier !== undefined && !(byPlace && isAtLeast(tier, 'sensitive'))) set.add(name)
    }
  }
  const made = new Map<string, ReadonlySet<string>>()
  return (person: string | undefined): ReadonlySet<string> => {
    if (person === undefined || !company.people.has(person)) return open
    const kept = made.get(person)
    if (kept) return kept
    const sets = [open, everybody, byPerson.get(person) ?? new Set<string>()]
    for (const [group, members] of company.groups) if (members.has(person)) sets.push(byGroup.get(group) ?? new Set())
    const all = new Set(sets.flatMap((set) => [...set]))
    made.set(person, all)
    return all
  }
}
