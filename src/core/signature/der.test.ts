import { describe, expect, it } from 'vitest'
import { readDerSignature } from './der.ts'

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex')
const high = 'ff'.repeat(32)
const low = '7f'.repeat(32)
const sequence = (body: string): Uint8Array => {
  const content = bytes(body)
  return Buffer.concat([Buffer.of(0x30, content.length), content])
}

describe('readDerSignature', () => {
  it.each([
    [`0221 00 ${high} 0220 ${low}`, `${high}${low}`],
    ['0201 01 0202 0080', `${'00'.repeat(31)}01${'00'.repeat(31)}80`],
  ])('reads %s', (body, raw) => {
    expect(Buffer.from(readDerSignature(sequence(body))).toString('hex')).toBe(raw)
  })

  it.each([
    ['a number that would be negative', `0220 ${high} 0201 01`, 'not a positive number'],
    ['the second one negative', `0201 01 0220 ${high}`, 'not a positive number'],
    ['a needless zero', `0221 00 ${low} 0201 01`, 'a number with needless zeros'],
    ['zero as two bytes', '0202 0000 0201 01', 'a number with needless zeros'],
    ['an empty number', '0200 0201 01', 'not a positive number'],
    ['33 bytes', `0221 01 ${low} 0201 01`, 'too large a number'],
    ['33 bytes behind a zero', `0222 00 ff ${low} 0201 01`, 'too large a number'],
    ['a number longer than what is left', '0201 01 0220 01', 'no DER integer'],
    ['one number', '0201 01', 'no DER integer'],
    ['nothing', '', 'no DER integer'],
    ['another tag', '0201 01 0301 01', 'no DER integer'],
    ['a long length', '0281 0101 0201 01', 'no DER integer'],
    ['a third number', '0201 01 0201 01 0201 01', 'something behind the second number'],
  ])('refuses %s', (_name, body, reason) => {
    expect(() => readDerSignature(sequence(body))).toThrow(reason)
  })

  it.each([
    '',
    '30',
    '31 06 0201 01 0201 01',
    '30 05 0201 01 0201 01',
    '30 07 0201 01 0201 01',
    '30 06 0201 01 0201 01 00',
  ])('refuses %j, which is no sequence to its end', (hex) => {
    expect(() => readDerSignature(bytes(hex))).toThrow('no DER sequence to the end')
  })
})
