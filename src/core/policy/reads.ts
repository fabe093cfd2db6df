import type { CedarPolicy, Expr } from './cedar.ts'
import { entitiesInHead, entityIn, partsOf, pathOf } from './expression.ts'

/** What of a question a policy looks at. Two questions that agree on it, and on groups, type and owner, decide alike. */
export type Reads = {
  /** Who asks, apart from their groups. */
  readonly person: boolean
  /** Which resource, apart from its type and owner. */
  readonly id: boolean
  readonly room: boolean
  readonly platform: boolean
  /** Names of arguments, or all of them. */
  readonly args: ReadonlySet<string> | 'all'
  readonly facts: ReadonlySet<string> | 'all'
  /** Who answers for the resource. */
  readonly owner: boolean
}

const nothing: Reads = {
  person: false,
  id: false,
  room: false,
  platform: false,
  args: new Set(),
  facts: new Set(),
  owner: false,
}
const theResource: Reads = { ...nothing, id: true, facts: 'all', owner: true }
const everything: Reads = { ...theResource, person: true, room: true, platform: true, args: 'all' }

/** What any of the policies looks at. What is not understood counts as looking at everything. */
export const readsOf = (policies: readonly CedarPolicy[]): Reads => policies.map(readsOfOne).reduce(union, nothing)

const readsOfOne = ({ principal, resource, conditions }: CedarPolicy): Reads =>
  [
    { ...nothing, person: entitiesInHead(principal).some(({ type }) => type !== 'Group') },
    { ...nothing, id: resource.op !== 'All' && (resource.op !== 'is' || resource.in !== undefined) },
    ...conditions.map(({ body }) => readsIn(body)),
  ].reduce(union)

const readsIn = (expr: Expr): Reads => {
  const path = pathOf(expr)
  if (path) return readsAt(path)
  const groups = groupsAsked(expr)
  if (groups) return readsIn(groups)
  if (asksType(expr)) return nothing
  return partsOf(expr).map(readsIn).reduce(union, nothing)
}

const readsAt = ([root, part, name]: readonly string[]): Reads => {
  const names = name === undefined ? 'all' : new Set([name])
  if (root === 'action') return nothing
  if (root === 'principal') return { ...nothing, person: true }
  if (root === 'context' && part === 'room') return { ...nothing, room: true }
  if (root === 'context' && part === 'platform') return { ...nothing, platform: true }
  if (root === 'context' && part === 'args') return { ...nothing, args: names }
  if (root === 'resource' && part === undefined) return theResource
  if (root === 'resource' && part === 'owner') return { ...nothing, owner: true }
  if (root === 'resource' && part === 'id') return { ...nothing, id: true }
  if (root === 'resource' && part === 'facts') return { ...nothing, facts: names }
  return everything
}

/** What stands behind `principal in`, where that is groups alone. */
const groupsAsked = (expr: Expr): Expr | undefined => {
  if (!('in' in expr && 'left' in expr.in) || pathOf(expr.in.left)?.join() !== 'principal') return undefined
  return isOfGroups(expr.in.right) ? expr.in.right : undefined
}

/** `resource is Server` */
const asksType = (expr: Expr): boolean =>
  'is' in expr && 'left' in expr.is && expr.is.in === undefined && pathOf(expr.is.left)?.length === 1

const isOfGroups = (expr: Expr): boolean => {
  if ('Set' in expr && Array.isArray(expr.Set)) return expr.Set.every(isOfGroups)
  return entityIn(expr)?.type === 'Group' || pathOf(expr)?.join() === 'resource,owner'
}

const union = (a: Reads, b: Reads): Reads => ({
  person: a.person || b.person,
  id: a.id || b.id,
  room: a.room || b.room,
  platform: a.platform || b.platform,
  args: both(a.args, b.args),
  facts: both(a.facts, b.facts),
  owner: a.owner || b.owner,
})

const both = (a: ReadonlySet<string> | 'all', b: ReadonlySet<string> | 'all') =>
  a === 'all' || b === 'all' ? 'all' : a.union(b)
