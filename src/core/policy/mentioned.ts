import type { CedarPolicy, EntityId, Expr } from './cedar.ts'
import { entitiesInHead, entityIn, partsOf } from './expression.ts'

/** Every entity that a policy names, in its head and its conditions. */
export const entitiesOf = ({ principal, action, resource, conditions }: CedarPolicy): readonly EntityId[] => [
  ...[principal, action, resource].flatMap(entitiesInHead),
  ...conditions.flatMap(({ body }) => entitiesInside(body)),
]

/** Every entity type that a policy asks for with `is`. */
export const typesOf = ({ principal, resource, conditions }: CedarPolicy): readonly string[] => [
  ...[principal, resource].flatMap((head) => (head.op === 'is' ? [head.entity_type] : [])),
  ...conditions.flatMap(({ body }) => typesInside(body)),
]

const entitiesInside = (expr: Expr): readonly EntityId[] => [
  ...[entityIn(expr)].filter((entity) => entity !== undefined),
  ...partsOf(expr).flatMap(entitiesInside),
]

const typesInside = (expr: Expr): readonly string[] => [
  ...('is' in expr && 'entity_type' in expr.is ? [expr.is.entity_type] : []),
  ...partsOf(expr).flatMap(typesInside),
]
