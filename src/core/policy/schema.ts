import { type ListedCommand, tierOf } from '#core/command/manifest.ts'
import { templateOf, partsOf as templateParts } from '#core/command/template.ts'
import type { CedarPolicy, CedarSchema } from './cedar.ts'
import { entitiesOf, typesOf } from './expression.ts'
import { factTypes } from './fact-types.ts'
import { ownTypes } from './question.ts'

/**
 * What Cedar's validator is told of one command: its arguments as its template types them, and resources of every type
 * that its policies name. Each fact may be absent, so a policy asks `resource.facts has plan` before it reads it.
 * @param policies those that can match the command
 */
export const schemaFor = (listed: ListedCommand, policies: readonly CedarPolicy[]): CedarSchema => {
  const { command } = listed.manifest
  const types = resourceTypes(listed, policies)
  const others = policies.flatMap(entitiesOf).filter(({ type, id }) => type === 'Action' && id !== command)
  return {
    '': {
      entityTypes: {
        Person: { memberOfTypes: ['Group'] },
        Group: {},
        ...Object.fromEntries(types.map((type) => [type, { shape: resourceShape(listed, policies) }])),
      },
      actions: {
        ...Object.fromEntries(others.map(({ id }) => [id, {}])),
        [command]: {
          appliesTo: {
            principalTypes: ['Person'],
            resourceTypes: [...types],
            context: record({ room: text, platform: text, args: record(argumentTypes(listed)) }),
          },
        },
      },
    },
  }
}

/** The arguments of a command that policies may read, with Cedar's types. A `number` may be a fraction, and is none. */
export const argumentTypes = (listed: ListedCommand): Readonly<Record<string, Attribute>> => {
  const parts = templateParts(templateOf(listed).steps)
  return Object.fromEntries(
    parts.flatMap(({ part, required }): [string, Attribute][] => {
      if (part.kind === 'literal') return part.name === undefined ? [] : [[part.name, { type: 'Boolean' }]]
      if (part.type.name === 'number') return []
      const type = part.type.name === 'int' ? 'Long' : 'String'
      return [[part.name, part.many === 'list' ? { type: 'Set', element: { type }, required } : { type, required }]]
    }),
  )
}

/** Arguments that take one of few values: those whose values stand in the template, and switches. */
export const fewValued = (listed: ListedCommand): ReadonlySet<string> =>
  new Set(
    templateParts(templateOf(listed).steps).flatMap(({ part }) => {
      if (part.kind === 'literal') return part.name ?? []
      return part.type.name.includes('|') && part.many === 'one' ? part.name : []
    }),
  )

/** Whether a runner looks at the command's target. Nobody is asked for an `open` one. */
export const isInspected = ({ tier, manifest }: ListedCommand): boolean =>
  manifest.inspects && tierOf({ tier, manifest }) !== 'open'

type Attribute =
  | { readonly type: 'String' | 'Long' | 'Boolean'; readonly required?: boolean }
  | { readonly type: 'Set'; readonly element: { readonly type: 'String' | 'Long' }; readonly required?: boolean }

const text = { type: 'String' } as const

const record = <A>(attributes: A) => ({ type: 'Record', attributes }) as const

/** Without `inspect` the target is the plugin's system; what `inspect` gives is known only as far as policies name it. */
const resourceTypes = (listed: ListedCommand, policies: readonly CedarPolicy[]): readonly string[] => {
  if (!isInspected(listed)) return ['System']
  const named = [...policies.flatMap(typesOf), ...policies.flatMap(entitiesOf).map(({ type }) => type)]
  const types = [...new Set(named)].filter((type) => !ownTypes.includes(type)).sort()
  return types.length > 0 ? types : ['Resource']
}

const resourceShape = (listed: ListedCommand, policies: readonly CedarPolicy[]) => {
  const facts = isInspected(listed) ? factTypes(policies) : new Map()
  return record({
    id: text,
    owner: { type: 'Entity', name: 'Group', required: false },
    facts: record(
      Object.fromEntries(
        [...facts].map(([name, type]) => [
          name,
          type === 'Set' ? { type, element: text, required: false } : { type, required: false },
        ]),
      ),
    ),
  } as const)
}
