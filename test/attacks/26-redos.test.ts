import { describe, expect, test } from 'vitest'
import { commandSet } from '#core/command/command-set.ts'
import { compileTemplate } from '#core/command/compile.ts'
import { match } from '#core/command/match.ts'
import { hygiene } from '#core/text/hygiene.ts'
import { hear } from './hearing.fixture.ts'

/** The shortest of some runs, in milliseconds: what else the machine does can only lengthen one. */
const shortest = (run: () => unknown): number => {
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now()
    run()
    return performance.now() - start
  })
  return Math.min(...times)
}

/** How many times longer sixteen times the text takes: 16 where work is linear, 256 where it is quadratic. */
const growth = (run: (size: number) => unknown): number => {
  run(4096)
  return (
    shortest(() => run(65_536)) /
    Math.max(
      shortest(() => run(4096)),
      0.02,
    )
  )
}

const evil = [
  '"',
  '\\',
  '\\"',
  '" ',
  '-',
  '- ',
  '—',
  ' —a',
  "'",
  'a ',
  ' ',
  'é',
  '“',
  '\u00a0',
  '[',
  '(a+)+',
  '=',
  '#',
  '9',
  '0.',
  '.',
  '/',
  'Q',
]

describe('26: text that makes a pattern explode', () => {
  test.each(evil)('hygiene grows with the text alone: %j', (unit) => {
    expect(growth((size) => hygiene(unit.repeat(size / unit.length), 1e9))).toBeLessThan(80)
  })

  const templates = [
    'go <x...>',
    'go <x+>',
    'go <x> <y>',
    'go [-<a:duration>] [-<b:quarter>] [-<c:word>] <x...>',
    'go <a:int>',
    'go <a:number>',
    'go <a:date>',
    'go <a:url>',
    'go [<a:int>] [<b:date>] [<c:word>] [<d...>]',
  ].map((template) => compileTemplate({ template, tier: 'member' }))

  test.each(evil)('matching grows with the line alone: %j', (unit) => {
    for (const { steps } of templates) {
      expect(growth((size) => match(steps, `go ${unit.repeat(size / unit.length)}`))).toBeLessThan(80)
    }
  })

  test('no pattern from outside becomes one of ours', () => {
    for (const pattern of ['(a+)+$', '.*', '[a-z]', '^x', 'a{1,9}']) {
      expect(hear(`Foobot ${pattern} shop`)).toMatchObject({ kind: 'unknown' })
    }
    const set = commandSet([{ command: 'a.c (x+)+', template: 'a.c (x+)+ <y:.*|b>', tier: 'member', summary: 's' }])
    expect(set.onLine('abc (x+)+')).toHaveLength(0)
    expect(match(set.all[0]?.template.steps ?? [], 'a.c (x+)+ anything').problem).toContain('.* or b')
  })
})
