/** Seconds by which two clocks may differ. */
const skew = 30

/** How a statement's time stands to now, in words. */
export type Life = {
  /** False: nobody's yes counts for it now. */
  readonly alive: boolean
  readonly say: string
}

/** @param now seconds since 1970 */
export const lifeOf = ({ iat, exp }: { readonly iat: number; readonly exp: number }, now: number): Life => {
  if (now >= exp) return { alive: false, say: `Expired ${span(now - exp)} ago, at ${clock(exp)}.` }
  if (now < iat - skew) {
    return { alive: false, say: `Asked ${span(iat - now)} from now, by the clock of this device. Set the clock right.` }
  }
  return { alive: true, say: `Expires in ${span(exp - now)}, at ${clock(exp)}.` }
}

const span = (seconds: number): string => {
  if (seconds < 60) return count(seconds, 'second')
  if (seconds < 2 * 3600) return count(Math.floor(seconds / 60), 'minute')
  if (seconds < 2 * 86_400) return count(Math.floor(seconds / 3600), 'hour')
  return count(Math.floor(seconds / 86_400), 'day')
}

const count = (number: number, unit: string): string => `${number} ${unit}${number === 1 ? '' : 's'}`

const clock = (seconds: number): string =>
  new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' }).format(seconds * 1000)
