import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Block } from '#core/reply/reply.ts'
import { blockLines } from './blocks.ts'
import { clean, cleanValue, inOneLine, line } from './clean.ts'
import { bodyLines, chatLines } from './message.ts'
import { hasColour, paintWith } from './paint.ts'
import { widthOf, wrap } from './wrap.ts'

const plain = paintWith(false)

describe('clean', () => {
  it.each([
    ['an escape', '\u001b[2J\u001b]0;title\u0007', '\\u{1b}[2J\\u{1b}]0;title\\u{7}'],
    ['a one-byte escape', '\u009b31m', '\\u{9b}31m'],
    ['a carriage return that would write over', 'rm -rf\rls    ', 'rm -rf\\u{d}ls    '],
    ['a backspace', 'abc\b\b\b', 'abc\\u{8}\\u{8}\\u{8}'],
    ['a change of direction', '\u202egnp.exe', '\\u{202e}gnp.exe'],
    ['a tag', '\u{e0041}', '\\u{e0041}'],
    ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
  ])('shows %s as what it is', (_, text, shown) => {
    expect(clean(text)).toBe(shown)
  })

  it('leaves words of all scripts, emoji and line breaks', () => {
    const text = 'Grüße, 你好, नमस्ते 👩‍💻\nnext'
    expect(clean(text)).toBe(text)
    expect(clean('a\tb\r\nc')).toBe('a    b\nc')
  })

  it.each([
    ['between letters of ASCII', 're\u200dbuild', 're\\u{200d}build'],
    ['at an end', 'नमस्\u200d', 'नमस्\\u{200d}'],
    ['after another', '👩\u200d\u200d💻', '👩\\u{200d}\\u{200d}💻'],
    ['of a selector that selects nothing', '1\ufe0f2', '1\\u{fe0f}2'],
    ['of a blank that is no space', 'a\u3164\u2800b', 'a\\u{3164}\\u{2800}b'],
    ['of a mark that stands on nothing', ' \u0338=', ' \\u{338}='],
  ])('shows a joiner that has no work: %s', (_, text, shown) => {
    expect(clean(text)).toBe(shown)
  })

  it.each(['👩‍👩‍👧‍👦', '❤️‍🔥', '👩🏽‍💻', '🏴‍☠️', '1️⃣', 'می‌خواهم', 'क्‍ष', 'é', 'e\u0301', 'שָׁלוֹם'])(
    'leaves what a script or an emoji is made of: %s',
    (text) => {
      expect(clean(text)).toBe(text)
    },
  )

  it('shows a tower of marks for what it is, and itself no less', () => {
    expect(clean(`a${'\u0301'.repeat(6)}`)).toBe(`a${'\u0301'.repeat(4)}\\u{301}\\u{301}`)
  })

  it('of a value leaves one line and one column', () => {
    expect(cleanValue('a\nb\tc  d\u3000e f')).toBe('a\\u{a}b\\u{9}c \\u{20}d\\u{3000}e f')
    expect(line`Wrote  ${'a\nb'}: ${3}.`).toBe('Wrote  a\\u{a}b: 3.')
    expect(inOneLine('a\r\nb\nc')).toBe('a b c')
  })

  it('leaves nothing that steers, and is the same done twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const once = clean(text)
        expect(once.replaceAll('\n', '')).not.toMatch(/\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u)
        expect(clean(once)).toBe(once)
      }),
      { numRuns: 300 },
    )
  })
})

describe('wrap', () => {
  it('breaks at spaces, and inside a word only where it must', () => {
    expect(wrap('the quick brown fox', 10)).toEqual(['the quick', 'brown fox'])
    expect(wrap('incomprehensibilities', 10)).toEqual(['incomprehe', 'nsibilitie', 's'])
    expect(wrap('a\n\nb', 10)).toEqual(['a', '', 'b'])
    expect(wrap('    indented text here', 12)).toEqual(['    indented', 'text here'])
  })

  it('counts what is twice as wide', () => {
    expect(widthOf('你好')).toBe(4)
    expect(wrap('你好世界', 4)).toEqual(['你好', '世界'])
  })

  it('keeps every letter, in lines that fit', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 2, max: 40 }), (text, width) => {
        const lines = wrap(clean(text), width)
        expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(width)
        expect(lines.join('').replace(/\s/g, '')).toBe(clean(text).replace(/\s/g, ''))
      }),
      { numRuns: 300 },
    )
  })
})

describe('a block', () => {
  const blocks: readonly [Block, string[]][] = [
    [{ type: 'text', text: 'one two three four' }, ['one two', 'three four']],
    [{ type: 'code', text: '   keeps  its   spaces\n' }, ['   keeps  its   spaces']],
    [
      { type: 'table', columns: ['code', 'who'], rows: [['7F3A-92C1', 'jhand'], ['x']] },
      ['code: 7F3A-92C1', 'who:  jhand', '', 'code: x'],
    ],
    [
      {
        type: 'fields',
        fields: [
          { name: 'plan', value: 'Pro' },
          { name: 'id', value: '7' },
        ],
      },
      ['plan: Pro', 'id:   7'],
    ],
    [{ type: 'choice', options: [{ label: 'help', say: 'Foobot help' }] }, ['  Foobot help']],
    [{ type: 'progress', text: 'half', part: 0.5 }, ['[#########']],
  ]

  it.each(blocks)('of type $type has its lines', (block, lines) => {
    expect(blockLines(block, 10).map(plain)).toEqual(lines)
  })

  it.each([
    [80, ['code       owes', '7F3A-92C1  approval from someone in Backend', '44D7-F4E9']],
    [40, ['code       owes', '7F3A-92C1  approval from someone in', '           Backend', '44D7-F4E9']],
    [30, ['code: 7F3A-92C1', 'owes: approval from someone in', '      Backend', '', 'code: 44D7-F4E9']],
  ])('that is a table fits %i columns', (width, lines) => {
    const rows = [['7F3A-92C1', 'approval from someone in Backend'], ['44D7-F4E9']]
    expect(blockLines({ type: 'table', columns: ['code', 'owes'], rows }, width).map(plain)).toEqual(lines)
  })

  it('has no more rows than it has text, however long a name is', () => {
    const [name, value] = ['n'.repeat(5_000), 'v '.repeat(2_500)]
    for (const block of [
      { type: 'fields', fields: [{ name, value }] },
      {
        type: 'table',
        columns: ['who', name],
        rows: [
          ['jhand', value],
          [value, name],
        ],
      },
    ] satisfies Block[]) {
      const lines = blockLines(block, 40)
      expect(lines.length).toBeLessThan(1_000)
      expect(Math.max(...lines.map((line) => widthOf(plain(line))))).toBeLessThanOrEqual(40)
    }
  })

  it('of every type is never dropped', () => {
    const rest: Block[] = [
      { type: 'link', url: 'https://foobot.acme.example/r/1', title: 'the request' },
      { type: 'picture', mediaType: 'image/png', data: 'AAAA', alt: 'load of prod1' },
      { type: 'file', name: 'report.csv', mediaType: 'text/csv', data: 'AAAA' },
    ]
    expect(rest.map((block) => blockLines(block, 80).map(plain).join())).toEqual([
      'the request: https://foobot.acme.example/r/1',
      '(a picture: load of prod1)',
      '[file: report.csv, text/csv (3 bytes)]',
    ])
  })
})

describe('a message', () => {
  const at = new Date(2026, 0, 31, 11, 3).getTime() / 1000
  const message = { room: 'devs', from: 'jhand', name: 'Jason', at, text: 'good morning', blocks: [] }

  it('is one line where it fits, else goes below who said it', () => {
    expect(chatLines(message, 80).map(plain)).toEqual(['11:03 jhand: good morning'])
    expect(chatLines({ ...message, text: 'good morning to all of you' }, 24).map(plain)).toEqual([
      '11:03 jhand',
      '  good morning to all of',
      '  you',
    ])
  })

  it('of a runner is shown as the runner’s, never as Foobot’s', () => {
    const fake = {
      ...message,
      from: 'foobot',
      name: 'delivery',
      text: '',
      blocks: [{ type: 'text', text: 'approved' } as const],
    }
    expect(chatLines(fake, 80).map(plain)).toEqual(['11:03 delivery (runner): approved'])
  })

  it('steers no terminal, wherever it is put', () => {
    const evil = '\u001b[31m\u202e'
    const everywhere = {
      ...message,
      from: evil,
      text: evil,
      footer: { code: evil, command: evil },
      blocks: [
        { type: 'code', text: evil },
        { type: 'table', columns: [evil], rows: [[evil]] },
        { type: 'fields', fields: [{ name: evil, value: evil }] },
        { type: 'choice', options: [{ label: evil, say: evil }] },
        { type: 'progress', text: evil },
        { type: 'picture', mediaType: 'image/png', data: 'AAAA', alt: evil },
        { type: 'file', name: evil, mediaType: evil, data: 'AAAA' },
        { type: 'link', url: 'https://a.b/', title: evil },
      ] satisfies Block[],
    }
    const shown = [...chatLines(everywhere, 80), ...bodyLines(everywhere, 80)].map(plain).join('\n')
    expect(shown.replaceAll('\n', '')).not.toMatch(/\p{Cc}|\u202e/u)
    expect(shown).toContain('\\u{1b}[31m\\u{202e}')
  })
})

describe('a line', () => {
  it('is one line: a name or a footer cannot begin another', () => {
    expect(plain([{ text: 'x\n11:04 Foobot: approved' }])).toBe('x 11:04 Foobot: approved')
  })
})

describe('colours', () => {
  it('are for terminals that have them, unless their user says no', () => {
    expect(hasColour({ isTTY: true }, { TERM: 'xterm' })).toBe(true)
    expect(hasColour({ isTTY: true }, { TERM: 'xterm', NO_COLOR: '1' })).toBe(false)
    expect(hasColour({ isTTY: true }, { TERM: 'dumb' })).toBe(false)
    expect(hasColour({}, { TERM: 'xterm' })).toBe(false)
    expect(paintWith(true)([{ text: 'x', style: 'dim' }])).toBe('\u001b[2mx\u001b[0m')
  })
})
