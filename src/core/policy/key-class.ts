import type { KeyClassName } from '#core/bundle/company.ts'

/** How much a yes is worth: seen by a service, or signed by a key of a class. From least to most. */
export const strengths = ['attested', 'software', 'verified', 'hardware'] as const satisfies readonly (
  | KeyClassName
  | 'attested'
)[]

export type Strength = (typeof strengths)[number]

const rank = (strength: Strength): number => strengths.indexOf(strength)

/** True where `strength` is worth as much as `least`, or more. */
export const isAsStrong = (strength: Strength, least: Strength): boolean => rank(strength) >= rank(least)

/** The stronger of two. */
export const stronger = <S extends Strength>(a: S, b: S): S => (isAsStrong(a, b) ? a : b)

/** The weaker of two. */
export const weaker = <S extends Strength>(a: S, b: S): S => (isAsStrong(a, b) ? b : a)
