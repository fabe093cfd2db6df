import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Envelope } from '#core/statement/fields.ts'
import { now, ofTier, yes } from '#core/warrant/warrant.fixture.ts'
import { Server } from '#runner/server.fixture.ts'
import { ActingRunner } from './acting-runner.ts'

// DEFENCE src/core/warrant/verify.ts
// - if (statement.exp - statement.iat > life) refuse('time', `It lives longer than ${life} s.`)

// DEFENCE src/core/warrant/verify.ts
// - if (statement.exp <= facts.now) refuse('time', 'It has expired.')
// AND src/runner/orders.ts
// - if (statement.exp <= now) throw new WarrantRefusal('time', 'It has expired.')

let runner: ActingRunner
beforeEach(async () => {
  runner = new ActingRunner()
  await runner.start()
})
afterEach(() => runner.end())

describe('a server that keeps a warrant for later', () => {
  it('finds it expired, also by a runner that was started anew', async () => {
    const { execute } = new Server().order({ exp: now + 300 })
    runner.clock += 301_000
    await runner.start()
    expect(await runner.execute(execute)).toMatchObject({ outcome: 'refused', refusal: { step: 'time' } })
    expect(runner.runs).toBe(0)
  })

  it('cannot write a longer life than the tier’s into it', async () => {
    const { execute } = new Server().order({ exp: now + 301 })
    expect(await runner.execute(execute)).toMatchObject({ outcome: 'refused', refusal: { step: 'time' } })
    const years = new Server().order({ exp: now + 10 * 365 * 86_400 }).execute
    runner.clock += 86_400_000
    await runner.start()
    expect((await runner.execute(years))?.outcome).toBe('refused')
    expect(runner.runs).toBe(0)
  })

  it('would have had it run in time', async () => {
    expect((await runner.execute(new Server().order({ exp: now + 300 }).execute))?.outcome).toBe('done')
    expect(runner.runs).toBe(1)
  })

  it('finds it expired with all its consents, which say yes to nothing stated anew', async () => {
    const server = new Server()
    const upgrade = { ...ofTier.sensitive, id: '1'.repeat(32), exp: now + 300 }
    let kept: readonly Envelope[] = []
    const old = server.consented(upgrade, (digest) => {
      kept = [yes(digest, undefined, { iat: now + 290 })]
      return kept
    })
    runner.clock += 301_000
    await runner.start()
    expect(await runner.execute(old.execute)).toMatchObject({ outcome: 'refused', refusal: { step: 'time' } })
    const again = { ...upgrade, id: '2'.repeat(32), iat: now + 301, exp: now + 601 }
    expect(await runner.execute(server.consented(again, () => kept).execute)).toMatchObject({
      outcome: 'refused',
      refusal: { step: 'consents', say: 'It is a yes to another statement.' },
    })
    expect(runner.runs).toBe(0)
  })
})
