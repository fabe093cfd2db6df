import { InvalidArgumentError } from 'commander'
import { bundleVersions, readBundle } from '#config/bundle-folder.ts'
import { readCompany } from '#config/company.ts'
import { readCompanyFolder } from '#config/company-folder.ts'
import type { Company } from '#core/bundle/company.ts'
import { commandSet } from '#core/command/command-set.ts'
import { type ListedCommand, tierOf } from '#core/command/manifest.ts'
import { directoryOf } from '#core/command/speaking.ts'
import { understand } from '#core/command/understand.ts'
import { FoobotError } from '#core/errors.ts'
import type { Question } from '#core/policy/decision.ts'
import { addressed } from '#core/text/address.ts'
import { hygiene } from '#core/text/hygiene.ts'
import { UsageError } from './failure.ts'

/** Which company is meant: a draft, or the newest bundle of a data folder. */
export type Where = { readonly config?: string; readonly data: string }

/** What a question is made from, as it stands on the command line. */
export type Asked = {
  readonly as: string
  readonly room: string
  readonly platform: string
  readonly owner?: string
  readonly target?: string
  readonly fact: Question['resource']['facts']
}

/** @throws FoobotError `bundle-file`, `company-malformed` */
export const companyAt = ({ config, data }: Where): Company => {
  if (config !== undefined) return readCompany(readCompanyFolder(config))
  const newest = bundleVersions(data).at(-1)
  if (newest === undefined) {
    const say = `There is no bundle in ${data}: give its folder with --data DIR, or a draft with --config DIR.`
    throw new FoobotError('bundle-file', say, say)
  }
  return readCompany(readBundle(data, newest).files)
}

/**
 * The question that policy would be asked, were this said.
 * @throws UsageError where it could not be said, or nobody would hear it
 */
export const questionOf = (
  company: Company,
  text: string,
  options: Asked,
): { listed: ListedCommand; question: Question } => {
  const { as: requester, room, platform, owner } = options
  if (!company.people.has(requester)) throw new UsageError(`There is no person ${requester}: ${known(company.people)}`)
  const place = company.rooms.get(room)
  if (!place) throw new UsageError(`There is no room ${room}: ${known(company.rooms)}`)
  if (place.groups.length > 0 && !place.groups.some((group) => company.groups.get(group)?.has(requester))) {
    throw new UsageError(`${requester} is not in ${room}, and is answered nothing there.`)
  }
  const { listed, args } = commandOf(company, text, requester)
  const { target = `System:${listed.manifest.plugin}` } = options
  const [, type = '', id = ''] = /^([A-Z][A-Za-z0-9]*):(.+)$/s.exec(target) ?? []
  if (id === '') throw new UsageError(`"${target}" is no target: write its type and id, as Server:svr-1827.`)
  const resource = { type, id, facts: options.fact, ...(owner !== undefined && { owner }) }
  return { listed, question: { requester, command: listed.manifest.command, args, resource, room, platform } }
}

const commandOf = (company: Company, text: string, me: string): { listed: ListedCommand; args: Question['args'] } => {
  const line = hygiene(addressed(text, 'Foobot', true) ?? text)
  if (!line.ok) throw new UsageError(line.say)
  const set = commandSet(
    company.commands.map((listed) => ({
      ...listed.manifest,
      tier: tierOf(listed),
      listed,
    })),
  )
  const directory = directoryOf(company.people.values(), company.groups.keys())
  const speaking = { now: Date.now(), zone: company.zone, dateOrder: company.dateOrder, me, directory }
  const understood = understand(set, line.text, speaking, () => true)
  switch (understood.kind) {
    case 'command':
      return { listed: understood.entry.listed, args: understood.args as Question['args'] }
    case 'complaint':
      throw new UsageError(understood.say)
    case 'missing':
      throw new UsageError(understood.usage)
    default: {
      const near = understood.kind === 'unknown' && understood.near.length > 0 ? understood.near : undefined
      throw new UsageError(`The company has no command "${text}".${near ? ` Did you mean ${near.join(' or ')}?` : ''}`)
    }
  }
}

/** Adds `name=value` to the facts given so far. */
export const addFact = (text: string, before: Question['resource']['facts']): Question['resource']['facts'] => {
  const [, name = '', value = ''] = /^([a-z][A-Za-z0-9]*)=(.*)$/s.exec(text) ?? []
  if (name === '') throw new InvalidArgumentError('Write it as role=web.')
  if (value === 'true' || value === 'false') return { ...before, [name]: value === 'true' }
  return { ...before, [name]: /^-?[0-9]{1,15}$/.test(value) ? Number(value) : value }
}

const known = (names: ReadonlyMap<string, unknown>): string => `the company has ${[...names.keys()].sort().join(', ')}.`
