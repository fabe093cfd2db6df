import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { charactersOf, cut } from './cut.ts'
import { cutBytes } from './cut-bytes.ts'
import { cutStart } from './cut-start.ts'

const family = '👩‍👩‍👧‍👦'
const flag = '🇩🇪'

describe('cut', () => {
  it.each([
    ['what fits', 'abc', 3, 'abc'],
    ['letters', 'abcdef', 4, 'abc…'],
    ['before a surrogate pair', 'xx🚀yy', 4, 'xx…'],
    ['after a surrogate pair', 'xx🚀yyy', 5, 'xx🚀…'],
    ['before an accent', 'xxe\u0301yyy', 4, 'xx…'],
    ['before a joined emoji', `xx${family}yy`, 8, 'xx…'],
    ['after a joined emoji', `${family}yy`, 12, `${family}…`],
    ['between flags', `${flag}${flag}${flag}`, 8, `${flag}…`],
    ['nothing', 'abc', 0, '…'],
    ['half a pair that came in', 'a\ud83d', 5, 'a\ufffd'],
  ])('keeps the beginning: %s', (_, text, most, left) => {
    expect(cut(text, most)).toBe(left)
  })

  it('leaves the ellipsis away where none is wanted', () => {
    expect(cut('xx🚀yy', 3, '')).toBe('xx')
    expect(cut('xx🚀yy', 4, '')).toBe('xx🚀')
  })

  it.each([
    ['letters', 'abcdef', 4, '…def'],
    ['inside a pair', 'xx🚀yy', 4, '…yy'],
    ['before a pair', 'xxx🚀yy', 5, '…🚀yy'],
    ['inside a joined emoji', `xx${family}yy`, 8, '…yy'],
  ])('keeps the end: %s', (_, text, most, left) => {
    expect(cutStart(text, most)).toBe(left)
  })

  it.each([
    ['letters', 'abcdef', 5, 'ab…'],
    ['what fits', 'äöü', 6, 'äöü'],
    ['umlauts', 'äöüß', 6, 'ä…'],
    ['an emoji', '🚀🚀', 7, '🚀…'],
    ['less than an emoji', '🚀🚀', 6, '…'],
  ])('counts bytes: %s', (_, text, most, left) => {
    expect(cutBytes(text, most)).toBe(left)
  })

  it('is never longer than it may be, and never ends inside a character', () => {
    const texts = fc.array(fc.constantFrom('a', 'é', 'e\u0301', '🚀', family, flag, '\ud800', '好', '\r\n'), {
      maxLength: 20,
    })
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 60 }), (parts, most) => {
        const text = parts.join('')
        const whole = charactersOf(text).map((character) => character.toWellFormed())
        const starts = whole.map((_, count) => whole.slice(0, count).join(''))
        const [left, right] = [cut(text, most, ''), cutStart(text, most, '')]
        expect(left.length).toBeLessThanOrEqual(most)
        expect(right.length).toBeLessThanOrEqual(most)
        expect(cut(text, most).length).toBeLessThanOrEqual(most)
        expect(Buffer.byteLength(cutBytes(text, most, ''))).toBeLessThanOrEqual(most)
        expect([...starts, text.toWellFormed()]).toContain(left)
        expect(text.toWellFormed().endsWith(right)).toBe(true)
      }),
    )
  })

  it('knows where a flag begins in a long row of them', () => {
    const row = `x${flag.repeat(500)}`
    for (const most of [1000, 1001, 1002, 1003]) expect((cut(row, most, '').length - 1) % 4).toBe(0)
    for (const most of [1000, 1001, 1002, 1003]) expect(cutStart(row, most, '').length % 4).toBe(0)
  })

  it('cuts between code points what has no end', () => {
    const endless = `a${'\u0301'.repeat(5000)}`
    expect(cut(endless, 1000).length).toBe(1000)
    expect(cut(`${'👩‍'.repeat(2000)}`, 1000, '').isWellFormed()).toBe(true)
  })
})
