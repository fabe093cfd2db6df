import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keys } from '#core/consent/people.fixture.ts'
import type { Statement } from '#core/statement/statement.ts'
import { biancaSays, now, ofTier, sorted, yes } from '#core/warrant/warrant.fixture.ts'
import { Server } from '#runner/server.fixture.ts'
import { ActingRunner } from './acting-runner.ts'

// DEFENCE src/core/consent/check.ts
// - if (iat < statement.iat - skew) refuse('It is older than what it says yes to: look at the clocks.')

// DEFENCE src/core/consent/check.ts
// - if (iat > Math.min(statement.exp, now + skew)) refuse('It comes too late, or from the future: look at the clocks.')

// DEFENCE src/core/warrant/verify.ts
// - if (statement.iat > facts.now + skew || warrant.iat > facts.now + skew)
// - refuse('time', 'It comes from the future: look at the clocks.')

// DEFENCE src/runner/claims.ts
// - if (this.#highest - now > skew) return this.#highest - now

const day = 86_400
/** Within the life of the bundle. */
const half = day / 2
const idOf = (n: number): string => n.toString(16).padStart(32, '0')

let runner: ActingRunner
beforeEach(async () => {
  runner = new ActingRunner()
  await runner.start(now - 10 * day)
})
afterEach(() => runner.end())

describe('a statement', () => {
  it.each([
    ['a day old', -day],
    ['of tomorrow', day],
    ['31 s ahead', 31],
  ])('%s is refused', async (_, shift) => {
    const { execute } = new Server().order({ iat: now + shift, exp: now + shift + 300 })
    expect(await runner.execute(execute)).toMatchObject({ outcome: 'refused', refusal: { step: 'time' } })
    expect(runner.runs).toBe(0)
  })

  it('30 s ahead is within the skew', async () => {
    const { execute } = new Server().order({ iat: now + 30, exp: now + 330 })
    expect((await runner.execute(execute))?.outcome).toBe('done')
  })
})

describe('a clock set back', () => {
  it('brings no old warrant back, also after a restart', async () => {
    const server = new Server()
    const old = server.order({ id: idOf(1), iat: now, exp: now + 300 }).execute
    runner.clock += half * 1000
    const later = { id: idOf(2), iat: now + half, exp: now + half + 300 }
    const first = server.again(0, 0)
    await runner.execute(first)
    await runner.execute(server.order(later, 1).execute)
    expect(runner.runs).toBe(1)
    runner.clock -= half * 1000
    for (const restart of [false, true]) {
      if (restart) await runner.start()
      expect(await runner.execute(old)).toMatchObject({
        outcome: 'refused',
        refusal: { step: 'time', say: expect.stringContaining('My clock went back') },
      })
    }
    expect(runner.runs).toBe(1)
  })

  it('by up to 30 s goes on', async () => {
    const server = new Server()
    await runner.execute(server.order({ id: idOf(1), iat: now, exp: now + 300 }).execute)
    runner.clock -= 30_000
    await runner.execute(server.order({ id: idOf(2), iat: now, exp: now + 300 }).execute)
    expect(runner.runs).toBe(2)
  })
})

describe('a consent', () => {
  const halfLived = { ...ofTier.dangerous, iat: now - 600, exp: now + 1800 }
  const given = (iat: number, of: Partial<Statement> = halfLived) =>
    new Server().consented(of, (digest) =>
      sorted([yes(digest, keys.jhand, { iat: now }), yes(digest, keys.bianca, { ...biancaSays, iat })]),
    ).execute

  it.each([
    ['a day old', now - day],
    ['from 31 s before the statement', now - 631],
    ['31 s ahead', now + 31],
    ['of tomorrow', now + day],
  ])('%s is refused', async (_, iat) => {
    expect(await runner.execute(given(iat))).toMatchObject({ outcome: 'refused', refusal: { step: 'time' } })
    expect(runner.runs).toBe(0)
  })

  it.each([
    ['from 30 s before the statement', now - 630],
    ['30 s ahead', now + 30],
  ])('%s is within the skew', async (_, iat) => {
    expect((await runner.execute(given(iat)))?.outcome).toBe('done')
  })

  it('from after the statement’s end is refused, though it is of now', async () => {
    const ending = { ...halfLived, exp: now + 10 }
    expect(await runner.execute(given(now + 11, ending))).toMatchObject({ refusal: { step: 'time' } })
    expect(runner.runs).toBe(0)
  })
})
