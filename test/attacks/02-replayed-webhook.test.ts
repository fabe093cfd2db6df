import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Beacon, shared, startBeacon, timed, untimed } from './beacon.fixture.ts'

// DEFENCE src/runner/claims.ts
// - if (this.#seen.has(delivery.heard)) return undefined

// DEFENCE src/runner/claims.ts
// - else if ('heard' in read) this.#seen.add(read)
// + else if ('heard' in read) return

/**
 * Somebody has caught a genuine delivery, and posts it again. The defence is `src/runner/seen.ts` in the runner's own
 * append-only file: what was signed is remembered before anything is made of it, over a restart too, for as long as its
 * time would let it pass.
 */
describe('a replayed webhook', () => {
  let beacon: Beacon
  beforeAll(async () => {
    beacon = await startBeacon()
  })
  afterAll(() => beacon.close())

  const deliveries = [
    ['timed', timed('Once, with a time')],
    ['untimed', untimed({ say: 'Once' })],
    ['shared', shared('Once, with a secret')],
  ] as const

  it('is one event, posted twice and across a restart of its runner', async () => {
    const told = deliveries.map(([, { body }]) => body)
    for (const [path, posted] of deliveries) {
      expect(await beacon.bot.delivers(path, posted)).toBe(200)
      expect(await beacon.bot.delivers(path, posted)).toBe(200)
    }
    expect(await beacon.bot.told(told.length)).toHaveLength(told.length)
    await beacon.bot.restartsRunner()
    // Its sender learns no more of it than that it is known.
    for (const [path, posted] of deliveries) expect(await beacon.bot.delivers(path, posted)).toBe(200)
    // Another one comes through, and is what is told next.
    expect(await beacon.bot.delivers('untimed', untimed({ say: 'Another' }))).toBe(200)
    expect((await beacon.bot.told(told.length + 1)).at(-1)).toBe('Another')
    expect(['timed', 'untimed', 'shared'].map(beacon.calls)).toEqual([1, 2, 1])
  })

  it('is not another one for being dressed anew', async () => {
    const { body, headers } = untimed({ say: 'Dressed' })
    const signature = headers['x-beacon-signature']
    expect(await beacon.bot.delivers('untimed', { body, headers })).toBe(200)
    for (const [index, dress] of [`v1=00,${signature}`, `${signature}, ${signature}`, ` ${signature}`].entries()) {
      const more = { 'x-beacon-signature': dress, 'x-request-id': String(index), 'content-type': 'text/plain' }
      expect(await beacon.bot.delivers('untimed', { body, headers: more })).toBe(200)
    }
    expect(await beacon.bot.delivers('untimed', untimed({ say: 'The last' }))).toBe(200)
    expect((await beacon.bot.told(6)).slice(4)).toEqual(['Dressed', 'The last'])
    expect(beacon.calls('untimed')).toBe(4)
  })
})
