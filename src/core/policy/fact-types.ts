import type { CedarPolicy, Expr } from './cedar.ts'
import { partsOf, pathOf } from './expression.ts'

/** A type of Cedar's that a fact can have. */
export type FactType = 'String' | 'Long' | 'Boolean' | 'Set'

/**
 * The facts that policies read, each with the type that its use asks for. Plugins do not declare their facts, so the
 * first use settles it, and a second that differs is a complaint of the validator; undefined where no use tells.
 */
export const factTypes = (policies: readonly CedarPolicy[]): ReadonlyMap<string, FactType | undefined> => {
  const uses = policies.flatMap(({ conditions }) => conditions.flatMap(({ body }) => usesIn(body, 'Boolean')))
  const types = new Map<string, FactType | undefined>()
  for (const { fact, type } of uses) types.set(fact, types.get(fact) ?? type)
  return types
}

/** The type that a fact has. */
export const typeOfFact = (value: unknown): FactType | undefined => {
  if (Array.isArray(value)) return 'Set'
  return ({ string: 'String', number: 'Long', boolean: 'Boolean' } as const)[String(typeof value)]
}

type Use = { readonly fact: string; readonly type: FactType | undefined }

/** @param wanted the type that stands where the expression does */
const usesIn = (expr: Expr, wanted: FactType | undefined): readonly Use[] => {
  const [root, part, fact] = pathOf(expr) ?? []
  if (root === 'resource' && part === 'facts' && fact !== undefined) {
    return [{ fact, type: 'has' in expr ? undefined : wanted }]
  }
  return partsOf(expr).flatMap((operand) => usesIn(operand, wantedIn(expr, operand)))
}

const operandTypes: Readonly<Record<string, FactType>> = {
  '&&': 'Boolean',
  '||': 'Boolean',
  '!': 'Boolean',
  '<': 'Long',
  '<=': 'Long',
  '>': 'Long',
  '>=': 'Long',
  '+': 'Long',
  '-': 'Long',
  '*': 'Long',
  neg: 'Long',
  like: 'String',
  containsAll: 'Set',
  containsAny: 'Set',
  isEmpty: 'Set',
}

const wantedIn = (expr: Expr, operand: Expr): FactType | undefined => {
  const [operator = ''] = Object.keys(expr)
  if (operator === 'contains' && 'contains' in expr && 'left' in expr.contains) {
    return expr.contains.left === operand ? 'Set' : typeOfLiteralIn(expr.contains.left)
  }
  if (operator === '==' || operator === '!=') return typeOfLiteralIn(expr)
  if ('if-then-else' in expr && 'if' in expr['if-then-else'])
    return expr['if-then-else'].if === operand ? 'Boolean' : undefined
  return operandTypes[operator]
}

/** The type of the literal that stands right inside an expression, as on one side of `==`. */
const typeOfLiteralIn = (expr: Expr): FactType | undefined => {
  for (const part of partsOf(expr)) {
    if ('Set' in part) return 'Set'
    if (!('Value' in part)) continue
    if (typeof part.Value === 'string') return 'String'
    if (typeof part.Value === 'number') return 'Long'
    if (typeof part.Value === 'boolean') return 'Boolean'
  }
  return undefined
}
