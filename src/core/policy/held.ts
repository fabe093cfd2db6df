import type { Question } from './decision.ts'
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
 * The first argument or fact that policies might take for absent, because Cedar cannot hold it.
 * INVARIANT: where policies read any argument, none may be left out, and facts alike. Nobody is asked then.
 */
export const unheldOf = ({ args, resource }: Question, reads: Reads): string | undefined => {
  const argument = isNone(reads.args) ? undefined : firstUnheld(args)
  if (argument !== undefined) return `<${argument}>`
  const fact = isNone(reads.facts) ? undefined : firstUnheld(resource.facts)
  return fact === undefined ? undefined : `the fact ${fact} of ${resource.id}`
}

const isNone = (names: Reads['args']): boolean => names !== 'all' && names.size === 0

const firstUnheld = (values: Readonly<Record<string, unknown>>): string | undefined =>
  Object.keys(values).find((name) => !isHeld(values[name]))
