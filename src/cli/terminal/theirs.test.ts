import { describe, expect, it } from 'vitest'
import { type Line, paintWith } from './paint.ts'
import { mark, theirs, theirWords } from './theirs.ts'
import { widthOf } from './wrap.ts'

const plain = (line: Line): string => line.map(({ text }) => text).join('')
const rows = (text: string, width: number): string[] => theirs([[{ text }]], width).map(plain)

describe('what the other side has worded', () => {
  it('has the mark on each row, also where it goes on', () => {
    expect(rows('abcdefgh', 6)).toEqual(['│ abcd', '│ efgh'])
    expect(theirWords('a long sentence\nand another', 12).map(plain)).toEqual([
      '│ a long',
      '│ sentence',
      '│ and',
      '│ another',
    ])
    expect(theirs([[]], 12).map(plain)).toEqual([mark])
  })

  it('breaks behind a space where it can, and loses nothing', () => {
    expect(rows('84CE-5600  dangerous  rebuild svr-1827', 22)).toEqual([
      '│ 84CE-5600  ',
      '│ dangerous  rebuild ',
      '│ svr-1827',
    ])
    const text = 'a bc  def '.repeat(50)
    expect(
      rows(text, 17)
        .map((row) => row.slice(mark.length))
        .join(''),
    ).toBe(text)
  })

  it('is laid out as it is painted: what would steer a terminal takes the room that it is shown in', () => {
    const paint = paintWith(false)
    for (const text of ['\u001b'.repeat(60), '\u202eab'.repeat(40), 'a\nb\n'.repeat(40), '\ud800'.repeat(50)])
      for (const row of theirs([[{ text, style: 'dim' }, { text }]], 40).map(paint)) {
        expect(row.startsWith(mark)).toBe(true)
        expect(row.length).toBeLessThanOrEqual(40)
      }
  })

  it('is never wider than the terminal, whatever it makes of a character', () => {
    for (const text of ['漢字'.repeat(30), '❤️'.repeat(40), 'e\u0301'.repeat(60), '👩‍💻'.repeat(30), '🇨🇭'.repeat(30)])
      for (const row of rows(text, 40)) {
        expect(row.startsWith(mark)).toBe(true)
        expect(
          Array.from(row.slice(mark.length)).reduce((sum, one) => sum + (/^[ -~]$/.test(one) ? 1 : 2), 2),
        ).toBeLessThanOrEqual(40)
        expect(widthOf(row)).toBeLessThanOrEqual(40)
      }
  })

  it('keeps its styles, and what was drawn', () => {
    const line: Line = [
      { text: 'ab', style: 'bold' },
      { text: 'cdef', style: 'red' },
    ]
    expect(theirs([line], 5).map((row) => row.slice(1))).toEqual([
      [
        { text: 'ab', style: 'bold' },
        { text: 'c', style: 'red' },
      ],
      [{ text: 'def', style: 'red' }],
    ])
  })
})
