import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { stringify } from 'yaml'
import { readCompany } from '#config/company.ts'
import { readCompanyFolder } from '#config/company-folder.ts'
import { makeMachineKey } from '#config/machine-key.ts'
import type { Key } from '#core/signature/key.ts'
import { UsageError } from '../failure.ts'
import type { Answers } from './answers.ts'

/** Where a company is founded. */
export type Site = {
  /** For the company's folder: empty, or not there yet. */
  readonly folder: string
  /** For server and first runner: empty, or not there yet. */
  readonly data: string
  /** IANA time zone. */
  readonly zone: string
}

/** The runner that a company begins with. */
export const firstRunner = 'delivery'

/** @throws UsageError where a folder holds something already */
export const demandEmpty = ({ folder, data }: Pick<Site, 'folder' | 'data'>): void => {
  for (const place of [folder, data]) {
    if (existsSync(place) && readdirSync(place).length > 0)
      throw new UsageError(`${place} holds something already: name an empty or new folder.`)
  }
}

/**
 * Writes a company's folder, and a data folder with configuration and keys of its server and first runner. No key of a
 * person is made. Each folder is there whole or not at all.
 * @throws UsageError where a folder holds something already
 */
export const found = (answers: Answers, { folder, data, zone }: Site): void => {
  demandEmpty({ folder, data })
  const [folderDraft, dataDraft] = [draftOf(folder), draftOf(data)]
  try {
    for (const draft of [folderDraft, dataDraft]) {
      rmSync(draft, { recursive: true, force: true })
      mkdirSync(draft, { recursive: true, mode: 0o700 })
    }
    const keys = writeData(dataDraft, answers)
    writeFolder(folderDraft, answers, zone, keys)
    readCompany(readCompanyFolder(folderDraft))
    renameSync(dataDraft, data)
    renameSync(folderDraft, folder)
  } finally {
    for (const draft of [folderDraft, dataDraft]) rmSync(draft, { recursive: true, force: true })
  }
}

type Keys = { readonly log: Key; readonly runner: Key }

const draftOf = (place: string): string => `${place.replace(/\/+$/, '')}.making`

const rootOf = ({ administrator: { id, key } }: Answers) => ({ threshold: 1, administrators: [{ person: id, key }] })

const writeData = (data: string, answers: Answers): Keys => {
  const { deployment } = answers
  const runner = join(data, 'runners', firstRunner)
  for (const folder of [join(data, 'server'), runner]) mkdirSync(folder, { recursive: true, mode: 0o700 })
  const server = { deployment, root: rootOf(answers), lowest: 1 }
  write(data, 'server/server.yaml', '# What the server knows by itself.', yaml(server))
  write(
    data,
    `runners/${firstRunner}/runner.yaml`,
    '# What this runner knows by itself, and takes from no message. Name its plugins below.',
    yaml({
      deployment,
      name: firstRunner,
      server: '../../server/runners.sock',
      root: rootOf(answers),
      lowest: 1,
      plugins: [],
    }),
  )
  return { log: makeMachineKey(join(data, 'server', 'log.key')), runner: makeMachineKey(join(runner, 'runner.key')) }
}

const writeFolder = (folder: string, answers: Answers, zone: string, keys: Keys): void => {
  const { deployment, name, groups, administrator } = answers
  write(
    folder,
    'company.yaml',
    yaml({ deployment, name, zone, dateOrder: 'month-first' }),
    '# Who may change what everybody trusts. One administrator alone is for trying out: write more, and a threshold.',
    yaml({ root: rootOf(answers) }),
    yaml({ log: { key: keys.log } }),
    '# Each runner holds the credentials of its own zone, and of no other. Say which systems that is.',
    yaml({ runners: { [firstRunner]: { key: keys.runner, zone: firstRunner } } }),
  )
  write(
    folder,
    `people/${administrator.id}.yaml`,
    yaml({ name: administrator.name }),
    '# The SSH keys that this person signs in with: none of them is the administrator’s.',
    yaml({ keys: [] }),
  )
  write(
    folder,
    'groups.yaml',
    '# People by their ids, as [jhand, mansel].',
    yaml(Object.fromEntries(groups.map((group) => [group, []]))),
  )
  const rooms = groups.map((group) => [roomOf(group), { groups: [group] }] as const)
  write(
    folder,
    'rooms.yaml',
    '# Whose members are in which room.',
    yaml({ everyone: { groups: 'everybody' }, ...Object.fromEntries(rooms) }),
  )
  write(folder, 'commands.json', '[]')
  write(folder, 'plugins.json', '[]')
  write(
    folder,
    'policy/company.cedar',
    '// Who may run what. Without a permit nobody runs anything above the tier "open". As an example:',
    `// permit (principal in Group::"${groups[0]}", action == Action::"push", resource);`,
  )
}

/** A room's name is in small letters. */
const roomOf = (group: string): string => group.toLowerCase().replaceAll('_', '-')

const yaml = (value: unknown): string => stringify(value, { lineWidth: 0 }).trimEnd()

const write = (folder: string, path: string, ...lines: readonly string[]): void => {
  const file = join(folder, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${lines.join('\n')}\n`)
}
