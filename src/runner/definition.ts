import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { ManifestEntry } from '#core/command/manifest.ts'
import { FoobotError } from '#core/errors.ts'
import { canonicalText } from '#core/statement/canonical.ts'

/** What stands in for a folder of packages: the lockfile names each with its integrity. */
const lockfile = 'package-lock.json'
/** Never code that a plugin runs from: packages are named by the lockfile, history is no code. */
const apart = new Set(['node_modules', '.git'])

/** Path to SHA-256 of every file that a plugin may run. */
export type Files = Readonly<Record<string, string>>

/**
 * Looks at every file of a plugin's folder, and at the nearest lockfile at or above it.
 * @throws FoobotError `plugin-refused` where the folder is missing, or a link leads out of what was looked at
 */
export const filesOf = (folder: string): Files => {
  const files = Object.fromEntries(walk(resolve(folder), ''))
  const lock = nearestLock(resolve(folder))
  return lock === undefined ? files : { ...files, [lockfile]: digestOf(lock) }
}

/** The digest that a statement names: what the command declares, and everything it is made of. */
export const definitionOf = (manifest: ManifestEntry, files: Files): string =>
  createHash('sha256').update(canonicalText({ manifest, files })).digest('hex')

const walk = (folder: string, within: string): (readonly [string, string])[] =>
  list(join(folder, within))
    .filter(({ name }) => !apart.has(name))
    .flatMap((entry) => {
      const path = within === '' ? entry.name : `${within}/${entry.name}`
      if (entry.isDirectory()) return walk(folder, path)
      if (!entry.isFile()) throw refused(`${join(folder, path)} is no plain file: a plugin is made of files alone`)
      return [[path, digestOf(join(folder, path))] as const]
    })

const list = (folder: string) => {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch (error) {
    throw refused(`${folder} cannot be read: ${String(error)}`)
  }
}

const digestOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

const nearestLock = (folder: string): string | undefined => {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, lockfile)
    if (existsSync(path)) return path
    if (at === dirname(at)) return undefined
  }
}

const refused = (why: string): FoobotError =>
  new FoobotError('plugin-refused', why, `A plugin cannot be loaded: ${why}.`)
