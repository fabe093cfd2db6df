import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hygiene } from './hygiene.ts'

test.each([
  ['build x', 'build x'],
  ['  build  x ', 'build  x'],
  ['say “a b” and ‘c’', 'say "a b" and \'c\''],
  ['it’s', "it's"],
  ['build\u00a0x\u3000y', 'build x y'],
  ['Zoe\u0308', 'Zoë'],
  ['\u212aelvin', 'Kelvin'],
  ['ｂｕｉｌｄ ﬁle', 'ｂｕｉｌｄ ﬁle'],
  ['a – b — c —d', 'a – b — c —d'],
  ['grüße 日本語 🙂', 'grüße 日本語 🙂'],
  ['', ''],
  ['   ', ''],
])('%j is read as %j', (raw, text) => {
  expect(hygiene(raw)).toEqual({ ok: true, text })
})

test.each([
  ['a\nb', 'one line'],
  ['a\r', 'one line'],
  ['a\u2028b', 'one line'],
  ['a\tb', 'U+0009'],
  ['a\u0000b', 'U+0000'],
  ['a\u001b[31m', 'U+001B'],
  ['a\u200bb', 'U+200B'],
  ['a\u00adb', 'U+00AD'],
  ['\ufeffa', 'U+FEFF'],
  ['a\ufe0f', 'U+FE0F'],
  ['a\u3164b', 'U+3164'],
  ['a\u2800b', 'U+2800'],
  ['a\ue000b', 'U+E000'],
  ['a\u{e0041}b', 'U+E0041'],
  ['a\ud800b', 'U+D800'],
  ['a\u0378b', 'U+0378'],
  ['a \u0301b', 'accent without a letter'],
  ['\u0338=', 'accent without a letter'],
  ['a ‐dry-run', 'U+2010 only looks like a dash'],
  ['−5', 'U+2212 only looks like a dash'],
])('%j is refused', (raw, why) => {
  expect(hygiene(raw)).toMatchObject({ ok: false, say: expect.stringContaining(why) })
})

describe('size', () => {
  test('is counted in bytes, before and after normalising', () => {
    expect(hygiene('x'.repeat(1024)).ok).toBe(true)
    expect(hygiene('x'.repeat(1025)).ok).toBe(false)
    expect(hygiene('ü'.repeat(512)).ok).toBe(true)
    expect(hygiene('ü'.repeat(513)).ok).toBe(false)
    expect(hygiene('\u0958'.repeat(341)).ok).toBe(false)
    expect(hygiene('x'.repeat(1025), 4096).ok).toBe(true)
  })
})

test('what is clean stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (raw) => {
      const once = hygiene(raw)
      if (once.ok) expect(hygiene(once.text)).toEqual(once)
    }),
    { numRuns: 2000 },
  )
})
