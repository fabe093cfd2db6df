import { hash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { z } from 'zod'
import { type CodeContents, type CodeHere, codeDigest } from '#core/bundle/code.ts'
import { FoobotError } from '#core/errors.ts'
import { canonicalText } from '#core/statement/canonical.ts'

/** A plugin's code as it lies on this machine, ready to be loaded. */
export type Code = CodeHere & {
  /** SHA-256 of each file that it may load, by absolute path. */
  readonly files: ReadonlyMap<string, string>
}

type Needs = Readonly<Record<string, string>>
type Content = { readonly files: Readonly<Record<string, string>>; readonly needs: Needs }

/** What a plugin's folder is entered by. */
const entries = ['commands.ts', 'commands.js']
/** Never code that a plugin runs from: packages are looked at one by one, history is no code. */
const apart = new Set(['node_modules', '.git'])
/** The runner's own code, which no plugin brings. */
const own = 'foobot'

const names = z.record(z.string(), z.unknown()).catch({})

const packageFile = z.object({
  version: z.string().catch(''),
  dependencies: names,
  optionalDependencies: names,
  peerDependencies: names,
})

/** As npm allows names: none leads out of `node_modules`. */
const packageName = /^(?:@[A-Za-z0-9~-][\w.~-]*\/)?[A-Za-z0-9~-][\w.~-]*$/

/**
 * Looks at everything that a plugin is made of, and runs none of it: the files of its folder, the packages that its
 * `package.json` lists under `dependencies`, and all that these need, every file as it lies in `node_modules`.
 * @throws FoobotError `plugin-refused` where the folder or a package is missing, or a link leads out of what was looked at
 */
export const codeOf = (path: string): Code => {
  const name = entryOf(path)
  const folder = realFolder(path)
  const files = filesOf(folder)
  const listed = existsSync(join(folder, 'package.json')) ? readPackage(folder).dependencies : {}
  const packages: Packages = new Map()
  const needs = needsOf(folder, Object.keys(listed), packages)
  const contents = { files, needs, packages: byId(packages) }
  const parts = [[folder, { files }] as const, ...packages]
  return {
    digest: codeDigest(contents),
    contents,
    entry: join(folder, name),
    files: new Map(
      parts.flatMap(([at, part]) => Object.entries(part.files).map(([name, sha256]) => [join(at, name), sha256])),
    ),
  }
}

/**
 * The name of the file that a plugin is entered by.
 * @throws FoobotError `plugin-refused` where there is none
 */
export const entryOf = (path: string): string => {
  const name = entries.find((one) => existsSync(join(path, one)))
  if (name === undefined) throw refused(`there is no ${entries.join(' or ')} in ${path}`)
  return name
}

/**
 * SHA-256 of every file of a plugin's folder, by its path there.
 * @throws FoobotError `plugin-refused`
 */
export const filesOf = (folder: string): Content['files'] =>
  Object.fromEntries(walk(folder, '', (path) => apart.has(basename(path))))

const walk = (folder: string, within: string, isApart: (path: string) => boolean): (readonly [string, string])[] =>
  list(join(folder, within)).flatMap((entry) => {
    const path = within === '' ? entry.name : `${within}/${entry.name}`
    if (isApart(path)) return []
    if (entry.isDirectory()) return walk(folder, path, isApart)
    if (!entry.isFile()) throw refused(`${join(folder, path)} is no plain file: a plugin is made of files alone`)
    return [[path, digestOf(join(folder, path))] as const]
  })

/** By the folder in which they lie. */
type Packages = Map<string, Content & { readonly id: string }>

/** Finds packages as Node does from a folder, and notes each of them with all that it needs. */
const needsOf = (from: string, names: readonly string[], packages: Packages, optional: readonly string[] = []): Needs =>
  Object.fromEntries(
    [...new Set([...names, ...optional])].sort().flatMap((name) => {
      if (name === own) return []
      const folder = findPackage(from, name)
      if (folder !== undefined) return [[name, noteFrom(name, folder, packages)]]
      if (optional.includes(name)) return []
      throw refused(`${from} needs the package ${name}, which is not installed: run "npm ci"`)
    }),
  )

/** @returns the package's name with its version, which stands for it */
const noteFrom = (name: string, folder: string, packages: Packages): string => {
  const known = packages.get(folder)
  if (known) return known.id
  const { version, dependencies, optionalDependencies, peerDependencies } = readPackage(folder)
  const id = `${name}@${version}`
  const needs: Record<string, string> = {}
  // Before what it needs, which may need it in turn. What lies in its own `node_modules` is found where it is needed.
  const files = Object.fromEntries(walk(folder, '', (path) => path === 'node_modules'))
  packages.set(folder, { id, files, needs })
  const optional = Object.keys({ ...optionalDependencies, ...peerDependencies })
  Object.assign(needs, needsOf(folder, Object.keys(dependencies), packages, optional))
  return id
}

const byId = (packages: Packages): CodeContents['packages'] => {
  const found = new Map<string, Content>()
  for (const { id, files, needs } of packages.values()) {
    const other = found.get(id)
    if (other && canonicalText(other) !== canonicalText({ files, needs }))
      throw refused(`there are two copies of ${id} that differ: install the packages again, with "npm ci"`)
    found.set(id, { files, needs })
  }
  return Object.fromEntries(found)
}

/** The nearest folder of that name in a `node_modules` at or above, where it really lies. */
const findPackage = (from: string, name: string): string | undefined => {
  if (!packageName.test(name)) throw refused(`"${name}" is no name of a package`)
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name)
    if (basename(at) !== 'node_modules' && existsSync(join(folder, 'package.json'))) return realFolder(folder)
    if (at === dirname(at)) return undefined
  }
}

const readPackage = (folder: string): z.infer<typeof packageFile> => {
  const file = join(folder, 'package.json')
  try {
    return packageFile.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    throw refused(`${file} cannot be read: ${String(error)}`)
  }
}

const realFolder = (path: string): string => {
  try {
    return realpathSync(path)
  } catch (error) {
    throw refused(`${path} cannot be read: ${String(error)}`)
  }
}

const list = (folder: string) => {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    throw refused(`${folder} cannot be read: ${String(error)}`)
  }
}

const digestOf = (path: string): string => {
  try {
    return hash('sha256', readFileSync(path), 'hex')
  } catch (error) {
    throw refused(`${path} cannot be read: ${String(error)}`)
  }
}

const refused = (why: string): FoobotError =>
  new FoobotError('plugin-refused', why, `A plugin cannot be loaded: ${why}.`)
