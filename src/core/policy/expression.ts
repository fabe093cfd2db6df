import type { CedarPolicy, EntityId, Expr } from './cedar.ts'

/**
 * The attributes that an expression walks, from a variable on: `context.args.a.b` is context, args, a, b, and so is
 * `context.args has a.b`. Undefined for everything else.
 */
export const pathOf = (expr: Expr): readonly string[] | undefined => {
  if ('Var' in expr && typeof expr.Var === 'string') return [expr.Var]
  const step = '.' in expr ? expr['.'] : 'has' in expr ? expr.has : undefined
  if (!step || !('left' in step)) return undefined
  const left = pathOf(step.left)
  return left && [...left, ...(typeof step.attr === 'string' ? [step.attr] : step.attr)]
}

/** The expressions right inside one: under its operator, in its set, record or call. */
export const partsOf = (expr: Expr): readonly Expr[] =>
  'Value' in expr
    ? []
    : Object.values(expr).flatMap((operands: unknown) =>
        typeof operands === 'object' && operands !== null ? Object.values(operands).filter(isExpr) : [],
      )

/** Patterns and entity types lie beside the expressions. */
const isExpr = (value: unknown): value is Expr => typeof value === 'object' && value !== null && !Array.isArray(value)

/** The entity that an expression is, where it is one. */
export const entityIn = (expr: Expr): EntityId | undefined => {
  if (!('Value' in expr) || typeof expr.Value !== 'object' || expr.Value === null) return undefined
  return '__entity' in expr.Value ? (expr.Value.__entity as EntityId) : undefined
}

/** The entities that a policy's first lines compare with. */
export const entitiesInHead = (head: CedarPolicy['principal'] | CedarPolicy['action']): readonly EntityId[] => {
  if ('entities' in head) return head.entities.map(plainEntity)
  if ('entity' in head) return [plainEntity(head.entity)]
  return 'in' in head && head.in && 'entity' in head.in ? [plainEntity(head.in.entity)] : []
}

/** Cedar writes an entity in two ways. */
export const plainEntity = (entity: EntityId | { __entity: EntityId }): EntityId =>
  '__entity' in entity ? entity.__entity : entity
