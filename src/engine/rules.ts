import type { Bundle, Company } from '#core/bundle/company.ts'
import { type CommandSet, commandSet } from '#core/command/command-set.ts'
import { type ListedCommand, tierOf } from '#core/command/manifest.ts'
import { type Directory, directoryOf } from '#core/command/speaking.ts'
import { type ToldPolicy, toldPolicyOf } from '#core/policy/told.ts'
import type { Tier } from '#core/tier.ts'
import { type OwnCommand, ownCommands } from './own-commands.ts'
import type { Account, Conversation } from './platform.ts'

/** A command that may be said: one of the bundle's, or one of Foobot's own. */
export type Entry = {
  readonly plugin?: string
  readonly command: string
  readonly template: string
  readonly summary: string
  readonly tier: Tier
  readonly ask?: Readonly<Record<string, string>>
  readonly example?: string
  readonly listed?: ListedCommand
  readonly own?: OwnCommand
}

/** All that one bundle says, made ready once. */
export type Rules = {
  readonly bundle: Bundle
  readonly company: Company
  readonly policy: ToldPolicy
  readonly commands: CommandSet<Entry>
  readonly entries: readonly Entry[]
  /** Who and what there is by name. */
  readonly directory: Directory
  entryOf(command: string): Entry | undefined
  /** Whether a platform is one of the company's: any other one is not heard. */
  hears(platform: string): boolean
  /** Whether an account of a platform is the same person for ever: any other one stands for nobody. */
  lasts(platform: string): boolean
  /** The person behind an account; undefined is nobody. */
  personOf(platform: string, account: Account): string | undefined
  /** The company's name of a conversation's room; undefined where it is none of the company's. */
  roomOf(conversation: Conversation): string | undefined
  /** Whether somebody is in a room of the company: who is nobody is in those that are everybody's. */
  isIn(room: string, person: string | undefined): boolean
  /** What a person may ever say, Foobot's own commands too. */
  mayEver(person: string | undefined): (command: string) => boolean
}

export const rulesOf = (bundle: Bundle): Rules => {
  const { company } = bundle
  const policy = toldPolicyOf(bundle)
  const listed: Entry[] = company.commands.map((entry) => ({
    plugin: entry.manifest.plugin,
    command: entry.manifest.command,
    template: entry.manifest.template,
    summary: entry.manifest.summary,
    tier: tierOf(entry),
    ...(entry.manifest.ask && { ask: entry.manifest.ask }),
    ...(entry.manifest.example !== undefined && { example: entry.manifest.example }),
    listed: entry,
  }))
  const entries = [...listed, ...ownCommands]
  const own = new Set(ownCommands.map(({ command }) => command))
  const byName = new Map(entries.map((entry) => [entry.command, entry]))
  const lasts = (platform: string): boolean =>
    platform === 'native' || company.platforms.get(platform)?.identity === 'lasting'
  const accounts = new Map<string, string>()
  for (const person of company.people.values()) {
    accounts.set(key('native', company.deployment, person.id), person.id)
    for (const { platform, tenant, id } of person.accounts) {
      // An account that may be given to somebody else stands for nobody.
      if (lasts(platform)) accounts.set(key(platform, tenant, id), person.id)
    }
  }
  const rooms = new Map<string, string>()
  for (const room of company.rooms.values()) {
    rooms.set(key('native', company.deployment, room.name), room.name)
    for (const place of room.places) rooms.set(key(place.platform, place.tenant, place.id), room.name)
  }
  return {
    bundle,
    company,
    policy,
    entries,
    entryOf: (command) => byName.get(command),
    commands: commandSet(entries),
    directory: directoryOf(company.people.values(), company.groups.keys()),
    hears: (platform) => platform === 'native' || company.platforms.has(platform),
    lasts,
    personOf: (platform, { tenant, id }) => accounts.get(key(platform, tenant, id)),
    roomOf: ({ platform, tenant, room }) => rooms.get(key(platform, tenant, room)),
    isIn: (room, person) => {
      const groups = company.rooms.get(room)?.groups
      if (!groups) return false
      return (
        groups.length === 0 || (person !== undefined && groups.some((group) => company.groups.get(group)?.has(person)))
      )
    },
    mayEver: (person) => {
      const may = policy.mayEver(person)
      return (command) => own.has(command) || may.has(command)
    },
  }
}

const key = (...parts: readonly string[]): string => JSON.stringify(parts)
