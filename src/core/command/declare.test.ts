import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { int, oneOf, person, text } from './argument.ts'
import { type Command, plugin } from './declare.ts'
import type { DeclaredCommand } from './plugin.ts'

const pluginOf = (commands: (command: Command<unknown>) => readonly DeclaredCommand[]) =>
  plugin('billing', { summary: 'Accounts', connect: (): unknown => undefined, commands })

const plain = { summary: 'Does it', tier: 'member', run: () => undefined } as const

test('a command becomes a manifest: its template expanded, its name taken from it', () => {
  const [full] = pluginOf((command) => [
    command('upgrade <customer> to <plan> #<n> <who...>', {
      ...plain,
      tier: 'sensitive',
      args: { customer: text(), plan: oneOf('Free', 'Pro'), n: int(), who: person() },
      ask: { customer: 'Which customer?' },
      example: 'upgrade Acme to pro 5 Jason Hand',
      inspect: () => ({ type: 'Customer', id: 'x', facts: {} }),
      exclusive: true,
      timeLimit: 5,
    }),
  ]).commands
  expect(full?.manifest).toEqual({
    plugin: 'billing',
    command: 'upgrade',
    template: 'upgrade <customer:text> to <plan:Free|Pro> #<n:int> <who:person...>',
    summary: 'Does it',
    tier: 'sensitive',
    inspects: true,
    exclusive: true,
    cancellable: false,
    timeLimit: 5,
    ask: { customer: 'Which customer?' },
    example: 'upgrade Acme to pro 5 Jason Hand',
  })
})

test('what is left out has a default', () => {
  const [only] = pluginOf((command) => [command('push', plain)]).commands
  expect(only?.manifest).toMatchObject({ inspects: false, exclusive: false, cancellable: false, timeLimit: 60 })
  expect(only).not.toHaveProperty('inspect')
})

test('the configuration is checked as a whole, and is the system where nothing connects', () => {
  const { config, connect } = plugin('notes', { summary: 'Notes', config: { folder: z.string() }, commands: () => [] })
  expect(config.safeParse({ folder: '/x' }).success).toBe(true)
  expect(config.safeParse({ folder: '/x', more: 1 }).success).toBe(false)
  expect(config.safeParse({}).success).toBe(false)
  expect(connect({ folder: '/x' } as never)).toEqual({ folder: '/x' })
})

describe('what is declared wrongly is refused', () => {
  const refused = (
    code: string,
    say: string,
    commands: (command: Command<unknown>) => readonly DeclaredCommand[],
  ): void => {
    expect(() => pluginOf(commands)).toThrow(expect.objectContaining({ code, say: expect.stringContaining(say) }))
  }

  test('with what is wrong', () => {
    refused('plugin-refused', 'args.custmer', (command) => [
      command('go <customer>', { ...plain, args: { custmer: text() } as never }),
    ])
    refused('plugin-refused', 'args.x', (command) => [
      command('go <x:int>', { ...plain, args: { x: text() } as never }),
    ])
    refused('plugin-refused', 'ask.custmer', (command) => [
      command('go <customer>', { ...plain, ask: { custmer: '?' } }),
    ])
    refused('plugin-refused', 'does not fit', (command) => [command('go <n:int>', { ...plain, example: 'go fast' })])
    refused('plugin-refused', 'summary', (command) => [command('go', { ...plain, summary: '' })])
    refused('plugin-refused', 'timeLimit', (command) => [command('go', { ...plain, timeLimit: 0 })])
    refused('plugin-refused', 'is open', (command) => [
      command('go', { ...plain, tier: 'open', inspect: () => ({ type: 'T', id: 'x', facts: {} }) }),
    ])
    refused('template-malformed', 'there is no type "strnig"', (command) => [command('go <x:strnig>' as never, plain)])
    refused('command-name-taken', 'help', (command) => [command('help me', plain)])
    refused('template-overlap', 'go <x:text>', (command) => [command('go <x>', plain), command('go now', plain)])
  })
})
