import type { Company, PlatformAccount } from '#core/bundle/company.ts'
import { commandSet } from '#core/command/command-set.ts'
import { compileTemplate } from '#core/command/compile.ts'
import type { Described } from '#core/command/described.ts'
import { tierOf } from '#core/command/manifest.ts'
import { FoobotError } from '#core/errors.ts'
import { logOrigin, openNote } from '#core/log/checkpoint.ts'
import type { Key } from '#core/signature/key.ts'
import { isAtLeast } from '#core/tier.ts'
import type { Complaint } from './complaint.ts'
import type { Path } from './yaml-file.ts'

/** Knows on which line of a file something stands. */
export type Places = { line(file: string, path: Path): number | undefined }

/** What no file can say alone: that the files agree with each other, and that nothing stands for two. */
export const checkCompany = (company: Company, places: Places): readonly Complaint[] => {
  const complaints: Complaint[] = []
  const complain = (file: string, path: Path, text: string): void => {
    const line = places.line(file, path)
    complaints.push({ file, ...(line !== undefined && { line }), text })
  }
  const checks = [
    checkRoot,
    checkLog,
    checkGroups,
    checkRooms,
    checkPlatforms,
    checkOwners,
    checkWebhooks,
    checkAttested,
    checkCommands,
    checkPlugins,
    checkTemplates,
    checkKeys,
    checkAccounts,
  ]
  for (const check of checks) check(company, complain)
  return complaints
}

type Check = (company: Company, complain: (file: string, path: Path, text: string) => void) => void

const checkRoot: Check = ({ root, people }, complain) => {
  for (const [index, { person }] of root.administrators.entries()) {
    const path = ['root', 'administrators', index, 'person']
    if (!people.has(person))
      complain('company.yaml', path, `there is no ${personFile(person)}: write it, or another person`)
  }
}

/** A fresh runner begins at this checkpoint: it must be the log's own. */
const checkLog: Check = ({ deployment, log }, complain) => {
  const { checkpoint } = log
  if (checkpoint === undefined) return
  const wrong = reasonOf(() => openNote(checkpoint, logOrigin(deployment), log.key))
  if (wrong === undefined) return
  const text = `log.checkpoint: it is not signed by log.key for ${logOrigin(deployment)}: run "foobot apply" beside the server's data, or take it out`
  complain('company.yaml', ['log', 'checkpoint'], text)
}

const checkGroups: Check = ({ groups, people }, complain) => {
  for (const [group, members] of groups) {
    for (const member of members) {
      if (people.has(member)) continue
      complain('groups.yaml', [group], `${group}: there is no ${personFile(member)}: write it, or take ${member} out`)
    }
  }
  for (const [name, other] of sameInAnyCase(groups.keys())) {
    complain('groups.yaml', [name], `${name} and ${other} differ in case only: rename one`)
  }
}

const checkRooms: Check = ({ rooms, groups }, complain) => {
  const taken = new Map<string, string>()
  for (const room of rooms.values()) {
    for (const group of room.groups) {
      if (!groups.has(group)) complain('rooms.yaml', [room.name, 'groups'], unknownGroup(room.name, group))
    }
    for (const [index, place] of room.places.entries()) {
      const other = taken.get(identity(place))
      const path = [room.name, 'places', index]
      if (other !== undefined) complain('rooms.yaml', path, `${room.name}: this place is the room ${other} already`)
      taken.set(identity(place), room.name)
    }
  }
}

/** A platform that nobody listed is not heard: what stands there would mean nothing. */
const checkPlatforms: Check = ({ rooms, people, platforms }, complain) => {
  const check = (file: string, path: Path, { platform }: Pick<PlatformAccount, 'platform'>): void => {
    if (platforms.has(platform)) return
    complain(
      file,
      path,
      `company.yaml lists no platform ${platform}: write "platforms: {${platform}: {identity: lasting}}"`,
    )
  }
  for (const { name, places } of rooms.values()) {
    for (const [index, place] of places.entries()) check('rooms.yaml', [name, 'places', index], place)
  }
  for (const { id, accounts } of people.values()) {
    for (const [index, account] of accounts.entries()) check(personFile(id), ['accounts', index], account)
  }
}

const checkOwners: Check = ({ owners, groups }, complain) => {
  for (const [label, group] of owners) {
    if (!groups.has(group)) complain('company.yaml', ['owners', label], unknownGroup(`owners.${label}`, group))
  }
}

const checkWebhooks: Check = ({ webhooks, runners, rooms }, complain) => {
  for (const [path, { runner, room }] of webhooks) {
    const at = ['webhooks', path]
    if (!runners.has(runner))
      complain('company.yaml', at, `webhooks.${path}: there is no runner ${runner}: write another`)
    if (!rooms.has(room))
      complain('company.yaml', at, `webhooks.${path}: rooms.yaml has no room ${room}: write another`)
  }
}

const checkAttested: Check = ({ attested, commands }, complain) => {
  const known = new Set(commands.map(({ manifest }) => manifest.command))
  for (const [index, word] of attested.words.entries()) {
    if (known.has(word)) continue
    complain('company.yaml', ['attested', 'words', index], `attested.words: there is no command "${word}"`)
  }
}

const checkCommands: Check = ({ commands, runners }, complain) => {
  const file = 'commands.json'
  const seen = new Set<string>()
  for (const [index, { runner, tier, manifest }] of commands.entries()) {
    const { command } = manifest
    if (seen.has(command)) complain(file, [index], `"${command}" is listed twice: keep one`)
    seen.add(command)
    if (!runners.has(runner)) {
      complain(
        file,
        [index, 'runner'],
        `"${command}": company.yaml has no runner ${runner}: write it, or another one here`,
      )
    }
    if (!isAtLeast(tier, manifest.tier)) {
      const text = `"${command}": its plugin says ${manifest.tier}, and a company may say higher, never ${tier}`
      complain(file, [index, 'tier'], text)
    }
  }
}

/** From `sensitive` up nothing runs whose code nobody has signed. */
const checkPlugins: Check = ({ commands, plugins }, complain) => {
  for (const [index, { tier, manifest }] of commands.entries()) {
    if (plugins.has(manifest.plugin) || !isAtLeast(tierOf({ tier, manifest }), 'sensitive')) continue
    const text = `"${manifest.command}": plugins.json lists no code of the plugin ${manifest.plugin}: run "foobot apply"`
    complain('commands.json', [index], text)
  }
}

/** Each template can be read, each name is its template's own, and no line could mean two commands. */
const checkTemplates: Check = ({ commands }, complain) => {
  const readable = new Map<string, Described>()
  for (const [index, { tier, manifest }] of commands.entries()) {
    const entry = { ...manifest, tier: tierOf({ tier, manifest }) }
    const wrong = reasonOf(() => compileTemplate(entry))
    if (wrong === undefined) readable.set(manifest.command, entry)
    else complain('commands.json', [index, 'manifest', 'template'], `"${manifest.command}": ${wrong}`)
  }
  const overlap = reasonOf(() => commandSet([...readable.values()]))
  if (overlap !== undefined) complain('commands.json', [], overlap)
}

const reasonOf = (check: () => unknown): string | undefined => {
  try {
    check()
    return undefined
  } catch (error) {
    if (error instanceof FoobotError && error.code !== 'internal') return error.say
    throw error
  }
}

/** Two roles of one key would make one yes count for two. */
const checkKeys: Check = ({ root, log, runners, attesting, witnesses, people }, complain) => {
  const company = 'company.yaml'
  const uses: (readonly [key: Key, file: string, path: Path])[] = [
    ...root.administrators.map(({ key }, index) => [key, company, ['root', 'administrators', index, 'key']] as const),
    [log.key, company, ['log', 'key']],
    ...[...runners].map(([name, { key }]) => [key, company, ['runners', name, 'key']] as const),
    ...[...attesting].map(([name, key]) => [key, company, ['attesting', name]] as const),
    ...[...witnesses].map(([name, { key }]) => [key, company, ['witnesses', name, 'key']] as const),
    ...[...people.values()].flatMap(({ id, keys }) =>
      keys.map((key, index) => [key, personFile(id), ['keys', index]] as const),
    ),
  ]
  const first = new Map<Key, string>()
  for (const [key, file, path] of uses) {
    const here = `${file}, ${path.join('.')}`
    const there = first.get(key)
    if (there !== undefined)
      complain(file, path, `this key stands in ${there} already: a key has one role, make another`)
    else first.set(key, here)
  }
  for (const { id, keys, hardware } of people.values()) {
    for (const [index, key] of [...hardware].entries()) {
      if (!keys.includes(key))
        complain(personFile(id), ['hardware', index], 'this key does not stand under keys: write it there too')
    }
  }
}

const checkAccounts: Check = ({ people }, complain) => {
  const owner = new Map<string, string>()
  for (const { id, accounts } of people.values()) {
    for (const [index, account] of accounts.entries()) {
      const other = owner.get(identity(account))
      if (other !== undefined) {
        complain(personFile(id), ['accounts', index], `this account is ${other}’s already: an account is one person’s`)
      }
      owner.set(identity(account), id)
    }
  }
}

const personFile = (id: string): string => `people/${id}.yaml`

const unknownGroup = (where: string, group: string): string =>
  `${where}: groups.yaml has no group ${group}: write it there, or another one here`

/** Some platforms tell accounts apart by case and some do not: here, two that differ in case alone are one. */
const identity = ({ platform, tenant, id }: PlatformAccount): string =>
  JSON.stringify([platform, tenant, id]).toLowerCase()

const sameInAnyCase = (names: Iterable<string>): [string, string][] => {
  const first = new Map<string, string>()
  const same: [string, string][] = []
  for (const name of names) {
    const other = first.get(name.toLowerCase())
    if (other !== undefined) same.push([name, other])
    first.set(name.toLowerCase(), name)
  }
  return same
}
