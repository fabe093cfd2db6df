/** How much a command can hurt, from least to most. What each tier owes stands in `policy/tiers.ts`. */
export const tiers = ['open', 'member', 'sensitive', 'dangerous', 'critical'] as const

export type Tier = (typeof tiers)[number]

const rank = (tier: Tier): number => tiers.indexOf(tier)

/** True where `tier` hurts as much as `least`, or more. */
export const isAtLeast = (tier: Tier, least: Tier): boolean => rank(tier) >= rank(least)

/** The one of two tiers that hurts more. */
export const higherTier = (a: Tier, b: Tier): Tier => (isAtLeast(a, b) ? a : b)
