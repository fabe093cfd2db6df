import fc from 'fast-check'
import { expect, it } from 'vitest'
import { alsoSeen, type Span, sawAll } from './reading.ts'

const see = (...spans: readonly Span[]) => spans.reduce(alsoSeen, [] as readonly Span[])

it('takes parts in any order, where they touch', () => {
  expect(sawAll(see({ from: 0, to: 400 }, { from: 800, to: 1000 }, { from: 399, to: 801 }), 1000)).toBe(true)
})

it.each([
  ['nothing', see()],
  ['the beginning', see({ from: 0, to: 500 })],
  ['beginning and end', see({ from: 0, to: 500 }, { from: 600, to: 1000 })],
  ['what lies outside the window', see({ from: 1000, to: 0 })],
])('is not content with %s', (_, seen) => {
  expect(sawAll(seen, 1000)).toBe(false)
})

it('has nothing to see in what is not laid out', () => {
  expect(sawAll(see({ from: 0, to: 0 }), 0)).toBe(false)
})

it('never takes a gap for seen', () => {
  const span = fc.tuple(fc.nat(200), fc.nat(200)).map(([from, size]) => ({ from, to: from + size }))
  fc.assert(
    fc.property(fc.array(span, { maxLength: 12 }), (spans) => {
      const covered = Array.from({ length: 200 }, (_, at) => spans.some(({ from, to }) => from <= at && at + 1 <= to))
      const widest =
        covered
          .join('')
          .match(/(false)+/g)
          ?.sort((a, b) => b.length - a.length)[0] ?? ''
      if (widest.length > 'false'.length * 4) expect(sawAll(see(...spans), 200)).toBe(false)
      if (widest === '') expect(sawAll(see(...spans), 200)).toBe(true)
    }),
    { numRuns: 500 },
  )
})
