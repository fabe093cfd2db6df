import { isAtLeast, type Tier } from '#core/tier.ts'
import type { Bundle, Limits } from './company.ts'

const day = 86_400

/** Seconds from its `iat` for which a bundle is fresh; a company may say less. */
export const longestFresh = 90 * day

export const freshFor = ({ freshness = longestFresh }: Limits): number => Math.min(longestFresh, freshness)

/**
 * Until when commands of a tier may run under a bundle, in seconds since 1970: from `sensitive` up only while it is fresh,
 * so that whoever keeps newer bundles back, with the people and keys that they remove, gains little by it.
 */
export const carriesUntil = ({ iat, exp, company }: Bundle, tier: Tier): number =>
  isAtLeast(tier, 'sensitive') ? Math.min(exp, iat + freshFor(company.limits)) : exp

/** What is said of a command that comes after that. */
export const tooOldText = ({ version }: Pick<Bundle, 'version'>, tier: Tier): string =>
  `Bundle ${version} is too old for ${tier} commands: administrators renew it with "foobot apply".`
