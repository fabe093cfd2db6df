import type { Company } from '#core/bundle/company.ts'
import type { ListedCommand } from '#core/command/manifest.ts'
import { type Near, nearIndex } from '#core/command/near.ts'
import { actionsOf } from './heads.ts'
import { type Named, namesIn } from './named.ts'
import { nobody, ownTypes } from './question.ts'
import type { Rule } from './ruling.ts'
import { isInspected, textDomains } from './schema.ts'

/** Finds what a company's rules name, and the company does not have. */
export type UnknownNames = {
  /** A sentence for each name of a rule that does not exist, with the name that is probably meant. */
  of(rule: Rule): readonly string[]
  /** The commands that a rule with such a name could match. */
  reach(rule: Rule): Iterable<string>
}

/**
 * Reads no more of a policy than its syntax: cheap enough for each start, where Cedar's validator is not.
 */
export const unknownNames = (company: Company): UnknownNames => {
  const commands = new Map(company.commands.map((listed) => [listed.manifest.command, listed]))
  const platforms = platformsOf(company)
  const owners = new Set(company.owners.values())
  const known: Known = {
    company,
    commands,
    platforms,
    owners,
    near: {
      person: nearIndex([...company.people.keys()]),
      group: nearIndex([...company.groups.keys()]),
      command: nearIndex([...commands.keys()]),
      owner: nearIndex([...owners]),
      room: nearIndex([...company.rooms.keys()]),
      platform: nearIndex([...platforms]),
    },
  }
  return {
    of: (rule) => {
      const names = namesIn(rule)
      if (names.length === 0) return []
      const matching = lazily(() => matchingOf(rule, commands))
      return [...new Set(names.flatMap((name) => complaintOf(name, known, matching) ?? []))]
    },
    reach: (rule) => reachOf(rule, known),
  }
}

type Known = {
  readonly company: Company
  readonly commands: ReadonlyMap<string, ListedCommand>
  readonly platforms: ReadonlySet<string>
  /** Groups that answer for something. */
  readonly owners: ReadonlySet<string>
  /** What could be meant by a name; each is made ready when it is first asked. */
  readonly near: Readonly<Record<'person' | 'group' | 'command' | 'owner' | 'room' | 'platform', Near>>
}

/** Our own platform, and those that the bundle names a place or an account on. */
const platformsOf = ({ people, rooms }: Company): ReadonlySet<string> =>
  new Set([
    'native',
    ...[...rooms.values()].flatMap(({ places }) => places.map(({ platform }) => platform)),
    ...[...people.values()].flatMap(({ accounts }) => accounts.map(({ platform }) => platform)),
  ])

const matchingOf = (rule: Rule, commands: Known['commands']): readonly ListedCommand[] => {
  const actions = actionsOf(rule)
  return actions === 'every' ? [...commands.values()] : [...actions].flatMap((name) => commands.get(name) ?? [])
}

/**
 * What a forbid for a command that does not exist was meant for, nobody knows: the commands of a similar name, or else
 * all of them. A permit that names no command permits nothing.
 */
const reachOf = (rule: Rule, { commands, near }: Known): Iterable<string> => {
  const actions = actionsOf(rule)
  if (actions === 'every') return commands.keys()
  const named = namesInHead(rule)
  const lost = rule.effect === 'forbid' ? named.filter((name) => !commands.has(name) || !actions.has(name)) : []
  const meant = lost.map((name) => (commands.has(name) ? [name] : near.command(name, any)))
  if (meant.some((names) => names.length === 0)) return commands.keys()
  return new Set([...[...actions].filter((name) => commands.has(name)), ...meant.flat()])
}

const namesInHead = ({ action }: Rule): readonly string[] => {
  const entities = 'entities' in action ? action.entities : 'entity' in action ? [action.entity] : []
  return entities.map((entity) => ('__entity' in entity ? entity.__entity.id : entity.id))
}

/** @param matching the commands that the rule can match */
const complaintOf = (
  named: Named,
  { company, commands, platforms, owners, near }: Known,
  matching: () => readonly ListedCommand[],
): string | undefined => {
  const { people, groups, rooms } = company
  switch (named.what) {
    case 'person':
      if (people.has(named.name) || named.name === nobody) return undefined
      return none(named.name, near.person, (id) => `Person::"${id}"`)
    case 'group':
      return groups.has(named.name) ? undefined : none(named.name, near.group, (id) => `Group::"${id}"`)
    case 'command':
      return commands.has(named.name) ? undefined : none(named.name, near.command, (id) => `Action::"${id}"`)
    case 'owner':
      return owners.has(named.name) ? undefined : noOwner(named.name, near.owner)
    case 'room':
      if ([...rooms.keys()].some(named.matches)) return undefined
      return none(named.name, near.room, (name) => `the room "${name}"`)
    case 'platform':
      if ([...platforms].some(named.matches)) return undefined
      return none(named.name, near.platform, (name) => `the platform "${name}"`)
    case 'argument':
      return noArgument(named.name, matching())
    case 'value':
      return noValue(named, company, matching())
    case 'fact':
      return noFact(named.name, matching())
    case 'target':
      return noTarget(named, matching())
    case 'type':
      return none(named.name, nearIndex(ownTypes), (name) => `the type ${name}`)
    case 'attribute':
      return none(named.name, nearIndex(attributes), (name) => name)
  }
}

const attributes = [
  'context.room',
  'context.platform',
  'context.args',
  'resource.id',
  'resource.owner',
  'resource.facts',
]

const noOwner = (group: string, near: Near): string => {
  const [meant] = near(group, any)
  const what = meant === undefined ? 'Correct the name, or add a label there.' : `Did you mean Group::"${meant}"?`
  return `It names Group::"${readable(group)}" as an owner, and no label under "owners" in company.yaml leads to that group. ${what}`
}

const noArgument = (name: string, matching: readonly ListedCommand[]): string | undefined => {
  if (matching.length === 0 || matching.some((listed) => textDomains(listed).has(name))) return undefined
  const names = new Set(matching.flatMap((listed) => [...textDomains(listed).keys()]))
  return none(name, nearIndex([...names]), (argument) => `the argument context.args.${argument}`)
}

/** Only arguments of which all values are known can be compared with one that does not exist. */
const noValue = (
  { argument, name, matches }: Extract<Named, { what: 'value' }>,
  { people, groups }: Company,
  matching: readonly ListedCommand[],
): string | undefined => {
  const domains = matching.flatMap((listed) => textDomains(listed).get(argument) ?? [])
  const values = domains.map((domain) => {
    if (domain === 'person') return [...people.keys()]
    return domain === 'group' ? [...groups.keys()] : domain
  })
  const every = values.flatMap((some) => (some === 'any' ? [] : some))
  if (values.length === 0 || values.includes('any') || every.some(matches)) return undefined
  return none(name, nearIndex(every), (value) => `the value "${value}" of context.args.${argument}`)
}

const noFact = (name: string, matching: readonly ListedCommand[]): string | undefined => {
  if (matching.length === 0) return undefined
  if (matching.some(isInspected) && /^[a-z][A-Za-z0-9]{0,63}$/.test(name)) return undefined
  return none(name, nearIndex([]), (fact) => `the fact resource.facts.${fact}`)
}

/** Without a look at the target, a command's resource is the system of its plugin. */
const noTarget = (
  { type, id }: Extract<Named, { what: 'target' }>,
  matching: readonly ListedCommand[],
): string | undefined => {
  if (matching.length === 0) return undefined
  const isType = /^[A-Z][A-Za-z0-9]{0,63}$/.test(type) && !ownTypes.includes(type)
  if (matching.some(isInspected) && isType) return undefined
  if (type !== 'System') return none(type, nearIndex(['System']), (name) => `the type ${name} of a target`)
  const plugins = new Set(matching.map(({ manifest }) => manifest.plugin))
  return id === undefined || plugins.has(id)
    ? undefined
    : none(id, nearIndex([...plugins]), (plugin) => `System::"${plugin}"`)
}

const none = (name: string, near: Near, shown: (name: string) => string): string => {
  const [meant] = near(name, any)
  const what = meant === undefined ? 'correct the name, or add it.' : `did you mean ${shown(meant)}?`
  return `It names ${shown(readable(name))}, which does not exist: ${what}`
}

/** A name as people may be shown it: not too long, and nothing in it that nobody sees. */
const readable = (name: string): string => {
  const characters = [...name.replace(/\p{C}/gu, '\u{fffd}')]
  return characters.length > 80 ? `${characters.slice(0, 80).join('')}…` : characters.join('')
}

const any = (): boolean => true

const lazily = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
