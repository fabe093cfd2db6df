/**
 * Marks by which other tools keep two migrations in one file, or run its parts in their own way: dbmate, goose, sql-migrate, micrate,
 * rambler, shmig, MyBatis Migrations, Liquibase, Play evolutions, node-pg-migrate, node-sqlite, tern, Sqitch. Here such a file would be
 * run whole, and what undoes it with it.
 */

/** Comments that are only this. */
const whole = [
  /^(?:(?:migrations?|section|begin|start|end) )?(?:ups?|upgrade|downgrade|forwards?|backwards?|revert|unapply|redo)(?: (?:migrations?|scripts?|parts?|section|steps?|sql|statements?))?$/i,
  /^create above drop below$/i,
  /^(?:deploy|revert|verify) (?:\S+ ){1,5}(?:to|from|on) (?:pg|postgres|sqlite|mysql|oracle|firebird|vertica|exasol|snowflake|cockroach|clickhouse)$/i,
]

/** Comments that begin so. */
const begun = [
  /^(?:(?:migrations?|section|begin|start|end) )?(?:downs?|undo|rollback)\b/i,
  /^(?:dbmate|goose|migrate|micrate|rambler|mig) (?:ups?|downs?|statement ?begin|statement ?end|no ?transaction|env ?sub|ignore)\b/i,
  /^liquibase (?:formatted|rollback)\b/i,
  /^changeset \S/i,
]

/** Wherever it stands in a comment. */
const anywhere = /@undo\b|!\s*(?:ups|downs)\b/i

/** What begins a comment in SQL, and at the start of a line in other tools. */
const leader = /^\s*(?:#|\/\/|\*)|-{2,}|\/\*/g

/** A mark is no longer: what a comment says beyond it is not looked at. */
const longest = 160

/** @returns the mark that stands in a line of a file, as it is written there */
export const markerIn = (line: string): string | undefined => {
  for (const { index } of line.matchAll(leader)) {
    const comment = line.substring(index, index + longest).trim()
    const words = wordsOf(comment)
    const isMark = whole.some((form) => form.test(words)) || begun.some((form) => form.test(words))
    if (isMark || anywhere.test(comment)) return comment
  }
  return undefined
}

/** Without signs, which every tool sets in its own way; points and colons stay within a word, as in `author:1`. */
const wordsOf = (comment: string): string =>
  comment
    .replace(/[^\p{L}\p{N}_:.]+/gu, ' ')
    .replace(/\b(dbmate|goose|migrate|micrate|rambler|mig|migrations?)[\s:._]+/gi, '$1 ')
    .replace(/(?<![\p{L}\p{N}])[_:.]+|[_:.]+(?![\p{L}\p{N}])/gu, ' ')
    .trim()
    .replace(/\s+/g, ' ')
