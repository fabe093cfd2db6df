import { describe, expect, it } from 'vitest'
import type { ListedCommand, ManifestEntry } from '#core/command/manifest.ts'
import type { Tier } from '#core/tier.ts'
import { listCommands } from './list-commands.ts'

const manifest = (command: string, tier: Tier, summary = 'It does'): ManifestEntry => ({
  plugin: 'git',
  command,
  template: command,
  summary,
  tier,
  inspects: true,
  exclusive: false,
  cancellable: false,
  timeLimit: 60,
})

const listed = (runner: string, tier: Tier, entry: ManifestEntry): ListedCommand => ({ runner, tier, manifest: entry })

describe('the commands of a company', () => {
  const pull = manifest('pull', 'member')
  const push = manifest('push', 'member')
  const ack = manifest('ack', 'open')

  it('are what runners declare, in the order of their names', () => {
    const declared = new Map([
      ['delivery', [push, pull]],
      ['ops', [ack]],
    ])
    expect(listCommands([], declared)).toEqual([
      listed('ops', 'open', ack),
      listed('delivery', 'member', pull),
      listed('delivery', 'member', push),
    ])
  })

  it('lose what a runner declares no more, and keep those of other runners', () => {
    const before = [listed('delivery', 'member', pull), listed('ops', 'open', ack)]
    expect(listCommands(before, new Map([['delivery', [push]]]))).toEqual([
      listed('ops', 'open', ack),
      listed('delivery', 'member', push),
    ])
  })

  it('keep a tier that was raised, and follow a plugin that raises it', () => {
    const before = [listed('delivery', 'dangerous', push), listed('delivery', 'member', pull)]
    const declared = new Map([['delivery', [manifest('push', 'member', 'New'), manifest('pull', 'sensitive')]]])
    expect(listCommands(before, declared).map(({ tier }) => tier)).toEqual(['sensitive', 'dangerous'])
  })
})
