import type { Bundle } from './company.ts'

const hour = 3600
const day = 24 * hour

/** Seconds before a bundle's end from which it is said. */
export const endsSoon = 14 * day

/** What is to be said of a bundle's end; undefined where it is far off. @param now seconds since 1970 */
export const endText = ({ version, exp }: Pick<Bundle, 'version' | 'exp'>, now: number): string | undefined => {
  const left = exp - now
  if (left > endsSoon) return undefined
  const end = `${new Date(exp * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  return left > 0
    ? `Bundle ${version} ends on ${end}, in ${inWords(left)}; from then on nothing runs. Administrators, sign the next one: foobot bundle propose.`
    : `Bundle ${version} ended on ${end}: nothing runs until administrators sign the next one: foobot bundle propose.`
}

const inWords = (seconds: number): string => {
  if (seconds < hour) return 'less than an hour'
  const [count, unit] = seconds < 2 * day ? [Math.floor(seconds / hour), 'hour'] : [Math.floor(seconds / day), 'day']
  return count === 1 ? `1 ${unit}` : `${count} ${unit}s`
}
