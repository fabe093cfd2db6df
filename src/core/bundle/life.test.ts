import { expect, it } from 'vitest'
import { emptyCompany } from './company.fixture.ts'
import { carriesUntil } from './life.ts'

const day = 86_400
const iat = 1_800_000_000
const living = (days: number, freshness?: number) => ({
  version: 1,
  digest: 'b'.repeat(64),
  iat,
  exp: iat + days * day,
  company: { ...emptyCompany, limits: { tiers: new Map(), ...(freshness !== undefined && { freshness }) } },
})

it.each([
  ['open', 400],
  ['member', 400],
  ['sensitive', 90],
  ['dangerous', 90],
  ['critical', 90],
] as const)('carries %s commands for %i of 400 days', (tier, days) => {
  expect(carriesUntil(living(400), tier)).toBe(iat + days * day)
})

it('is fresh for less where the company says less, never for more, and never beyond its end', () => {
  expect(carriesUntil(living(400, 7 * day), 'sensitive')).toBe(iat + 7 * day)
  expect(carriesUntil(living(400, 7 * day), 'member')).toBe(iat + 400 * day)
  expect(carriesUntil(living(400, 91 * day), 'critical')).toBe(iat + 90 * day)
  expect(carriesUntil(living(30), 'critical')).toBe(iat + 30 * day)
})
