import type { Wake } from './wakes.ts'
import type { Way } from './way.ts'

/**
 * Hands a push to every device of somebody, and forgets those that are gone for good.
 * @returns whether one took it
 */
export const wakeDevices = async (way: Way, { person, secret, as, until }: Wake): Promise<boolean> => {
  const devices = await way.devices.of(person)
  const life = Math.max(1, Math.ceil((until - way.clock()) / 1000))
  const outcomes = await Promise.all(
    devices.map(async (device) => {
      const outcome = await way.waker.wake(device, secret, life)
      way.counters.factor(as === 'requester' ? 'push' : 'approver', outcome)
      if (outcome === 'gone') await way.devices.remove(person, device.name)
      return outcome
    }),
  )
  return outcomes.includes('sent')
}
