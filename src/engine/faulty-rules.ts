import { faultyText } from '#core/policy/faulty-text.ts'
import { alarm } from './alarm.ts'
import { sayInSecurity } from './security-room.ts'
import type { Way } from './way.ts'

/** Raises an alarm where rules of the bundle in force name what does not exist: once a bundle. */
export const faultyRules = (way: Way): (() => Promise<void>) => {
  let looked: string | undefined
  return async () => {
    const { bundle, policy } = way.rules
    if (looked === bundle.digest) return
    looked = bundle.digest
    const text = faultyText(bundle, policy.faulty)
    if (text === undefined) return
    alarm(way, { kind: 'faulty-rules', source: bundle.digest, why: text })
    for (const { policy: rule, say, commands } of policy.faulty) {
      way.log.warn({ rule, commands: [...commands].slice(0, 20) }, say)
    }
    await sayInSecurity(way, text)
  }
}
