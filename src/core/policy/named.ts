import type { EntityId, Expr } from './cedar.ts'
import { entitiesInHead, entityIn, partsOf, pathOf } from './expression.ts'
import type { Rule } from './ruling.ts'

/**
 * Something that a policy names: `owner` is a group as the one that answers for a target; `target` a target's type, and
 * `system` the id of a plugin's; `value` what the argument `of` is compared with; `requester` the type
 * of what who asks is compared with, and `member` of what they are in; `type` an entity type that is none, and
 * `attribute` nothing of what a policy can ask for.
 */
export type Named = {
  readonly what:
    | ('person' | 'group' | 'command' | 'owner' | 'room' | 'platform' | 'requester' | 'member')
    | ('argument' | 'value' | 'fact' | 'target' | 'system' | 'type' | 'attribute')
  readonly name: string
  readonly of?: string
  /** Where it is a pattern: whether a text fits it. */
  readonly fits?: (text: string) => boolean
}

/** All that a rule names, in its head, its conditions, and what it makes owed. */
export const namesIn = ({ principal, action, resource, conditions, owes }: Rule): readonly Named[] => [
  ...(principal.op === 'is' && principal.entity_type !== 'Person' ? [noType(principal.entity_type)] : []),
  ...entitiesInHead(principal).map(entityName),
  ...entitiesInHead(principal).map((entity) => askedAs(entity, principal.op !== '==')),
  ...entitiesInHead(action).map(entityName),
  ...(resource.op === 'is' ? [{ what: 'target', name: resource.entity_type } as const] : []),
  ...entitiesInHead(resource).flatMap(targetNames),
  ...conditions.flatMap(({ body }) => inside(body, false)),
  ...(owes?.kind === 'approval' && owes.from !== 'resource.owner'
    ? [{ what: 'group', name: owes.from.group } as const]
    : []),
]

/** @param isTarget whether what stands here is compared with the resource */
const inside = (expr: Expr, isTarget: boolean): readonly Named[] => {
  const path = pathOf(expr)
  if (path) return alongPath(path)
  const entity = entityIn(expr)
  if (entity) return isTarget ? targetNames(entity) : [entityName(entity)]
  const sides = sidesOf(expr)
  const isAboutTarget = sides ? holdsResource(expr) : isTarget
  return [
    ...(sides ? compared(...sides, 'in' in expr || 'is' in expr) : []),
    ...alternatives(expr).flatMap((one) => alongPath(pathOf(one) ?? [])),
    ...likened(expr),
    ...asked(expr),
    ...partsOf(expr).flatMap((part) => inside(part, isAboutTarget)),
  ]
}

const roots: Readonly<Record<string, readonly string[]>> = {
  principal: [],
  action: [],
  context: ['room', 'platform', 'args'],
  resource: ['id', 'owner', 'facts'],
}

/** The attributes that a path walks: only arguments and facts lie deeper than one step. */
const alongPath = ([root = '', part, name, ...deeper]: readonly string[]): readonly Named[] => {
  if (part === undefined) return []
  const isOpen = part === 'args' || part === 'facts'
  if (!roots[root]?.includes(part) || (!isOpen && name !== undefined) || deeper.length > 0) {
    const walked = [root, part, name, ...deeper].filter((step) => step !== undefined)
    return [{ what: 'attribute', name: walked.join('.') }]
  }
  if (name === undefined) return []
  return [{ what: part === 'args' ? 'argument' : 'fact', name }]
}

/** The two sides of a comparison, whether of single values or of sets. */
const sidesOf = (expr: Expr): readonly [Expr, Expr] | undefined => {
  for (const operator of ['==', '!=', 'in', 'contains', 'containsAll', 'containsAny'] as const) {
    const operands: unknown = (expr as Readonly<Record<string, unknown>>)[operator]
    if (operands === undefined) continue
    const { left, right } = operands as { readonly left: Expr; readonly right: Expr }
    return [left, right]
  }
  return 'is' in expr && 'left' in expr.is && expr.is.in ? [expr.is.left, expr.is.in] : undefined
}

/** What two sides name together. Records are compared attribute by attribute. */
const compared = (left: Expr, right: Expr, isMember: boolean): readonly Named[] =>
  itemsOf(left).flatMap((one) =>
    itemsOf(right).flatMap((other) => {
      const attributes = sharedIn(one, other)
      if (attributes)
        return attributes.flatMap(([own, others]) => [...alongPath(pathOf(own) ?? []), ...compared(own, others, false)])
      return [...together(one, other, isMember), ...together(other, one, isMember)]
    }),
  )

const itemsOf = (expr: Expr): readonly Expr[] =>
  alternatives(expr).flatMap((one) => ('Set' in one && Array.isArray(one.Set) ? one.Set.flatMap(itemsOf) : [one]))

/** Of a record and what it is compared with: the values of each attribute. */
const sharedIn = (one: Expr, other: Expr): readonly (readonly [Expr, Expr])[] | undefined => {
  const [record, beside] = recordIn(one) ? [recordIn(one), other] : [recordIn(other), one]
  if (!record || !(recordIn(beside) || pathOf(beside))) return undefined
  return Object.entries(record).flatMap(([attr, value]) =>
    alternatives({ '.': { left: beside, attr } }).map((own) => [own, value] as const),
  )
}

const recordIn = (expr: Expr): Readonly<Record<string, Expr>> | undefined =>
  'Record' in expr ? (expr.Record as Readonly<Record<string, Expr>>) : undefined

/** What an expression can be: either branch of an `if`, and what a record holds where it is taken out of it again. */
const alternatives = (expr: Expr): readonly Expr[] => {
  if ('if-then-else' in expr && 'then' in expr['if-then-else']) {
    const { then, else: otherwise } = expr['if-then-else']
    return [...alternatives(then), ...alternatives(otherwise)]
  }
  const step = '.' in expr ? expr['.'] : 'has' in expr ? expr.has : undefined
  if (!step || !('left' in step) || pathOf(expr)) return [expr]
  return alternatives(step.left).flatMap((left): readonly Expr[] => {
    const record = recordIn(left)
    if (!record) return ['.' in expr ? { '.': { ...expr['.'], left } } : { has: { ...step, left } }] as readonly Expr[]
    const held = typeof step.attr === 'string' && Object.hasOwn(record, step.attr) ? record[step.attr] : undefined
    return held && '.' in expr ? alternatives(held) : []
  })
}

/** What it means to find a value beside what a path leads to. */
const together = (one: Expr, value: Expr, isMember: boolean): readonly Named[] => {
  const path = pathOf(one)
  if (!path) return []
  if ('Value' in value && typeof value.Value === 'string') {
    return textAt(path, { name: value.Value })
  }
  const entity = entityIn(value)
  if (entity && path.join() === 'principal') return [askedAs(entity, isMember)]
  if (entity?.type === 'Group' && path.join() === 'resource,owner') return [{ what: 'owner', name: entity.id }]
  return []
}

/** What who asks is said to be: a person, or in a group. */
const askedAs = ({ type }: EntityId, isMember: boolean): Named => ({
  what: isMember ? 'member' : 'requester',
  name: type,
})

const likened = (expr: Expr): readonly Named[] => {
  if (!('like' in expr && 'left' in expr.like)) return []
  const pattern = expr.like.pattern.map((part) => (part === 'Wildcard' ? undefined : part.Literal))
  const name = pattern.map((literal) => literal?.replaceAll('*', '\\*') ?? '*').join('')
  return alternatives(expr.like.left).flatMap((one) =>
    textAt(pathOf(one) ?? [], { name, fits: (text) => isLike(text, pattern) }),
  )
}

/** Cedar gives each character of a pattern as a part of its own. */
const isLike = (text: string, pattern: readonly (string | undefined)[]): boolean => {
  let reached = new Set([0])
  for (const literal of pattern) {
    const from = Math.min(...reached)
    reached =
      literal === undefined
        ? new Set(Array.from({ length: text.length - from + 1 }, (_, n) => from + n))
        : new Set([...reached].filter((at) => text.startsWith(literal, at)).map((at) => at + literal.length))
    if (reached.size === 0) return false
  }
  return reached.has(text.length)
}

const textAt = (path: readonly string[], text: Pick<Named, 'name' | 'fits'>): readonly Named[] => {
  const [root, part, name, ...deeper] = path
  if (root === 'resource' && part === 'owner') return [{ what: 'owner', name: text.name }]
  if (root !== 'context') return []
  if ((part === 'room' || part === 'platform') && name === undefined) return [{ what: part, ...text }]
  if (part === 'args' && name !== undefined && deeper.length === 0) return [{ what: 'value', of: name, ...text }]
  return []
}

/** `resource is Server`, `principal is Person` */
const asked = (expr: Expr): readonly Named[] => {
  if (!('is' in expr && 'left' in expr.is)) return []
  const type = expr.is.entity_type
  if (holdsResource(expr.is.left)) return [{ what: 'target', name: type }]
  return type === 'Person' || type === 'Group' || type === 'Action' ? [] : [noType(type)]
}

/** The resource itself, not what is read from it. */
const holdsResource = (expr: Expr): boolean => {
  const path = pathOf(expr)
  return path ? path.join() === 'resource' : partsOf(expr).some(holdsResource)
}

const entityName = ({ type, id }: EntityId): Named => {
  const what = ({ Person: 'person', Group: 'group', Action: 'command' } as const)[type]
  return what === undefined ? noType(type) : { what, name: id }
}

const targetNames = ({ type, id }: EntityId): readonly Named[] => [
  { what: 'target', name: type },
  ...(type === 'System' ? [{ what: 'system', name: id } as const] : []),
]

const noType = (name: string): Named => ({ what: 'type', name })
