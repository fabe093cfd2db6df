import { describe, expect, it } from 'vitest'
import type { ListedCommand } from '#core/command/manifest.ts'
import type { Tier } from '#core/tier.ts'
import { emptyCompany } from './company.fixture.ts'
import type { Bundle } from './company.ts'
import { endsOf, endTexts } from './end.ts'

const day = 86_400
const exp = Date.UTC(2027, 1, 15, 12) / 1000
const iat = exp - 400 * day
const stale = iat + 90 * day

const listed = (tier: Tier): ListedCommand => ({
  runner: 'delivery',
  tier,
  manifest: {
    plugin: 'git',
    command: 'push',
    template: 'push',
    summary: 'Push',
    tier: 'member',
    inspects: true,
    exclusive: true,
    cancellable: false,
    timeLimit: 60,
  },
})

const harmless: Bundle = {
  version: 3,
  digest: 'b'.repeat(64),
  iat,
  exp,
  company: { ...emptyCompany, commands: [listed('member')] },
}
const company = { ...emptyCompany, commands: [listed('sensitive')] }
const bundle: Bundle = { ...harmless, company }

describe('the ends of a bundle', () => {
  it('are two: of what needs a fresh one, and of all', () => {
    expect(endsOf(bundle)).toEqual([
      { of: 'fresh', at: stale },
      { of: 'life', at: exp },
    ])
  })

  it('are sooner where the company says so', () => {
    const strict = { ...bundle, company: { ...company, limits: { tiers: new Map(), freshness: 30 * day } } }
    expect(endsOf(strict)[0]).toEqual({ of: 'fresh', at: iat + 30 * day })
  })

  it.each<readonly [string, Bundle]>([
    ['no command needs a fresh one', harmless],
    ['it ends before', { ...bundle, exp: stale }],
  ])('are one where %s', (_, one) => {
    expect(endsOf(one)).toEqual([{ of: 'life', at: one.exp }])
  })
})

describe('what is said of the ends', () => {
  it('is nothing while they are far off', () => {
    expect(endTexts(bundle, stale - 14 * day - 1)).toEqual([])
    expect(endTexts(harmless, exp - 14 * day - 1)).toEqual([])
  })

  it.each([
    [14 * day, '14 days'],
    [2 * day, '2 days'],
    [2 * day - 1, '47 hours'],
    [3600, '1 hour'],
    [1, 'less than an hour'],
  ])('is said from 14 days before: %i s', (left, text) => {
    expect(endTexts(bundle, stale - left)).toEqual([
      `Bundle 3 is fresh until 2026-04-11 12:00 UTC, for ${text} more: after that, no command from sensitive up runs. Administrators, renew it: foobot apply.`,
    ])
    expect(endTexts(harmless, exp - left)).toEqual([
      `Bundle 3 ends on 2027-02-15 12:00 UTC, in ${text}: after that, nothing runs. Administrators, renew it: foobot apply.`,
    ])
  })

  it('is said of both, where one is past and the other near; once all has ended, of that alone', () => {
    const past =
      'Bundle 3 was fresh until 2026-04-11 12:00 UTC: no command from sensitive up runs any more. Administrators, renew it: foobot apply.'
    expect(endTexts(bundle, stale)).toEqual([past])
    expect(endTexts(bundle, exp - day)).toEqual([past, expect.stringContaining('in 24 hours')])
    expect(endTexts(bundle, exp)).toEqual([
      'Bundle 3 ended on 2027-02-15 12:00 UTC: nothing runs any more. Administrators, renew it: foobot apply.',
    ])
  })
})
