import { expect, it } from 'vitest'
import { Told } from './told.ts'

it('counts each kind for itself: whoever causes much of one hides nothing of another', () => {
  const told = new Told(() => 1_800_000_000_000)
  // More than are kept apart; beyond, they share one.
  for (let n = 0; n < 20_000; n++) told.refusal('consent-refused', `r${n}`)
  for (let n = 0; n < 32; n++) told.refusal('consent-refused', `s${n}`)
  expect(told.refusal('consent-refused', 'another')).toBeUndefined()
  for (let n = 0; n < 16; n++) expect(told.refusal('unknown', 'jhand')).toBe('')
})
