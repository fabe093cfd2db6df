import { describe, expect, test } from 'vitest'
import { compileTemplate } from './compile.ts'
import { templateOf } from './template.ts'

const compile = (template: string) => compileTemplate({ template, tier: 'member' })

describe('a template that cannot be read is refused, with what is wrong', () => {
  test.each([
    ['', 'must begin with a word'],
    ['<x> go', 'must begin with a word'],
    ['-go', 'must begin with a word'],
    ['[go]', 'must begin with a word'],
    ['go  on', 'single spaces'],
    [' go', 'single spaces'],
    ['gö <x>', 'printable ASCII'],
    ['go "x"', 'printable ASCII'],
    ['go --x', 'two dashes'],
    ['go -', 'printable ASCII'],
    ['go <x', 'is no slot'],
    ['go <x>y', 'is no slot'],
    ['go <>', 'is no slot'],
    ['go ü<x>', 'not printable ASCII'],
    ['go <X>', 'lower camel case'],
    ['go <dry-run>', 'lower camel case'],
    ['go <constructor>', 'every object has'],
    ['go <x> <x>', 'stands twice'],
    ['go [-dry-run] <dryRun>', 'stands twice'],
    ['go <x:strnig>', 'there is no type "strnig"'],
    ['go <x:a>', 'there is no type "a"'],
    ['go <x:a|>', 'no list of values'],
    ['go <x:a|-b>', 'no list of values'],
    ['go <x:a|ö>', 'no list of values'],
    ['go <x:a|A>', 'a value stands twice'],
    ['go <x...> <y>', 'must be last'],
    ['go <x+> [now]', 'must be last'],
    ['go x<x+>', 'nothing can stand glued'],
    ['go <x:int+>', 'list of texts'],
    ['go [<x>] <y>', '"<y>" must come'],
    ['go [<x>] -now', '"-now" must come'],
    ['go [[<x>]]', 'no brackets'],
    ['go [<x>]y', 'nothing is glued'],
    ['go [to <x>]', 'stands alone'],
    ['go [-<x> <y>]', 'stands alone'],
    ['go -<x:word> -<y:word>', 'take a common word'],
    ['go -<x> -<y:int>', 'take a common word'],
    ['go -<x:int> -<y:number>', 'take a common word'],
    ['go -<x:date> -<y:today|later>', 'take a common word'],
    ['go -fast -<x:slow|Fast>', 'take a common word'],
    ['go -r<x> -role=<y>', 'take a common word'],
    ['go [-<x:word>] [now] [-dry-run]', 'take a common word'],
    [`go ${'x'.repeat(1024)}`, 'more than 1024'],
    [`go ${Array.from({ length: 32 }, (_, index) => `<x${index}>`).join(' ')}`, 'more than 32'],
  ])('%s', (template, why) => {
    expect(() => compile(template)).toThrow(
      expect.objectContaining({ code: 'template-malformed', say: expect.stringContaining(why) }),
    )
  })
})

test.each([
  ['go -<x:word> -<y:quarter> [-dry-run]'],
  ['go -<x:duration> -<y:int> -<z:date>'],
  ['go -role=<role:word> -env=<env:word>'],
  ['go -<x:word> <y> -<z:word>'],
  ['go [<x> <y>] [<z...>]'],
  ['go <x:v1.2|v1.3|a:b>'],
])('%s is well formed', (template) => {
  expect(compile(template).text).toBe(template)
})

test('the name is what leads, without dash parts', () => {
  expect(compile('db migrate <x>').command).toBe('db migrate')
  expect(compile('commit -am <message...>').command).toBe('commit')
  expect(compile('push [now]').command).toBe('push')
})

test('from dangerous up no template may have a reason of its own', () => {
  expect(() => compileTemplate({ template: 'go <reason>', tier: 'dangerous' })).toThrow('stands twice')
})

test('a listed command counts with the higher of its two tiers', () => {
  const manifest = {
    plugin: 'p',
    command: 'go',
    template: 'go',
    summary: 's',
    tier: 'member',
    inspects: false,
    exclusive: false,
    cancellable: false,
    timeLimit: 60,
  } as const
  const listed = { runner: 'r', tier: 'critical', manifest } as const
  expect(templateOf(listed).steps).toHaveLength(2)
  expect(templateOf(listed)).toBe(templateOf(listed))
  expect(templateOf({ ...listed, tier: 'member' }).steps).toHaveLength(1)
})
