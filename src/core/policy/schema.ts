import { type ListedCommand, tierOf } from '#core/command/manifest.ts'
import { slotsOf, templateOf, partsOf as templateParts } from '#core/command/template.ts'
import { isAtLeast } from '#core/tier.ts'
import type { CedarPolicy, Expr } from './cedar.ts'
import type { CedarSchema } from './cedar-validator.ts'
import { partsOf, pathOf } from './expression.ts'
import { type FactType, factTypes } from './fact-types.ts'
import { entitiesOf, typesOf } from './mentioned.ts'
import { ownTypes } from './question.ts'
import { isInspected } from './taken.ts'

/**
 * What Cedar's validator is told of one command: its arguments as its template types them, and resources of every type
 * that its policies name. Each fact may be absent, so a policy asks `resource.facts has plan` before it reads it. A room
 * is absent where a conversation is none of the company's rooms: a policy that reads it there errs, which denies. Only
 * where policies ask `context has room` are they held to ask it each time. From `sensitive` up there always is one.
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
            context: record({
              room: { ...text, required: !policies.some(asksForRoom) || isAtLeast(tierOf(listed), 'sensitive') },
              platform: text,
              args: record(argumentTypes(listed)),
            }),
          },
        },
      },
    },
  }
}

/** The arguments of a command, with Cedar's types. */
export const argumentTypes = (listed: ListedCommand): Readonly<Record<string, Attribute>> => {
  const parts = templateParts(templateOf(listed).steps)
  return Object.fromEntries(
    parts.flatMap(({ part, required }): [string, Attribute][] => {
      if (part.kind === 'literal') return part.name === undefined ? [] : [[part.name, { type: 'Boolean' }]]
      const type = part.type.name === 'int' || part.type.name === 'number' ? 'Long' : 'String'
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

/** Arguments that may be fractions, which Cedar cannot hold: no policy may read them. */
export const fractional = (listed: ListedCommand): readonly string[] =>
  slotsOf(templateOf(listed)).flatMap(({ name, type }) => (type.name === 'number' ? name : []))

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
  const facts = isInspected(listed) ? factTypes(policies) : new Map<string, FactType>()
  return record({
    id: text,
    owner: { type: 'Entity', name: 'Group', required: false },
    facts: record(
      Object.fromEntries(
        [...facts].map(([name, type = 'String']) => [
          name,
          type === 'Set' ? { type, element: text, required: false } : { type, required: false },
        ]),
      ),
    ),
  } as const)
}

/** Whether a policy asks `context has room`, and so knows that there may be none. */
const asksForRoom = ({ conditions }: CedarPolicy): boolean => conditions.some(({ body }) => asksForRoomIn(body))

const asksForRoomIn = (expr: Expr): boolean =>
  ('has' in expr && pathOf(expr)?.join() === 'context,room') || partsOf(expr).some(asksForRoomIn)
