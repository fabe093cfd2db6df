import type { Bundle } from '#core/bundle/company.ts'
import type { FaultyRule } from './decide.ts'

/** Rules that are named, at most: who has more sees them all with `foobot policy check`. */
const mostNamed = 5

/** Says that rules of the bundle in force name what does not exist; undefined where none does. */
export const faultyText = ({ version }: Bundle, faulty: readonly FaultyRule[]): string | undefined => {
  if (faulty.length === 0) return undefined
  const named = faulty.slice(0, mostNamed).map(({ policy }) => policy)
  const others = faulty.length > mostNamed ? ` and ${faulty.length - mostNamed} more` : ''
  const which = `${named.join(', ')}${others}`
  const [rules, they] =
    faulty.length === 1 ? [`A rule of bundle ${version} names`, 'it'] : [`Rules of bundle ${version} name`, 'they']
  return `${rules} something that does not exist (${which}). Commands that ${they} could match are refused until the bundle is corrected: "foobot policy check" shows what is wrong.`
}
