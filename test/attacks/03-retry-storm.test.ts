import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Beacon, startBeacon, untimed } from './beacon.fixture.ts'

// DEFENCE src/runner/claims.ts
// - if (this.#seen.has(delivery.heard)) return undefined

/**
 * A vendor that heard no answer in time sends again, and again, at the same time. The defence is `#judge` in
 * `src/runner/webhooks.ts`: a delivery is claimed before anything is waited for, answered before its handler runs, and
 * those that follow find it claimed.
 */
describe('a storm of retries', () => {
  let beacon: Beacon
  beforeAll(async () => {
    beacon = await startBeacon()
  })
  afterAll(() => beacon.close())

  it('makes one message, however many come at once', async () => {
    const posted = untimed({ say: 'Load on prod1 above threshold' })
    const statuses = await Promise.all([1, 2, 3, 4].map(() => beacon.bot.delivers('untimed', posted)))
    expect(statuses).toEqual([200, 200, 200, 200])
    expect(await beacon.bot.delivers('untimed', untimed({ say: 'The next' }))).toBe(200)
    expect(await beacon.bot.told(2)).toEqual(['Load on prod1 above threshold', 'The next'])
    expect(beacon.calls('untimed')).toBe(2)
  })

  it('is not made by a handler that takes its time: the answer comes first, and the order stays', async () => {
    const began = Date.now()
    expect(await beacon.bot.delivers('untimed', untimed({ say: 'Slow', slowly: 1500 }))).toBe(200)
    expect(await beacon.bot.delivers('untimed', untimed({ say: 'Quick' }))).toBe(200)
    expect(Date.now() - began).toBeLessThan(1500)
    expect((await beacon.bot.told(4)).slice(2)).toEqual(['Slow', 'Quick'])
  })
})
