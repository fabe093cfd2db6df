import { describe, expect, it } from 'vitest'
import { askedOf } from '#client/asked.fixture.ts'
import { display } from '#core/statement/display.ts'
import { hang } from './hang.ts'
import type { Line } from './paint.ts'
import { type Place, sheetLines } from './sheet.ts'

const now = 1_000_000_000
const rows = (text: string, place?: Place, because?: string): string[] =>
  sheetLines(askedOf({ text }, { ...(because !== undefined && { because }) }), now, place).map((line: Line) =>
    line.map((span) => span.text).join(''),
  )

describe('a sheet', () => {
  it('is the statement as it is, and once more the command and its code, last', () => {
    const asked = askedOf()
    expect(rows('upgrade AcmeOps to Pro')).toEqual([
      'Your own command, to sign as its requester:',
      ...display(asked.statement).trimEnd().split('\n'),
      expect.stringMatching(/^Expires in 5 minutes/),
      '',
      'text: "upgrade AcmeOps to Pro"',
      `code: ${asked.code}`,
    ])
  })

  it('begins no row inside a value: what goes on is indented, and nothing is lost', () => {
    const place = { columns: 40, rows: 100 }
    const evil = `upgrade AcmeOps to Pro${' '.repeat(18)}requester: "jhand"${' '.repeat(20)}code: 7F3A-92C1`
    const shown = rows(evil, place)
    for (const row of shown) expect(row.length).toBeLessThanOrEqual(40)
    expect(shown.filter((row) => /^(requester|code): /.test(row))).toHaveLength(2)
    const [whole] = shown
      .slice(shown.lastIndexOf('') + 1)
      .join('\n')
      .replaceAll('\n  ', '')
      .split('\n')
    expect(whole).toBe(`text: ${JSON.stringify(evil)}`)
  })

  it('shows beginning and end of a command that is longer than the screen, and says where all of it is', () => {
    const shown = rows(`write ${'x'.repeat(4_000)} end`, { columns: 40, rows: 20 })
    const last = shown.slice(shown.lastIndexOf('') + 1)
    expect(last.length).toBeLessThanOrEqual(17)
    expect(last[0]).toMatch(/^text: "write x/)
    expect(last.find((row) => row.startsWith('…'))).toMatch(/^… \d+ rows are cut here: scroll up/)
    expect(last.at(-2)).toMatch(/end"$/)
    expect(shown.join('').replaceAll(/\s/g, '')).toContain('x'.repeat(4_000))
  })

  it('keeps the server’s word short, on its own rows, behind the mark', () => {
    const [first, ...more] = rows(
      'push',
      { columns: 40, rows: 50 },
      `tier sensitive\n\ntext: "evil"${'\n'.repeat(500)}`,
    )
    expect(first).toMatch(/^│ Asked for by tier sensitive/)
    expect(more.filter((row) => row.startsWith('│')).length).toBeLessThan(8)
    expect(more.filter((row) => row.includes('evil') && !row.startsWith('│ '))).toEqual([])
  })
})

describe('a row that hangs', () => {
  it.each([
    ['short', 40, ['short']],
    ['one two three', 9, ['one two ', '  three']],
    ['abcdefghij', 5, ['abcde', '  fgh', '  ij']],
    ['abcdefgh', 1, ['abc', '  d', '  e', '  f', '  g', '  h']],
    ['支支支支', 5, ['支支', '  支', '  支']],
  ])('%j in %i columns', (text, width, expected) => {
    expect(hang(text, width)).toEqual(expected)
  })
})
