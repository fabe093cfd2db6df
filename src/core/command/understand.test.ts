import { describe, expect, test, vi } from 'vitest'
import type { Tier } from '#core/tier.ts'
import { commandSet } from './command-set.ts'
import { compileTemplate } from './compile.ts'
import { completions } from './complete.ts'
import type { Described } from './described.ts'
import { helpOf, helpOn } from './help.ts'
import { directoryOf, type Speaking } from './speaking.ts'
import { understand, understandAnswer } from './understand.ts'

const speaking: Speaking = {
  now: Date.parse('2015-06-25T18:03:00Z'),
  zone: 'UTC',
  dateOrder: 'month-first',
  me: 'steve',
  directory: directoryOf([{ id: 'steve', name: 'Steve' }], []),
}

const entry = (template: string, tier: Tier = 'member', more: Partial<Described> = {}): Described => ({
  command: compileTemplate({ template, tier }).command,
  template,
  tier,
  summary: `Does ${template}.`,
  ...more,
})

const all = (_: string): boolean => true
const setOf = (...templates: readonly string[]) => commandSet(templates.map((template) => entry(template)))
const heard = (set: ReturnType<typeof setOf>, line: string, mayEver = all) => understand(set, line, speaking, mayEver)

describe('which command a line means', () => {
  const set = setOf(
    'db <name:int>',
    'db migrate <environment:word> <branch:word>',
    'restart <server:word>',
    'restart-all',
    'build <x>',
  )

  test('whole words decide', () => {
    expect(heard(set, 'restart all')).toMatchObject({ entry: { command: 'restart' } })
    expect(heard(set, 'restart-all')).toMatchObject({ entry: { command: 'restart-all' } })
    expect(heard(set, 'restart-allx')).toMatchObject({ kind: 'unknown' })
  })

  test('a complete line wins over a longer name', () => {
    expect(heard(set, 'db 5')).toMatchObject({ kind: 'command', entry: { command: 'db' } })
    expect(heard(set, 'db migrate prod')).toMatchObject({
      kind: 'missing',
      entry: { command: 'db migrate' },
      slots: ['branch'],
    })
  })

  test.each([
    ['bulid x', ['build']],
    ['buidl', ['build']],
    ['BUILT x', ['build']],
    ['restart-al', ['restart-all']],
    ['db migarte prod x', ['db migrate']],
    ['biuld', ['build']],
    ['xyzzy', []],
    ['builԁ x', []],
    ['ｂｕｉｌｄ x', []],
    ['"build" x', []],
  ])('%s is perhaps %j, and never runs', (line, near) => {
    const found = heard(setOf('db migrate <x> <y>', 'restart-all', 'build <x>'), line)
    expect(found).toEqual({ kind: 'unknown', near })
  })

  test('what somebody may never run is as if it were not there', () => {
    const without = setOf('restart <server:word>')
    const mayEver = (command: string): boolean => command === 'restart'
    for (const line of [
      'db migrate prod x',
      'db migrate',
      'db',
      'biuld x',
      'build',
      'restart-all',
      'restart-al',
      'hello',
      '',
    ]) {
      expect(heard(set, line, mayEver)).toEqual(heard(without, line))
    }
  })

  test.each(['', 'hi', 'Hello!', 'good morning', 'thanks'])('"%s" is nothing', (line) => {
    expect(heard(set, line)).toEqual({ kind: 'nothing' })
  })
})

describe('what does not fit is said', () => {
  test.each([
    ['upgrade <customer> to <plan:Free|Pro>', 'upgrade Acme to Gold', '<plan> is Free or Pro, not "Gold".'],
    ['upgrade <customer> to <plan:Free|Pro>', 'upgrade Acme too Pro', 'I expected "to" in place of "too".'],
    ['upgrade <customer> to <plan:Free|Pro>', 'upgrade Acme "to" Pro', 'I expected "to" in place of ""to"".'],
    ['upgrade <customer> to <plan:Free|Pro>', 'upgrade "Acme to Pro', 'does not close it'],
    ['upgrade <customer> to <plan:Free|Pro>', 'upgrade "Acme"x to Pro', 'does not close it'],
    ['upgrade <customer> to <plan:Free|Pro>', 'upgrade Acme to Pro now', 'There is nothing for "now" to be.'],
    ['rebuild <server:word> role=<role:word>', 'rebuild a web', 'I expected "role=<role>" in place of "web".'],
    ['rebuild <server:word> role=<role:word>', 'rebuild a role=', '<role> is one word'],
    ['rebuild <server:word> role=<role:word>', 'rebuild --force role=web', '"--force" reads as an option'],
    [
      'late [-<age:duration>]',
      'late -tuesday',
      '<age> is a length of time, as 90s, 15m, 1h, 30d or 2w, not "tuesday".',
    ],
    ['late [-<age:duration>] [-dry-run]', 'late -tuesday', 'No option of this command takes "-tuesday".'],
    ['late [-<age:duration>]', 'late -1d -2d', 'No option of this command takes "-2d".'],
    ['commit -am <message...>', 'commit -am fix -v option', '"-v" reads as an option'],
    ['commit -am <message...>', 'commit -am fix —v option', '"—v" reads as an option'],
    ['add <names+>', 'add a --b', '"--b" reads as an option'],
    ['second [<method:push|totp>]', 'second mail', '<method> is push or totp, not "mail".'],
    ['extend <until:date>', 'extend 02/30/15', 'There is no day 02/30/15'],
  ])('%s: %s', (template, line, say) => {
    expect(heard(setOf(template), line)).toMatchObject({ kind: 'complaint', say: expect.stringContaining(say) })
  })
})

describe('what is missing is asked for', () => {
  const ask = { customer: 'Which customer?', quarter: 'Which quarter?', plan: 'Which plan?' }
  const set = commandSet([
    entry('feature <customer> <wish...>', 'member', { ask }),
    entry('upgrade <customer> to <plan:Free|Pro>', 'member', { ask }),
    entry('leads -<quarter:quarter> -<rank:high|low> [-<segment:word>]', 'member', { ask }),
    entry('rebuild <customer> role=<role:word>', 'sensitive', { ask }),
    entry('silent <what>', 'member'),
  ])
  const answer = (said: string, text: string) => understandAnswer(set, said, text, speaking, all)

  test('by its own sentence, if the first that is missing has one', () => {
    expect(heard(set, 'feature')).toMatchObject({
      kind: 'missing',
      ask: 'Which customer?',
      slots: ['customer', 'wish'],
    })
    expect(heard(set, 'feature Acme')).toMatchObject({
      kind: 'missing',
      slots: ['wish'],
      usage: expect.stringContaining('feature <customer> <wish...>'),
    })
    expect(heard(set, 'feature Acme')).not.toHaveProperty('ask')
    expect(heard(set, 'silent')).not.toHaveProperty('ask')
  })

  test('with the values that fit, where they are declared', () => {
    const of = (template: string, line: string) => heard(setOf(template), line)
    const usage = 'Say it like this: promote webinar -<next|last>'
    expect(of('promote webinar -<which:next|last>', 'promote webinar')).toMatchObject({ kind: 'missing', usage })
    expect(of('promote webinar -<which:next|last>', 'promote webinar -net')).toMatchObject({
      kind: 'complaint',
      say: `<which> is next or last, not "net". ${usage}`,
    })
    expect(of('set role=<role:web|db>', 'set web')).toMatchObject({
      say: 'I expected "role=<web|db>" in place of "web". Say it like this: set role=<web|db>',
    })
  })

  test('by name, where there are many values', () => {
    const many = Array.from({ length: 30 }, (_, index) => `region-${index}`)
    const command = entry(`move <region:${many.join('|')}>`)
    expect(heard(commandSet([command]), 'move')).toMatchObject({ usage: 'Say it like this: move <region>' })
    expect(helpOn([command], 'move', 'Foobot')).toContain(`<region> is ${many.slice(0, -1).join(', ')} or region-29`)
  })

  test('never from sensitive up', () => {
    expect(heard(set, 'rebuild')).toMatchObject({
      kind: 'missing',
      usage: 'Say it like this: rebuild <customer> role=<role>',
    })
    expect(heard(set, 'rebuild')).not.toHaveProperty('ask')
  })

  test('the answer fills all that is missing, with or without what stands between', () => {
    expect(answer('feature', 'Epic wants - well - fonts')).toMatchObject({ text: 'feature Epic wants - well - fonts' })
    expect(answer('upgrade Acme', 'pro')).toMatchObject({ kind: 'command', text: 'upgrade Acme to Pro' })
    expect(answer('upgrade Acme', 'to Pro')).toMatchObject({ kind: 'command', text: 'upgrade Acme to Pro' })
    expect(answer('upgrade Acme to', 'Pro')).toMatchObject({ kind: 'command', text: 'upgrade Acme to Pro' })
    expect(answer('upgrade', '"Acme Ops" Pro')).toMatchObject({ kind: 'command', text: 'upgrade "Acme Ops" to Pro' })
    expect(answer('leads', 'Q2 low')).toMatchObject({ kind: 'command', text: 'leads -2015-Q2 -low' })
    expect(answer('leads', '-Q2 -low -all')).toMatchObject({ kind: 'command', text: 'leads -2015-Q2 -low -all' })
    expect(answer('leads -low -all', '2015-Q1')).toMatchObject({ kind: 'command', text: 'leads -2015-Q1 -low -all' })
  })

  test('what was said so far is kept with its values fixed', () => {
    const asked = heard(set, 'leads -Low')
    expect(asked).toMatchObject({ kind: 'missing', text: 'leads -low', ask: 'Which quarter?' })
    expect(heard(set, 'upgrade "Acme"')).toMatchObject({ kind: 'missing', text: 'upgrade Acme to', ask: 'Which plan?' })
  })

  test('an answer may leave something missing, or not fit', () => {
    expect(answer('upgrade', 'Acme')).toMatchObject({ kind: 'missing', text: 'upgrade Acme to', slots: ['plan'] })
    expect(answer('upgrade Acme', 'Gold')).toMatchObject({
      kind: 'complaint',
      say: expect.stringContaining('<plan> is Free or Pro, not "Gold".'),
    })
    expect(answer('nothing asked', 'Gold')).toEqual({ kind: 'unknown', near: [] })
    expect(understandAnswer(set, 'feature', 'Epic wants it', speaking, () => false)).toEqual({
      kind: 'unknown',
      near: [],
    })
  })
})

describe('a set of commands is refused', () => {
  const refused = (code: string, ...entries: readonly Described[]): void => {
    expect(() => commandSet(entries)).toThrow(expect.objectContaining({ code }))
  }

  test('where one line would fit two, and both are named', () => {
    const pairs = [
      ['db <name>', 'db migrate'],
      ['db <name...>', 'db migrate <x> <y>'],
      ['db <names+>', 'db migrate <x> role=<y>'],
      ['db [<a:word>] [<b:word>]', 'db migrate [<x>]'],
      ['db <a> [-dry-run] [-<x:duration>]', 'db migrate [-<y:word>]'],
      ['db <kind:migrate|dump>', 'db Migrate'],
      ['db [-x] <a> -y', 'db migrate [-y]'],
    ] as const
    for (const [one, other] of pairs) {
      refused('template-overlap', entry(one), entry(other))
      expect(() => setOf(other, one)).toThrow(one)
      expect(() => setOf(other, one)).toThrow(other)
    }
  })

  test('and not where none does', () => {
    const pairs = [
      ['db <name>', 'db migrate <x>'],
      ['db <n:int>', 'db migrate'],
      ['db -force <name>', 'db migrate <x>'],
      ['db <name> -x', 'db migrate -y'],
      ['db <name> -x -y', 'db migrate -y'],
      ['db role=<role>', 'db migrate'],
      ['db migrate', 'dbmigrate'],
    ] as const
    for (const [one, other] of pairs) expect(setOf(one, other).all).toHaveLength(2)
  })

  test('where a name stands twice, is reserved, or is not that of the template', () => {
    refused('command-name-taken', entry('push'), entry('Push <x>'))
    refused('command-name-taken', entry('help'))
    refused('command-name-taken', entry('Approve all <x>'))
    refused('command-name-taken', { ...entry('push <x>'), command: 'pull' })
    expect(commandSet([entry('help', 'open', { own: true })]).all).toHaveLength(1)
  })
})

test('the cost of a line does not grow with the number of commands', () => {
  const setOfSize = (size: number) =>
    setOf('push', ...Array.from({ length: size }, (_, index) => `do${index} thing${index} <x> to <y>`))
  const lookUps = (size: number, line: string): number => {
    const set = setOfSize(size)
    heard(set, line)
    const get = vi.spyOn(Map.prototype, 'get')
    heard(set, line)
    const count = get.mock.calls.length
    get.mockRestore()
    return count
  }
  for (const line of ['push', 'do7 thing7 a to b', 'do7 thing7 a', 'xyzzy plugh', 'do7 thign7 a to b']) {
    expect(lookUps(3000, line)).toBe(lookUps(30, line))
  }
})

describe('help', () => {
  const entries = [
    entry('upgrade <customer> to <plan:Free|Pro>', 'sensitive', { plugin: 'billing', example: 'upgrade Acme to Pro' }),
    entry('invoices late [-<age:duration>]', 'member', { plugin: 'billing' }),
    entry('invoices paid', 'member', { plugin: 'billing' }),
    entry('rebuild <server:word>', 'dangerous', { plugin: 'servers' }),
    entry('help [<what...>]', 'open', { own: true }),
  ]

  test('lists by plugin, Foobot last', () => {
    expect(helpOf(entries, 'Foobot')).toBe(
      [
        'You may say these, after "Foobot". "Foobot help COMMAND" explains one.',
        '',
        'billing',
        '  invoices late [-<age>]: Does invoices late [-<age:duration>].',
        '  invoices paid: Does invoices paid.',
        '  upgrade <customer> to <Free|Pro>: Does upgrade <customer> to <plan:Free|Pro>.',
        '',
        'servers',
        '  rebuild <server> [-reason=<reason>]: Does rebuild <server:word>.',
        '',
        'Foobot',
        '  help [<what...>]: Does help [<what...>].',
      ].join('\n'),
    )
  })

  test('explains one command', () => {
    expect(helpOn(entries, 'Upgrade', 'Foobot')).toBe(
      [
        'Foobot upgrade <customer> to <Free|Pro>',
        'Does upgrade <customer> to <plan:Free|Pro>.',
        '  <customer> is some text',
        'Tier: sensitive',
        'Example: Foobot upgrade Acme to Pro',
      ].join('\n'),
    )
    expect(helpOn(entries, 'invoices', 'Foobot').split('\n')).toHaveLength(2)
    expect(helpOn(entries, 'servers', 'Foobot')).toContain('<reason> is some text; may be left out')
    expect(helpOn(entries, 'acl add', 'Foobot')).toContain('I do not know that command, or it is not yours here.')
  })
})

describe('completions', () => {
  const set = commandSet([
    entry('invoices late [-<age:duration>] [-dry-run]'),
    entry('invoices paid -<which:next|last>'),
    entry('upgrade <customer> to <plan:Free|Pro>'),
    entry('secret thing'),
  ])
  const complete = (line: string): string[] => completions(set, line, (command) => command !== 'secret thing')

  test.each([
    ['', ['invoices late', 'invoices paid', 'upgrade']],
    ['INV', ['invoices late', 'invoices paid']],
    ['invoices l', ['invoices late']],
    ['invoices late ', ['invoices late -', 'invoices late -dry-run']],
    ['invoices late -d', ['invoices late -dry-run']],
    ['invoices late -dry-run ', ['invoices late -dry-run -']],
    ['invoices paid ', ['invoices paid -last', 'invoices paid -next']],
    ['upgrade Acme ', ['upgrade Acme to']],
    ['upgrade Acme to p', ['upgrade Acme to Pro']],
    ['upgrade Acme to Pro', []],
    ['s', []],
    ['secret ', []],
  ])('%s', (line, lines) => {
    expect(complete(line)).toEqual(lines)
  })
})
