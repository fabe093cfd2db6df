import { expect, it } from 'vitest'
import { endText } from './end.ts'

const exp = Date.UTC(2026, 1, 15, 12) / 1000
const day = 86_400
const at = (left: number) => endText({ version: 3, exp }, exp - left)

it('says nothing while the end is far off', () => {
  expect(at(14 * day + 1)).toBeUndefined()
})

it.each([
  [14 * day, 'in 14 days'],
  [2 * day, 'in 2 days'],
  [2 * day - 1, 'in 47 hours'],
  [3600, 'in 1 hour'],
  [1, 'in less than an hour'],
])('says it from 14 days before: %i s', (left, text) => {
  expect(at(left)).toContain(`Bundle 3 ends on 2026-02-15 12:00 UTC, ${text}; from then on nothing runs.`)
})

it('says that it has ended', () => {
  expect(at(0)).toContain('Bundle 3 ended on 2026-02-15 12:00 UTC: nothing runs')
})
