import type { Command } from 'commander'
import { describe, expect, it } from 'vitest'
import { programFor } from './program.ts'

const all = ({ commands }: Command, path: string): (readonly [path: string, command: Command])[] =>
  commands.flatMap((command) => {
    const own = `${path} ${command.name()}`
    return [[own, command] as const, ...all(command, own)]
  })

const helpOf = (command: Command): string => {
  let text = ''
  command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 80 })
  command.outputHelp()
  return text
}

const program = await programFor(undefined)
const subcommands = all(program, 'foobot')

describe('help', () => {
  it('shows every subcommand in a group, and how to go on', () => {
    const text = helpOf(program)
    expect(subcommands.length).toBeGreaterThan(30)
    for (const command of program.commands) {
      expect(text).toMatch(new RegExp(`^  ${command.name()}\\b`, 'm'))
    }
    expect(text).toContain('npm start')
  })

  it.each(subcommands)('of %s has one voice, and examples', (path, command) => {
    expect(command.description()).toMatch(/^[A-Z].*\.$/)
    expect(command.summary()).toMatch(/^[a-z].*[^.]$/)
    const text = helpOf(command)
    const [before, examples = ''] = text.split(/^Examples[^\n]*:$/m)
    expect(examples).toContain(`\n  ${path}`)
    expect(before?.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  it('names the environment where it counts', () => {
    const servers = subcommands.flatMap(([path, { options }]) =>
      options.filter(({ long }) => long === '--server' || long === '--data').map((option) => ({ path, option })),
    )
    expect(servers.length).toBeGreaterThan(20)
    expect(servers.filter(({ option: { envVar } }) => envVar === undefined)).toEqual([])
  })
})
