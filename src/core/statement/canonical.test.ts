import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalText } from './canonical.ts'

const shuffled = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(shuffled)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, member]) => [key, shuffled(member)]),
  )
}

describe('canonicalText', () => {
  it('sorts by UTF-16 code units, as the example of RFC 8785', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 }
    expect(canonicalText(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}')
  })

  it('writes numbers and strings as RFC 8785', () => {
    expect(canonicalText([333333333.3333333, 1e30, 4.5, 2e-3, -0, '€$\u000f\nA\'B"\\/'])).toBe(
      '[333333333.3333333,1e+30,4.5,0.002,0,"€$\\u000f\\nA\'B\\"\\\\/"]',
    )
    expect(canonicalText([null, true, false])).toBe('[null,true,false]')
  })

  it('takes a member that is undefined for absent', () => {
    expect(canonicalText({ a: 1, b: undefined })).toBe('{"a":1}')
  })

  it.each([[[undefined]], [Number.NaN], [{ a: () => 1 }], ['\ud800'], [{ '\udc00': 1 }]])('refuses %s', (value) => {
    expect(() => canonicalText(value)).toThrow(TypeError)
  })

  it('is one text whatever the order of keys, and reads back as the value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = canonicalText(value)
        expect(canonicalText(shuffled(value))).toBe(text)
        expect(canonicalText(JSON.parse(text))).toBe(text)
      }),
      { numRuns: 300 },
    )
  })
})
