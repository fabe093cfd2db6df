import { carriesUntil, freshFor } from '#core/bundle/life.ts'
import { toSeconds } from '#core/clock.ts'
import { ownCommands } from './own-commands.ts'
import type { Entry } from './rules.ts'
import { onDay } from './sentences.ts'
import type { Way } from './way.ts'

const day = 86_400

/** Whether the bundle in force has ended: then people come in, look, and take back, and nothing else. */
export const isOver = (way: Way): boolean => carriesUntil(way.rules.bundle, 'open') <= toSeconds(way.clock())

/**
 * Why the bundle in force carries an entry no more, as its runner would see it; undefined where it does. What outlives the
 * bundle is carried always.
 */
export const tooOld = (way: Way, { tier, own }: Pick<Entry, 'tier' | 'own'>): string | undefined => {
  const { bundle } = way.rules
  if (own?.outlives || carriesUntil(bundle, tier) > toSeconds(way.clock())) return undefined
  return isOver(way) ? overText(way) : staleText(way)
}

/** What is said to whoever wants more than a bundle that has ended leaves. */
export const overText = ({ rules: { bundle } }: Pick<Way, 'rules'>): string => {
  const ended = onDay(bundle.exp * 1000, bundle.company.zone)
  return `The company's rules (bundle ${bundle.version}) ended on ${ended}: until administrators renew them ("foobot apply"), I take only ${outliving}.`
}

const staleText = ({ rules: { bundle } }: Pick<Way, 'rules'>): string => {
  const days = freshFor(bundle.company.limits) / day
  return `The company's rules (bundle ${bundle.version}) are older than ${days} days: until administrators renew them ("foobot apply"), I take no command from sensitive up.`
}

const outliving = new Intl.ListFormat('en').format(
  ownCommands.filter(({ own }) => own.outlives).map(({ command }) => command),
)
