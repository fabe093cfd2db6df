import type { Bundle } from '#core/bundle/company.ts'
import type { FaultyRule } from './decide.ts'

/** Rules that are named, at most: who has more sees them all with `foobot policy check`. */
const mostNamed = 5

/** Says that rules of the bundle in force name what does not exist; undefined where none does. */
export const faultyText = ({ version }: Bundle, faulty: readonly FaultyRule[]): string | undefined => {
  if (faulty.length === 0) return undefined
  const named = faulty.slice(0, mostNamed).map(({ policy }) => policy)
  const others = faulty.length > mostNamed ? ` and ${faulty.length - mostNamed} more` : ''
  const what = faulty.length === 1 ? 'A rule' : `${faulty.length} rules`
  const verb = faulty.length === 1 ? 'names' : 'name'
  return `${what} of bundle ${version} ${verb} something that does not exist (${named.join(', ')}${others}): every command that could be meant is refused. Correct what "foobot policy check" shows, and sign a new bundle.`
}
