import { cut } from 'foobot'
import { type Migration, name } from './wire.ts'

/** A file of a commit: git's name of its content stands for the content. */
export type File = Omit<Migration, 'sql'>

/** What git says of one entry below the folder of migrations. `path` is seen from that folder. */
export type Entry = { readonly mode: string; readonly blob: string; readonly path: string }

/** Files beside the migrations that hold none, by name. All others are refused: nobody could know that they are passed over. */
const beside = /^(readme(\.md|\.txt)?|\.gitkeep|\.keep|\.gitignore|\.gitattributes|\.editorconfig)$/i

const numbered = /^[A-Za-z]?(\d+(?:[-._]\d+)*)(?![A-Za-z0-9])/

/** What a name says that other tools run in another way, or not at all. */
const foreign: readonly (readonly [RegExp, string])[] = [
  [/(^|[._-])(down|undo|rollback)([._-]|$)/i, 'by its name it undoes a migration'],
  [
    /[._-](revert|reverse|backwards?|unapply|downgrade|downs|roll(ed)?[_-]?back|uninstall|teardown)$|^(revert|roll[_-]back)([._-]|$)|^undo|\.(d|rb|back)$/i,
    'by its name it undoes a migration',
  ],
  [/[a-z0-9]Down$|(^|[a-z0-9._-])DownMigration/, 'by its name it undoes a migration'],
  [/[._-]up$|^up([._-]|$)|\.(up|do|deploy|verify|redo)(\.|$)|\.u$/i, 'by its name it is one half of a pair'],
  [/^U\d[\d._]*__/i, 'by its name it undoes a migration (Flyway)'],
  [/^R__/i, 'by its name it is applied again and again (Flyway)'],
  [/^B\d[\d._]*__/i, 'by its name it stands for others (Flyway)'],
  [/^(schema|structure|dump|seeds?|current)$/i, 'by its name it is no change, but a whole schema, its data or a draft'],
  [/^(before|after)[A-Z]|^createSchema/, 'by its name it runs at each migration (Flyway)'],
]

/**
 * The migrations of a folder, in the order of their names.
 * @throws where anything else lies there: what is not applied must not look as if it were
 */
export const migrationsOf = (entries: readonly Entry[]): readonly File[] => {
  const files = entries.filter(({ mode, path }) => !(isPlain(mode) && beside.test(path)))
  const refused = files.flatMap((entry) => {
    const why = refusal(entry)
    return why === undefined ? [] : [`${shown(entry.path)} ${why}`]
  })
  if (refused.length > 0) throw new Error(`I take a folder of plain SQL files and nothing else: ${listed(refused)}.`)
  return files.map(({ path, blob }) => ({ name: path, blob })).toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

const refusal = ({ mode, path }: Entry): string | undefined => {
  if (path.includes('/')) return 'lies in a folder below'
  if (mode === '120000') return 'is a symbolic link'
  if (!isPlain(mode)) return 'is no plain file'
  if (!path.endsWith('.sql')) return 'does not end in ".sql"'
  if (!name.safeParse(path).success)
    return 'is no name for a migration (letters, digits, points and dashes, at most 100)'
  const found = foreign.find(([form]) => form.test(path.replace(/\.sql$/, '')))
  return found && `cannot be taken: ${found[1]}`
}

const isPlain = (mode: string): boolean => mode === '100644' || mode === '100755'

/** A name in a tree may hold anything: what is shown of it stays on its line. */
const shown = (path: string): string => (/^[\w./ -]{1,120}$/.test(path) ? path : JSON.stringify(cut(path, 60)))

/** Findings that are told at once. */
const most = 5

const listed = (all: readonly string[]): string => {
  const left = all.length - most
  return all.slice(0, most).join('; ') + (left > 0 ? `; and ${left} more` : '')
}

/**
 * @param files in the order of their names
 * @throws where a pending one has the number of another, or its number and its name put it into different places
 */
export const checkNumbers = (files: readonly File[], isPending: (file: File) => boolean): void => {
  let before: { readonly file: File; readonly number: readonly bigint[] } | undefined
  for (const file of files) {
    const number = numberOf(file.name)
    if (!number) continue
    const order = before ? compare(before.number, number) : -1
    if (before && order >= 0 && (isPending(file) || isPending(before.file))) {
      throw new Error(
        order === 0
          ? `${before.file.name} and ${file.name} have one number: give each its own.`
          : `${before.file.name} comes before ${file.name} by name, and after it by number: write all numbers with as many digits.`,
      )
    }
    before = { file, number }
  }
}

const numberOf = (file: string): readonly bigint[] | undefined =>
  numbered
    .exec(file)?.[1]
    ?.split(/[-._]/)
    .map((digits) => BigInt(digits))

const compare = (a: readonly bigint[], b: readonly bigint[]): number => {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const [x, y] = [a[at] ?? -1n, b[at] ?? -1n]
    if (x !== y) return x < y ? -1 : 1
  }
  return 0
}
