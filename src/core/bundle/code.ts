import { createHash } from 'node:crypto'
import { z } from 'zod'
import { canonicalText } from '#core/statement/canonical.ts'
import { digest } from '#core/statement/fields.ts'

/** Path, with forward slashes, to the file's SHA-256. */
const files = z.record(z.string(), digest)
/** The name that is imported to the package that is meant, as `yaml` to `yaml@2.9.1`. */
const needs = z.record(z.string(), z.string())

/**
 * What a plugin is made of: the files of its folder, the packages that it lists, and all that these need. No path of a
 * machine stands in it, so that the same code is the same text everywhere.
 */
export const codeContents = z.strictObject({
  files,
  needs,
  /** By name and version, as `yaml@2.9.1`. */
  packages: z.record(z.string(), z.strictObject({ files, needs })),
})

export type CodeContents = z.infer<typeof codeContents>

/** A plugin's code as it lies on somebody's machine. */
export type CodeHere = {
  readonly digest: string
  readonly contents: CodeContents
  /** The file that the plugin is entered by. */
  readonly entry: string
}

/** The digest that the bundle lists for a plugin. */
export const codeDigest = (contents: CodeContents): string =>
  createHash('sha256').update(canonicalText(contents)).digest('hex')

/**
 * The files that differ, for people: `+` new, `-` gone, `~` changed, and which package is meant where that changed.
 * A package with its version is a name of its own.
 */
export const changedFiles = (before: CodeContents, after: CodeContents): readonly string[] => {
  const [old, now] = [entriesOf(before), entriesOf(after)]
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((name) => {
    const [left, right] = [old.get(name), now.get(name)]
    if (left === right) return []
    return [`${left === undefined ? '+' : right === undefined ? '-' : '~'} ${name}`]
  })
}

const entriesOf = ({ packages, ...own }: CodeContents): ReadonlyMap<string, string> =>
  new Map([
    ...entriesIn('', own),
    ...Object.entries(packages).flatMap(([name, content]) => entriesIn(`${name}/`, content)),
  ])

const entriesIn = (
  prefix: string,
  { files, needs }: Pick<CodeContents, 'files' | 'needs'>,
): (readonly [string, string])[] => [
  ...Object.entries(files).map(([path, sha256]) => [`${prefix}${path}`, sha256] as const),
  ...Object.entries(needs).map(([name, meant]) => [`${prefix} needs ${name}`.trim(), meant] as const),
]
