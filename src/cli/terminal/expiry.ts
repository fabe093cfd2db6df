/**
 * When something ends, as people say it: `Expires in 58 minutes, at 11:03 UTC.`
 * @param exp seconds since 1970
 * @param now milliseconds since 1970
 */
export const expiryInWords = (exp: number, now: number): string => {
  const left = exp - Math.floor(now / 1000)
  return left > 0 ? `Expires in ${span(left)}, at ${clock(exp)}.` : `Expired ${span(-left)} ago, at ${clock(exp)}.`
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
