import { expect, test } from 'vitest'
import type { Requirement } from './decision.ts'
import { firstLacking } from './enough.ts'

const approval = (group: string, count = 1): Requirement => ({
  kind: 'approval',
  group,
  count,
  key: 'software',
  because: 'tier dangerous',
})
const factor: Requirement = { kind: 'second-factor', key: 'software', because: 'tier sensitive' }

const lacking = (owes: readonly Requirement[], groups: Readonly<Record<string, readonly string[]>>) => {
  const owed = firstLacking(owes, (one) => groups[one.kind === 'approval' ? one.group : one.kind] ?? [])
  return owed?.kind === 'approval' ? owed.group : owed?.kind
}

test('nothing lacks where there is somebody for each', () => {
  expect(lacking([], {})).toBeUndefined()
  expect(
    lacking([approval('Backend'), approval('DBA')], { Backend: ['dora', 'bianca'], DBA: ['dora'] }),
  ).toBeUndefined()
  expect(lacking([approval('A', 2), approval('B')], { A: ['a', 'b', 'c'], B: ['a', 'b'] })).toBeUndefined()
})

test('one person counts for one group alone', () => {
  expect(lacking([approval('Backend'), approval('DBA')], { Backend: ['dora'], DBA: ['dora'] })).toBe('DBA')
  expect(lacking([approval('A', 2), approval('B')], { A: ['a', 'b'], B: ['a', 'b'] })).toBe('B')
})

test('too few in one group, or nobody for what is the requester’s own', () => {
  expect(lacking([approval('DBA', 2)], { DBA: ['dora'] })).toBe('DBA')
  expect(lacking([factor, approval('DBA')], { DBA: ['dora'] })).toBe('second-factor')
  expect(lacking([factor], { 'second-factor': ['steve'] })).toBeUndefined()
})
