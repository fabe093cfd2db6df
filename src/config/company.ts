import type { Company, Person } from '#core/bundle/company.ts'
import { FoobotError } from '#core/errors.ts'
import { splitPolicies } from '#core/policy/cedar-text.ts'
import { readRule } from '#core/policy/ruling.ts'
import { checkCompany, type Places } from './company-checks.ts'
import {
  commandsFile,
  companyFile,
  groupsFile,
  personFile,
  pictureFile,
  pluginsFile,
  roomsFile,
} from './company-files.ts'
import { type Complaint, refuseIfAny } from './complaint.ts'
import { personId } from './fields.ts'
import { pictureOf } from './picture.ts'
import { type Path, type Read, readJson, readYaml } from './yaml-file.ts'

/** Bytes of all files of a company's folder, at most. */
export const largestFolder = 4 * 1024 * 1024

const person = /^people\/(.+)\.yaml$/
const policy = /^policy\/[a-z0-9][a-z0-9._-]{0,63}\.cedar$/
const single = ['company.yaml', 'groups.yaml', 'rooms.yaml', 'commands.json', 'plugins.json']

/** Whether a path is one of a company's folder. */
export const isCompanyPath = (path: string): boolean => {
  const id = person.exec(path)?.[1]
  return (
    single.includes(path) ||
    policy.test(path) ||
    pictureFile.test(path) ||
    (id !== undefined && personId.safeParse(id).success)
  )
}

/**
 * Reads a company's folder.
 * @param files path in the folder to bytes
 * @throws FoobotError `company-malformed` with every complaint, each naming file, line and what to write
 */
export const readCompany = (files: ReadonlyMap<string, Uint8Array>): Company => {
  const folder = new Folder(files)
  const company = folder.yaml('company.yaml', companyFile)
  const groups = folder.yaml('groups.yaml', groupsFile)
  const rooms = folder.yaml('rooms.yaml', roomsFile)
  const commands = folder.take('commands.json', (bytes) => readJson('commands.json', bytes, commandsFile))
  const plugins = folder.take('plugins.json', (bytes) => readJson('plugins.json', bytes, pluginsFile))
  const people = folder.people()
  const policies = folder.policies()
  refuseIfAny('company-malformed', folder.complaints)
  if (!company || !groups || !rooms || !commands || !plugins)
    throw new FoobotError('internal', 'a file is neither read nor wrong')

  const read: Company = {
    ...company,
    people,
    groups: new Map([...groups].map(([name, members]) => [name, new Set(members)])),
    rooms: new Map(
      [...rooms].map(([name, { groups, places }]) => [
        name,
        { name, groups: groups === 'everybody' ? [] : groups, places },
      ]),
    ),
    commands,
    plugins,
    policies,
  }
  refuseIfAny('company-malformed', checkCompany(read, folder))
  return read
}

/**
 * What a company's folder lists of plugins, whether the rest of it is right or not: for who is about to list them anew.
 * @throws FoobotError `company-malformed`
 */
export const readListings = (files: ReadonlyMap<string, Uint8Array>): Pick<Company, 'commands' | 'plugins'> => {
  const folder = new Folder(files)
  const commands = folder.take('commands.json', (bytes) => readJson('commands.json', bytes, commandsFile))
  const plugins = folder.take('plugins.json', (bytes) => readJson('plugins.json', bytes, pluginsFile))
  refuseIfAny('company-malformed', folder.complaints)
  if (!commands || !plugins) throw new FoobotError('internal', 'a file is neither read nor wrong')
  return { commands, plugins }
}

/** The files on their way to a company: reads each, gathers what is wrong, and knows the lines for later. */
class Folder implements Places {
  readonly complaints: Complaint[] = []
  private readonly files: ReadonlyMap<string, Uint8Array>
  private readonly lines = new Map<string, (path: Path) => number | undefined>()

  constructor(files: ReadonlyMap<string, Uint8Array>) {
    this.files = files
    const size = [...files.values()].reduce((sum, bytes) => sum + bytes.length, 0)
    if (size > largestFolder) {
      refuseIfAny('company-malformed', [{ file: 'the folder', text: `has ${size} bytes, at most ${largestFolder}` }])
    }
    for (const path of files.keys()) {
      if (isCompanyPath(path)) continue
      if (path.startsWith('agents/')) {
        this.complaints.push({ file: path, text: 'this version of Foobot has no agents yet: take it away' })
        continue
      }
      this.complaints.push({ file: path, text: 'is no file of a company folder: rename it or take it away' })
    }
  }

  take<T>(file: string, read: (bytes: Uint8Array) => Read<T>): T | undefined {
    const bytes = this.files.get(file)
    if (!bytes) {
      this.complaints.push({ file, text: 'is missing' })
      return undefined
    }
    const result = read(bytes)
    if (!result.ok) {
      this.complaints.push(...result.complaints)
      return undefined
    }
    this.lines.set(file, result.lineOf)
    return result.value
  }

  yaml<S extends Parameters<typeof readYaml>[2]>(file: string, schema: S) {
    return this.take(file, (bytes) => readYaml(file, bytes, schema))
  }

  people(): ReadonlyMap<string, Person> {
    const people = new Map<string, Person>()
    for (const path of this.paths(person)) {
      const read = this.yaml(path, personFile)
      const id = person.exec(path)?.[1]
      if (!read || id === undefined) continue
      const { picture, ...said } = read
      const shown = picture && pictureOf(picture, this.files.get(picture.file))
      if (typeof shown === 'string') this.complaints.push({ file: path, text: shown })
      else people.set(id, { id, ...said, hardware: new Set(said.hardware), ...(shown && { picture: shown }) })
    }
    this.expectOwners(people)
    return people
  }

  /** A picture that is nobody's would be signed and sent about for nothing. */
  private expectOwners(people: ReadonlyMap<string, Person>): void {
    if (this.complaints.length > 0) return
    const owned = new Set([...people.values()].map(({ picture }) => picture?.file))
    for (const file of this.paths(pictureFile)) {
      if (!owned.has(file))
        this.complaints.push({ file, text: 'is nobody’s picture: name it in a people file or take it away' })
    }
  }

  policies(): ReadonlyMap<string, string> {
    const policies = new Map<string, string>()
    for (const path of this.paths(policy)) {
      const text = Buffer.from(this.files.get(path) ?? []).toString('utf8')
      const split = this.cedar(() => splitPolicies(path, text)) ?? []
      for (const [id, one] of split) {
        this.cedar(() => readRule(id, one))
        policies.set(id, one)
      }
    }
    return policies
  }

  line(file: string, path: Path): number | undefined {
    return this.lines.get(file)?.(path)
  }

  private paths(form: RegExp): readonly string[] {
    return [...this.files.keys()].filter((path) => form.test(path) && isCompanyPath(path)).sort()
  }

  /** Complaints of Cedar name their file and line themselves. */
  private cedar<T>(read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof FoobotError && error.code === 'policy-malformed')) throw error
      const [, file = '', text = ''] = /^(\S+?): (.*)$/s.exec(error.message) ?? [undefined, 'policy', error.message]
      this.complaints.push({ file, text })
      return undefined
    }
  }
}
