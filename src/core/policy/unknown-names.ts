import type { Company } from '#core/bundle/company.ts'
import type { ListedCommand } from '#core/command/manifest.ts'
import type { Part } from '#core/command/part.ts'
import type { ArgumentType } from '#core/command/types/argument-type.ts'
import { cut } from '#core/text/cut.ts'
import { actionsOf } from './heads.ts'
import { type Named, namesIn } from './named.ts'
import { nobody, ownTypes } from './question.ts'
import type { Rule } from './ruling.ts'
import { isInspected, takenBy } from './taken.ts'

/** A name in a policy that nothing in the company has. */
export type UnknownName = {
  /** As people may be shown it. */
  readonly name: string
  /** How a name of its kind is written. */
  readonly shown: (name: string) => string
  /** What is wrong, in a sentence without its end. */
  readonly say: string
  /** The names that there are. */
  readonly known: Names
}

/** A set or a map of names. */
type Names = { has(name: string): boolean; keys(): Iterable<string> }

type What = Named['what']

/** How a name of each kind is written; `of` is what it is compared with. */
const written: Readonly<Record<What, (name: string, of: string) => string>> = {
  person: (id) => `Person::"${id}"`,
  group: (id) => `Group::"${id}"`,
  command: (id) => `Action::"${id}"`,
  owner: (id) => `Group::"${id}" as an owner`,
  room: (room) => `the room "${room}"`,
  platform: (platform) => `the platform "${platform}"`,
  argument: (argument) => `the argument context.args.${argument}`,
  value: (value, of) => `the value "${value}" of context.args.${of}`,
  fact: (fact) => `the fact resource.facts.${fact}`,
  target: (type) => `the type ${type} of a target`,
  system: (plugin) => `System::"${plugin}"`,
  requester: (type) => `the type ${type} for who asks`,
  member: (type) => `the type ${type} for what a person is in`,
  type: (type) => `the type ${type}`,
  attribute: (attribute) => attribute,
}

/** What such a name lacks, where it is more than that it does not exist. */
const lacks: Readonly<Partial<Record<What, string>>> = {
  owner: 'and no label under "owners" in company.yaml leads to that group',
  requester: 'who is a Person',
  member: 'which is a Group',
}

/**
 * Finds what a company's rules name, and the company does not have. It reads no more of a policy than its syntax: cheap
 * enough for each start, where Cedar's validator is not.
 */
export const unknownNames = (company: Company): ((rule: Rule) => readonly UnknownName[]) => {
  const commands = new Map(company.commands.map((listed) => [listed.manifest.command, listed]))
  const owners = new Set(company.owners.values())
  const platforms = platformsOf(company)
  const every = lookAt(company.commands)
  return (rule) => {
    const actions = actionsOf(rule)
    const { isAny, looksAtTarget, plugins, taken } =
      actions === 'every' ? every : lookAt([...actions].flatMap((name) => commands.get(name) ?? []))
    const known: Readonly<Record<What, (name: string, of: string) => Names | 'any'>> = {
      person: (name) => (name === nobody ? 'any' : company.people),
      group: () => company.groups,
      command: () => commands,
      owner: () => owners,
      room: () => company.rooms,
      platform: () => platforms,
      argument: () => (isAny() ? taken() : 'any'),
      value: (_, of) => valuesOf(taken().get(of) ?? [], company),
      fact: (name) => (!isAny() || (looksAtTarget() && factName.test(name)) ? 'any' : new Set()),
      target: (name) => (!isAny() || (looksAtTarget() && isTargetType(name)) ? 'any' : new Set(['System'])),
      system: () => (!isAny() || looksAtTarget() ? 'any' : plugins()),
      requester: () => askers,
      member: () => askerIn,
      type: () => new Set(ownTypes),
      attribute: () => attributes,
    }
    return namesIn(rule).flatMap((named) => unknown(named, known[named.what](named.name, named.of ?? '')) ?? [])
  }
}

/** @param known what may be named; `any` where nothing is known of it */
const unknown = ({ what, name, of = '', fits }: Named, known: Names | 'any'): UnknownName | undefined => {
  if (known === 'any' || (fits ? [...known.keys()].some(fits) : known.has(name))) return undefined
  const shown = (other: string): string => written[what](other, of)
  const seen = readable(name)
  return { name: seen, shown, say: `It names ${shown(seen)}, ${lacks[what] ?? 'which does not exist'}`, known }
}

const attributes: Names = new Set([
  ...['context.room', 'context.platform', 'context.args'],
  ...['resource.id', 'resource.owner', 'resource.facts'],
])

const askers: Names = new Set(['Person'])
const askerIn: Names = new Set(['Person', 'Group'])

/** Our own platform, and those that the bundle names a place or an account on. */
const platformsOf = ({ platforms }: Company): Names => new Set(['native', ...platforms.keys()])

/** What a rule's names are looked up in: the commands that it can match. Each is worked out once, when it is asked for. */
const lookAt = (matching: readonly ListedCommand[]) => ({
  isAny: () => matching.length > 0,
  looksAtTarget: lazily(() => matching.some(isInspected)),
  plugins: lazily(() => new Set(matching.map(({ manifest }) => manifest.plugin))),
  taken: lazily(() => takenBy(matching)),
})

/** Only where all that an argument can be is known, can it be compared with what does not exist. */
const valuesOf = (parts: readonly Part[], { people, groups }: Company): Names | 'any' => {
  const types = parts.map((part) => (part.kind === 'slot' ? part.type : undefined))
  const isFree = types.some((type) => !type || (!type.values && type.name !== 'person' && type.name !== 'group'))
  if (isFree || types.length === 0) return 'any'
  const listOf = ({ name, values = [] }: ArgumentType): Iterable<string> =>
    name === 'person' ? people.keys() : name === 'group' ? groups.keys() : values
  return new Set(types.flatMap((type) => (type ? [...listOf(type)] : [])))
}

/** Plugins do not declare what facts and types of targets they give: of a command that looks at its target, any may be. */
const factName = /^[a-z][A-Za-z0-9]{0,63}$/
const isTargetType = (type: string): boolean => /^[A-Z][A-Za-z0-9]{0,63}$/.test(type) && !ownTypes.includes(type)

const lazily = <T>(make: () => T): (() => T) => {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** Not too long, and nothing in it that nobody sees. */
const readable = (name: string): string => cut(name.replace(/\p{C}/gu, '\u{fffd}'), 80)
