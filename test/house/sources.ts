import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's own folder, with its closing slash. */
export const root = fileURLToPath(new URL('../../', import.meta.url))

/** One `.ts`, `.tsx` or `.cts` file as it lies in the house; its path is relative to the root, with forward slashes. */
export type Source = { readonly path: string; readonly text: string }

/** Tests, and what they alone stand on: fixtures, suites, makers of arbitrary values. */
export const isTest = (path: string): boolean => /\.(test|test-d|fixture|suite|arbitrary)\.ts$/.test(path)

export type Import = {
  /** A path in the house, `node:…`, or the name of a package. */
  readonly to: string
  /** True for `import()`. */
  readonly late: boolean
}

/** Everything under the folders that is there, in order of path. */
export const readSources = (folders: readonly string[]): Source[] =>
  folders
    .flatMap((folder) => list(folder))
    .filter((path) => /\.(tsx?|cts)$/.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

const list = (folder: string): string[] => {
  const entries = readdirSync(join(root, dirname(folder)), { withFileTypes: true })
  if (!entries.some((entry) => entry.name === folder.split('/').at(-1))) return []
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
}

/** `from '…'` after import or export, `import '…'`; the clause itself holds no quote. */
const early = /^[ \t]*(?:import|export)\b(?:[^'"`;=]*?\bfrom)?\s*(['"])([^'"\n]+)\1/gm
/** `import('…')`, in types too. */
const called = /\bimport\(\s*(['"])([^'"\n]+)\1\s*\)/g
/** `import(` of something that is worked out when it runs: nobody can read here what it loads. */
const computed = /\bimport\((?!\s*['"])/
/** The formatter puts these at the start of a line, so that `'src/**'` in a string is no comment. */
const comments = /^[ \t]*\/\*[\s\S]*?\*\/|^[ \t]*\/\/.*$/gm

/** What a file imports, type-only imports included. */
export const importsOf = (source: Source): Import[] => {
  const code = source.text.replace(comments, '')
  const found = (pattern: RegExp, late: boolean) =>
    [...code.matchAll(pattern)].map((match) => ({ to: resolve(source.path, match[2] ?? ''), late }))
  return [...found(early, false), ...found(called, true)]
}

export const importsComputed = (source: Source): boolean => computed.test(source.text.replace(comments, ''))

/** `#core/x.ts` and relative paths become paths in the house; a package loses its inner path, Cedar's and `foobot`'s too. */
const resolve = (from: string, specifier: string): string => {
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}`
  if (specifier.startsWith('.')) return normalize(join(dirname(from), specifier))
  if (specifier.startsWith('node:')) return specifier
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/**
 * Everything that a file reaches, each with the chain of imports that leads to it, shortest first.
 * @param imports what a file of the house imports; nothing for what lies outside
 */
export const reach = (
  start: string,
  imports: (path: string) => readonly string[],
): ReadonlyMap<string, readonly string[]> => {
  const chains = new Map<string, readonly string[]>([[start, [start]]])
  for (const [path, chain] of chains) {
    for (const to of imports(path)) if (!chains.has(to)) chains.set(to, [...chain, to])
  }
  return chains
}
