import { expect, test } from 'vitest'
import type { Limits } from '#core/bundle/company.ts'
import { type Tier, tiers } from '#core/tier.ts'
import { tierRule } from './tiers.ts'

const none: Limits = { tiers: new Map() }

test('the table', () => {
  const rows = tiers.map((tier) => {
    const { asks, owes, key, life } = tierRule(tier, none)
    return `${tier}: ${asks}; ${owes.map(({ kind }) => kind).join(', ') || '-'}; ${key}; ${life / 60} min`
  })
  expect(rows).toEqual([
    'open: anybody; -; software; 5 min',
    'member: permit; -; software; 5 min',
    'sensitive: permit; second-factor; software; 5 min',
    'dangerous: permit; second-factor, approval; software; 60 min',
    'critical: permit; second-factor, approval, signature; verified; 60 min',
  ])
})

test('a bundle raises a key class and shortens a life, and never the other way', () => {
  const limits = (tier: Tier, limit: { key?: 'software' | 'hardware'; life?: number }): Limits => ({
    tiers: new Map([[tier, limit]]),
  })
  expect(tierRule('sensitive', limits('sensitive', { key: 'hardware', life: 60 }))).toMatchObject({
    key: 'hardware',
    life: 60,
  })
  expect(tierRule('critical', limits('critical', { key: 'software', life: 99_999 }))).toMatchObject({
    key: 'verified',
    life: 3600,
  })
  expect(tierRule('critical', limits('sensitive', { key: 'hardware', life: 60 }))).toEqual(tierRule('critical', none))
})
