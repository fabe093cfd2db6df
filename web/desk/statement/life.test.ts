import { expect, it } from 'vitest'
import { lifeOf } from './life.ts'

const iat = 1_767_225_600
const life = (after: number) => lifeOf({ iat, exp: iat + 3600 }, iat + after)

it.each([
  [-30, true, /^Expires in 60 minutes, at /],
  [0, true, /^Expires in 60 minutes, at /],
  [3541, true, /^Expires in 59 seconds, at /],
  [3599, true, /^Expires in 1 second, at /],
  [3600, false, /^Expired 0 seconds ago, at /],
  [3600 + 3 * 3600, false, /^Expired 3 hours ago, at /],
  [3600 + 3 * 86_400, false, /^Expired 3 days ago, at /],
  [-31, false, /^Asked 31 seconds from now, by the clock of this device\. Set the clock right\.$/],
])('%d seconds after it was asked', (after, alive, say) => {
  expect(life(after).alive).toBe(alive)
  expect(life(after).say).toMatch(say)
})
