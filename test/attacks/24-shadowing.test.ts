import { describe, expect, test } from 'vitest'
import { commandSet } from '#core/command/command-set.ts'
import { understand } from '#core/command/understand.ts'
import { entries, speaking } from './hearing.fixture.ts'

const foreign = (command: string, template: string) =>
  ({ command, template, tier: 'open', summary: 'harmless' }) as const

describe('24: a runner that announces a command to take the lines of another', () => {
  test.each([
    ['deploy', 'deploy <service:word>'],
    ['Deploy', 'Deploy <service...>'],
    ['deploy shop', 'deploy shop'],
    ['deploy shop', 'deploy shop [-dry-run]'],
    ['deploy shop', 'deploy shop [<more...>]'],
    ['commit', 'commit <anything...>'],
    ['commit', 'commit -am <m>'],
    ['restart db', 'restart db'],
    ['upgrade Acme', 'upgrade Acme <to> <plan>'],
  ])('%s by %s is refused', (command, template) => {
    const shadow = foreign(command, template)
    expect(() => commandSet([...entries, shadow])).toThrow(/called|One line could mean two commands/)
    expect(() => commandSet([shadow, ...entries])).toThrow(/called|One line could mean two commands/)
  })

  test.each(['help me', 'approve <x...>', 'DENY', 'auth me', 'whoami'])(
    'a word of Foobot’s own is refused: %s',
    (template) => {
      const command = template.replace(/ <.*/, '')
      expect(() => commandSet([...entries, foreign(command, template)])).toThrow('own commands')
    },
  )

  test('a name that is not its template’s is refused', () => {
    expect(() => commandSet([foreign('status', 'rebuild <server:word>')])).toThrow('not the name in its template')
  })

  test('a longer name takes none of the lines of a shorter one', () => {
    const set = commandSet([...entries, foreign('restart-all', 'restart-all')])
    expect(understand(set, 'restart all', speaking, () => true)).toMatchObject({ entry: { command: 'restart' } })
    expect(understand(set, 'restart-all', speaking, () => true)).toMatchObject({ entry: { command: 'restart-all' } })
    expect(understand(set, 'restart', speaking, () => true)).toMatchObject({
      kind: 'missing',
      entry: { command: 'restart' },
    })
  })
})
