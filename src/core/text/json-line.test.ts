import fc from 'fast-check'
import { expect, it } from 'vitest'
import { escapedJson, jsonLine } from './json-line.ts'

it('escapes what steers or hides, and nothing else', () => {
  const value = { a: 'ü 好 🚀', b: '\u001b\u007f\u009b\u2028\u202e\u200b\u{e0041}\ufeff\u2800\u0378' }
  expect(jsonLine(value)).toBe(
    '{"a":"ü 好 🚀","b":"\\u001b\\u007f\\u009b\\u2028\\u202e\\u200b\\udb40\\udc41\\ufeff\\u2800\\u0378"}',
  )
})

it('is the same value, in one line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const json = jsonLine({ text, [text]: [text] })
      expect(json).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cn}]/u)
      expect(JSON.parse(json)).toEqual({ text, [text]: [text] })
      expect(escapedJson(json)).toBe(json)
    }),
    { numRuns: 300 },
  )
})
