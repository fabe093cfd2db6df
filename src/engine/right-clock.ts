import { isAtLeast, type Tier } from '#core/tier.ts'
import type { Way } from './way.ts'

/** Why a command of this tier is not decided now: by a clock that is wrong, only what owes nothing is. */
export const clockForbids = (way: Way, tier: Tier): string | undefined => {
  const wrong = isAtLeast(tier, 'member') ? way.clockWrong() : undefined
  return wrong === undefined ? undefined : `I decide nothing by a clock that is wrong, so nothing was run: ${wrong}.`
}
