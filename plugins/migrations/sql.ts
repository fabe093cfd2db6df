import { cut } from 'foobot'
import { markerIn, markerInside } from './marker.ts'
import { table } from './record.ts'
import type { Migration } from './wire.ts'

/** What a statement of a migration may begin with. What else SQLite knows leaves the transaction or the database, or does nothing. */
const may = new Set('ALTER ANALYZE CREATE DELETE DROP INSERT REINDEX REPLACE SELECT UPDATE VALUES WITH'.split(' '))

/** Why SQLite's other statements are no part of a migration. */
const known: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['BEGIN', 'COMMIT', 'END', 'ROLLBACK', 'SAVEPOINT', 'RELEASE'].map((word) => [
      word,
      'begins or ends a transaction, and all migrations are one: leave that out',
    ]),
  ),
  ATTACH: 'reaches for another database: leave that out',
  DETACH: 'reaches for another database: leave that out',
  PRAGMA: 'sets how SQLite works, or only looks: leave that out',
  VACUUM: 'cannot be done within a transaction: leave that out',
}

/** Line breaks that SQLite takes for none, and signs that nobody sees, or that turn the order of others. */
const hidden = /\r(?!\n)|(?![\t\n\r\f])\p{Cc}|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/u

/** One piece of SQL, as SQLite divides it: a comment, space, a text, what begins a comment or text without end, a word, a sign. */
const piece =
  /--[^\n]*|\/\*.*?\*\/|\s+|'[^']*(?:''[^']*)*'|"[^"]*(?:""[^"]*)*"|`[^`]*(?:``[^`]*)*`|\[[^\]]*\]|['"`[]|\/\*|[\p{L}\p{N}_$]+|./gsu

const isOpen = (text: string): boolean => text === '/*' || (text.length === 1 && '\'"`['.includes(text))

/**
 * Looks at a migration without running anything.
 * @returns what makes it another thing than plain SQL that can be run whole; undefined where it is just that
 */
export const faultIn = ({ name, sql }: Migration): string | undefined => {
  const odd = hidden.exec(sql)
  if (odd) return `${name} has ${signAt(odd)} in line ${lineAt(sql, odd.index)}: take it out.`
  for (const [index, line] of sql.split('\n').entries()) {
    const mark = markerIn(line)
    if (mark !== undefined) return faultOfMark(name, index + 1, mark)
  }
  return faultOfStatements(name, sql)
}

const faultOfMark = (name: string, line: number, mark: string): string =>
  `${name} has a mark of another tool in line ${line}, "${mark}": here a file is run whole, its undoing too. Keep only what is to be applied, without marks.`

const faultOfStatements = (name: string, sql: string): string | undefined => {
  /** Of the statement so far: its first words, and what came last. */
  let words: string[] = []
  let [last, statements] = ['', 0]
  for (const { index, 0: text } of sql.matchAll(piece)) {
    const refused = (why: string): string => `${name} ${why}, in line ${lineAt(sql, index)}.`
    // A comment of one line was looked at with its line.
    if (/^(?:\s|--)/.test(text)) continue
    if (isOpen(text)) return refused(`begins ${text === '/*' ? 'a comment' : 'a text'} that does not end`)
    if (text.startsWith('/*')) {
      if (/^\/\*M?!/i.test(text)) return refused('has a comment that MySQL runs and SQLite does not')
      for (const [below, line] of text.split('\n').entries()) {
        const mark = markerInside(line)
        if (mark !== undefined) return faultOfMark(name, lineAt(sql, index) + below, mark)
      }
      continue
    }
    if (text === ';' && !isWithinTrigger(words, last)) {
      words = []
      last = ''
      continue
    }
    if (words.length === 0) {
      statements += 1
      const why = faultOfFirst(text)
      if (why !== undefined) return refused(why)
    }
    if (words.length < 5) words.push(text.toUpperCase())
    const named = text.toLowerCase().replace(/^['"`[]|['"`\]]$/g, '')
    if (named === 'load_extension') return refused('loads an extension')
    if (named === table) return refused(`names ${table}, where I keep what was applied`)
    if (text === '\\') return refused('has a command of a client ("\\")')
    // A trigger ends with `; END ;`.
    last = text.toUpperCase() === 'END' && last === ';' ? '; END' : text
  }
  return statements === 0 ? `${name} has no statement: nothing of it would be run.` : undefined
}

const faultOfFirst = (text: string): string | undefined => {
  const word = text.toUpperCase()
  if (may.has(word)) return undefined
  const why = known[word]
  if (why !== undefined) return `${why} ("${word}")`
  return text === '.' || text === '\\'
    ? `has a command of a client ("${text}")`
    : `has a statement that SQLite does not know (it begins with ${JSON.stringify(cut(text, 40))})`
}

const isWithinTrigger = (words: readonly string[], last: string): boolean =>
  /^CREATE (TEMP |TEMPORARY )?TRIGGER( |$)/.test(words.join(' ')) && last !== '; END'

const lineAt = (sql: string, index: number): number => sql.substring(0, index).split('\n').length

const signAt = ({ 0: sign }: RegExpExecArray): string =>
  sign === '\r'
    ? 'a line break that SQLite takes for none (a carriage return alone)'
    : `a sign that nobody sees (U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')})`
