import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBase64, isBase64, toBase64 } from './base64.ts'

describe('base64', () => {
  it('has one text for each value, and reads it back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const text = toBase64(bytes)
        expect(isBase64(text)).toBe(true)
        expect(Uint8Array.from(fromBase64(text))).toEqual(bytes)
      }),
    )
  })

  it('writes the part of a buffer that it is given', () => {
    expect(toBase64(new Uint8Array([0, 1, 2, 3, 4]).subarray(1, 4))).toBe('AQID')
  })

  it.each(['QQ', 'QQ=', 'QR==', 'QQ===', 'QQ==\n', ' QQ==', 'QQ= =', 'Q-==', 'QQ==QQ==', '=', 'QQé=', 'QUI', 'QUJ='])(
    'refuses %j',
    (text) => {
      expect(isBase64(text)).toBe(false)
      expect(() => fromBase64(text)).toThrow(expect.objectContaining({ code: 'payload-malformed' }))
    },
  )
})
