import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { toPack } from '#config/bundle-folder.ts'
import type { Limits } from '#core/bundle/company.ts'
import { bundle, enough, ofTier, now as orderedAt, resourceOf, sorted, yes } from '#core/warrant/warrant.fixture.ts'
import { Claims } from '#runner/claims.ts'
import { HeldBundle } from '#runner/held-bundle.ts'
import { Server } from '#runner/server.fixture.ts'
import { ActingRunner } from './acting-runner.ts'
import { ann, bob, folder, now, root, signed } from './company-folder.fixture.ts'

/**
 * A server keeps newer bundles back for ever, and with them who has left and what was taken away: it goes on under the rules
 * of long ago. From `sensitive` up those are good for 90 days, or fewer; nobody begins under them; and they end.
 */

// DEFENCE src/core/warrant/verify.ts
// - if (carriesUntil(held, tier) <= facts.now) refuse('bundle', tooOldText(held, tier))

// DEFENCE src/core/bundle/life.ts
// - isAtLeast(tier, 'sensitive') ? Math.min(exp, iat + freshFor(company.limits)) : exp
// + exp

// DEFENCE src/runner/orders.ts
// - if (carriesUntil(facts.bundle, statement.tier) <= now)
// + if (now < 0)

// DEFENCE src/runner/held-bundle.ts
// - if (!known && bundle.iat + freshFor(bundle.company.limits) <= now) {
// + if (now < 0) {

const day = 86_400

const orders = {
  member: () => new Server().order({}).execute,
  sensitive: () => new Server().consented(ofTier.sensitive, (digest) => [yes(digest)]).execute,
  dangerous: () => new Server().consented(ofTier.dangerous, (digest) => sorted(enough(digest))).execute,
}

describe('a runner from which newer bundles are kept', () => {
  let runner: ActingRunner
  const holdsOne = async (days: number, limits: Limits = { tiers: new Map() }): Promise<void> => {
    const iat = orderedAt - days * day
    runner = new ActingRunner({ limits }, { ...bundle, iat, exp: iat + 400 * day })
    await runner.start()
  }
  afterEach(() => runner.end())

  it.each(['sensitive', 'dangerous'] as const)('carries out no %s command after 90 days', async (tier) => {
    await holdsOne(90)
    expect(await runner.execute(orders[tier]())).toMatchObject({
      outcome: 'refused',
      refusal: { step: 'bundle', say: expect.stringContaining(`Bundle 3 is too old for ${tier} commands`) },
    })
    expect(runner.runs).toBe(0)
  })

  it('carries out what is worth less, for as long as the bundle lives', async () => {
    await holdsOne(90)
    expect((await runner.execute(orders.member()))?.outcome).toBe('done')
  })

  it('carries out a dangerous one on the last of the 90 days', async () => {
    await holdsOne(89)
    expect((await runner.execute(orders.dangerous()))?.outcome).toBe('done')
  })

  it('carries it out for fewer days where the company says so', async () => {
    await holdsOne(30, { tiers: new Map(), freshness: 30 * day })
    expect(await runner.execute(orders.dangerous())).toMatchObject({ refusal: { step: 'bundle' } })
    expect(runner.runs).toBe(0)
  })

  it('carries out nothing at all once the bundle has ended', async () => {
    await holdsOne(400)
    expect(await runner.execute(orders.member())).toMatchObject({ refusal: { step: 'bundle' } })
    expect(runner.runs).toBe(0)
  })

  it('carries out nothing whose target is looked at until the time is over', async () => {
    await holdsOne(90 - 30 / day)
    runner.inspect = (command) => {
      runner.clock += 31_000
      return resourceOf(command)
    }
    expect(await runner.execute(orders.dangerous())).toMatchObject({ outcome: 'refused', refusal: { step: 'bundle' } })
    expect(runner.runs).toBe(0)
  })
})

describe('a runner that holds none', () => {
  let data: string
  let claims: Claims
  let held: HeldBundle
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const open = () => new HeldBundle({ deployment: 'acme', root, lowest: 1, folder: data, claims, log: quiet })
  const first = signed(folder(), [ann, bob], { iat: now, exp: now + 400 * day })
  const second = signed(folder(), [ann, bob], {
    version: 2,
    previous: first.digest,
    iat: now + day,
    exp: now + 400 * day,
  })
  beforeEach(async () => {
    data = mkdtempSync(join(tmpdir(), 'foobot-attack-34-'))
    claims = await Claims.open(data, now, () => '0'.repeat(32))
    held = open()
  })
  afterEach(async () => {
    await claims.close()
    rmSync(data, { recursive: true })
  })

  it('takes none that is older than 90 days', () => {
    expect(() => held.take(toPack(first), now + 90 * day)).toThrow('too old for a first one')
    expect(held.inForce).toBeUndefined()
    expect(held.take(toPack(first), now + 90 * day - 1).version).toBe(1)
  })

  it('takes none that is older than its company says', () => {
    const company = Buffer.from(folder().get('company.yaml') ?? []).toString()
    const strict = folder({ 'company.yaml': `${company}limits: { freshness: 7 }\n` })
    const offer = signed(strict, [ann, bob], { iat: now, exp: now + 400 * day })
    expect(() => held.take(toPack(offer), now + 7 * day)).toThrow('too old for a first one')
    expect(held.take(toPack(offer), now + 7 * day - 1).version).toBe(1)
  })

  it('but one that was away for long takes the way to the newest, and still holds it after a restart', async () => {
    held.take(toPack(first), now)
    expect(held.take(toPack(second), now + 300 * day).version).toBe(2)
    expect(open().inForce?.bundle.version).toBe(2)
  })
})
