import { describe, expect, it } from 'vitest'
import { PasteReader } from './paste-reader.ts'

const [start, end] = ['\u001b[200~', '\u001b[201~']

/** What comes of reads, each a second part of one after the other; a number is a pause in milliseconds. */
const read = (...reads: readonly (string | number)[]): { typed: string; pasted: string; isPasted: boolean } => {
  let now = 5_000
  const reader = new PasteReader(() => now)
  const all = { typed: '', pasted: '' }
  for (const one of reads) {
    if (typeof one === 'number') now += one
    else for (const { type, text } of reader.read(one)) all[type === 'paste' ? 'pasted' : 'typed'] += text
  }
  return { ...all, isPasted: reader.lineEnded() }
}
const hand = (text: string) => ({ typed: text, pasted: '', isPasted: false })
const paste = (text: string) => ({ typed: '', pasted: text, isPasted: true })

describe('keys', () => {
  it.each([
    [['F', 'o', 'o', '\r']],
    [['Foobot push', '\r']],
    [['Foobot pu', 'sh\r']],
    [['\u001b[A']],
    [['\u001b', '[', 'A']],
    [['\u001b[20', '~']],
    [['\u001bb']],
    [['\r\n']],
  ])('%j are typed', (reads) => {
    expect(read(...reads)).toMatchObject({ typed: reads.join(''), pasted: '' })
  })

  it('count as pasted where no hand is so fast, or where they bring back what was cut out', () => {
    expect(read('Foobot push', '\r')).toEqual(hand('Foobot push\r'))
    for (const reads of [
      ['Foobot push\r'],
      ['x', 'Foobot db migrate\r'],
      ['x'.repeat(257), '\r'],
      ['\u0019'],
      ['\u001f'],
      ['\u001by'],
    ])
      expect(read(...reads)).toEqual({ ...hand(reads.join('')), isPasted: true })
  })
})

describe('a paste', () => {
  const two = 'one\rFoobot push\r'
  it.each([
    ['between its marks', [`${start}${two}${end}`]],
    ['whose marks come in pieces', ['\u001b', '[20', '0~', `${two}\u001b[2`, '01~']],
    ['a character a read', [...`${start}${two}${end}`]],
    ['without an end', [`${start}${two}`]],
    ['with an end mark of its own', [`${start}one${end}\rFoobot push\r${end}`]],
    ['with an end mark of its own at the end of a read', [`${start}one${end}`, `\rFoobot push\r${end}`]],
    ['with a start mark of its own', [`${start}one${start}\rFoobot push\r${end}`]],
    ['of several lines in one read, without marks', [two]],
    ['of several lines, the last not ended', ['one\nFoobot push']],
  ])('%s is one line, and sends nothing', (_, reads) => {
    expect(read(...reads)).toEqual(paste('one Foobot push'))
  })

  it('comes after what was typed before it, and before what is typed then', () => {
    expect(read(`Foo${start}bot${end}`, '\r')).toEqual({ typed: 'Foo\r', pasted: 'bot', isPasted: true })
  })

  it('without an end is over after a second of silence: its line counts as pasted, and keys are keys', () => {
    expect(read(`${start}evil`, 1_001, '\r')).toEqual({ typed: '\r', pasted: 'evil', isPasted: true })
    expect(read(`${start}evil`, 999, '\r')).toEqual(paste('evil'))
  })

  it('shows what could steer a terminal, and steers none', () => {
    expect(read(`${start}a\u0003\u001b[A\u200b${end}`)).toEqual(paste('a\\u{3}\\u{1b}[A\\u{200b}'))
  })

  it('is over with its line', () => {
    const reader = new PasteReader(() => 0)
    reader.read(`${start}one${end}`)
    expect([reader.lineEnded(), reader.lineEnded()]).toEqual([true, false])
  })
})
