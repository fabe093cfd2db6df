import type { Question } from './decision.ts'
import { type FactType, typeOfFact } from './fact-types.ts'
import type { Reads } from './reads.ts'

/**
 * Whether Cedar holds a value as it is: text of whole characters, true or false, a whole number that is exact, or a list
 * of those. It would count a fraction or a huge number as absent, and half a character as another.
 */
export const isHeld = (value: unknown): boolean => {
  if (typeof value === 'string') return value.isWellFormed()
  if (typeof value === 'number') return Number.isSafeInteger(value)
  return typeof value === 'boolean' || (Array.isArray(value) && [...value].every((item) => isHeld(item)))
}

/**
 * The first argument or fact that policies might take for absent, because Cedar cannot hold it; or a fact that no
 * comparison of theirs could ever equal, because it is of another type.
 * INVARIANT: where policies read any argument, none may be left out, and facts alike. Nobody is asked then.
 * @param types of the facts that policies read, where their use tells
 */
export const unheldOf = (
  { args, resource }: Question,
  reads: Reads,
  types: ReadonlyMap<string, FactType | undefined>,
): string | undefined => {
  const argument = isNone(reads.args) ? undefined : firstIn(args, (_, value) => !isHeld(value))
  if (argument !== undefined) return `<${argument}>, ${unlike}`
  if (isNone(reads.facts)) return undefined
  const { id, facts } = resource
  const fact = firstIn(facts, (_, value) => !isHeld(value))
  if (fact !== undefined) return `the fact ${fact} of ${id}, ${unlike}`
  const other = firstIn(facts, (name, value) => !isOfType(value, types.get(name)))
  return other && `the fact ${other} of ${id}, which is not of the type that they compare it with`
}

const unlike = 'which is neither a whole number nor plain text'

const isOfType = (value: unknown, type: FactType | undefined): boolean =>
  type === undefined || typeOfFact(value) === type

const isNone = (names: Reads['args']): boolean => names !== 'all' && names.size === 0

const firstIn = (values: Readonly<Record<string, unknown>>, is: (name: string, value: unknown) => boolean) =>
  Object.keys(values).find((name) => is(name, values[name]))
