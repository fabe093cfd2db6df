import { tierOf } from '#core/command/manifest.ts'
import { isAtLeast } from '#core/tier.ts'
import type { Bundle } from './company.ts'
import { carriesUntil } from './life.ts'

const hour = 3600
const day = 24 * hour

/** Seconds before an end from which it is said. */
export const endsSoon = 14 * day

/** What a bundle's age brings to an end: `fresh`, the commands from `sensitive` up; `life`, everything. */
export type End = {
  readonly of: 'fresh' | 'life'
  /** Seconds since 1970. */
  readonly at: number
}

/** The ends of a bundle, soonest first: that it is fresh no more means nothing where it lists no such command. */
export const endsOf = (bundle: Bundle): readonly End[] => {
  const fresh = carriesUntil(bundle, 'sensitive')
  const matters = fresh < bundle.exp && bundle.company.commands.some((listed) => isAtLeast(tierOf(listed), 'sensitive'))
  return [...(matters ? [{ of: 'fresh', at: fresh } as const] : []), { of: 'life', at: bundle.exp }]
}

/** The ends that are near or past: once the bundle has ended, that alone. @param now seconds since 1970 */
export const endTexts = (bundle: Bundle, now: number): readonly string[] =>
  endsOf(bundle)
    .filter(({ of, at }) => at - now <= endsSoon && (of === 'life' || bundle.exp > now))
    .map((end) => endText(bundle, end, now))

/** What is to be said of an end. @param now seconds since 1970 */
export const endText = ({ version }: Pick<Bundle, 'version'>, { of, at }: End, now: number): string => {
  const left = at - now
  const when = `${new Date(at * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  const renew = 'Administrators, renew it: foobot apply.'
  switch (of) {
    case 'fresh':
      return left > 0
        ? `Bundle ${version} is fresh until ${when}, for ${inWords(left)} more: after that, no command from sensitive up runs. ${renew}`
        : `Bundle ${version} was fresh until ${when}: no command from sensitive up runs any more. ${renew}`
    case 'life':
      return left > 0
        ? `Bundle ${version} ends on ${when}, in ${inWords(left)}: after that, nothing runs. ${renew}`
        : `Bundle ${version} ended on ${when}: nothing runs any more. ${renew}`
  }
}

const inWords = (seconds: number): string => {
  if (seconds < hour) return 'less than an hour'
  const [count, unit] = seconds < 2 * day ? [Math.floor(seconds / hour), 'hour'] : [Math.floor(seconds / day), 'day']
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`
}
