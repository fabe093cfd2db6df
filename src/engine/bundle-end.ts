import { endText } from '#core/bundle/end.ts'
import { toSeconds } from '#core/clock.ts'
import { sayInSecurity } from './security-room.ts'
import type { Way } from './way.ts'

/** Seconds between two times. */
const daily = 86_400

/** Says that the bundle in force ends soon or has ended: at once, then once a day, into the log and the security room. */
export const bundleEnd = (way: Way): (() => Promise<void>) => {
  let said: { readonly digest: string; readonly at: number } | undefined
  return async () => {
    const { bundle } = way.rules
    const now = toSeconds(way.clock())
    const text = endText(bundle, now)
    if (text === undefined || (said?.digest === bundle.digest && now < said.at + daily)) return
    said = { digest: bundle.digest, at: now }
    way.log.warn({ bundle: bundle.version, exp: bundle.exp }, text)
    await sayInSecurity(way, text)
  }
}
