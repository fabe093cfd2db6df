import type { Tier } from '../statement/statement.ts'

/** How much the command can hurt. Red means that, and nothing else on these pages is red. */
export const TierBadge = ({ tier }: { readonly tier: Tier }) => (
  <span class={tier === 'dangerous' || tier === 'critical' ? 'tier danger' : 'tier'}>{tier}</span>
)
