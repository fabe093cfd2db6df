/**
 * Marks by which other tools keep two migrations in one file, or run its parts in their own way: dbmate, goose, sql-migrate, micrate,
 * rambler, shmig, MyBatis Migrations, Liquibase, Play evolutions, node-pg-migrate, node-sqlite, tern, Sqitch, Atlas, graphile-migrate, yoyo, sqlx. Here such a file would be
 * run whole, and what undoes it with it.
 */

/** Comments that are only this. */
const whole = [
  /^(?:(?:migrations?|section|begin|start|end) )?(?:ups?|upgrade|downgrade|forwards?|backwards?|revert|reverse|unapply|redo)(?: (?:migrations?|scripts?|parts?|section|steps?|sql|statements?))?$/i,
  /^create above drop below$/i,
  /^(?:deploy|revert|verify) (?:\S+ ){1,5}(?:to|from|on) (?:pg|postgres|sqlite|mysql|oracle|firebird|vertica|exasol|snowflake|cockroach|clickhouse)$/i,
  /^(?:migration|checks?|up|down)\.sql$/i,
  /^no transaction$/i,
]

/** Comments that begin so. */
const begun = [
  /^(?:(?:migrations?|section|begin|start|end|sql) )?(?:downs?|undo|roll ?back)\b/i,
  /^to (?:undo|revert|reverse|roll ?back)\b/i,
  /^(?:dbmate|goose|migrate|micrate|rambler|mig) (?:ups?|downs?|statement ?begin|statement ?end|no ?transaction|env ?sub|ignore)\b/i,
  /^liquibase (?:formatted|rollback)\b/i,
  /^changeset \S/i,
]

/** Wherever it stands in the words of a comment. */
const within =
  /\b(?:down|undo|roll ?back|reverse|revert|backwards?)s? (?:migrations?|scripts?|parts?|section|steps?|sql|statements?)\b/i

/** Comments in which signs mark a word: `@UNDO`, `!Downs`, `+tool Down`, `step: down`, `atlas:txmode`, `--! include`. */
const signed = [
  /@undo\b|!\s*(?:ups|downs)\b|\((?:down|undo|rollback)\)/i,
  /(?:^|[^\p{L}\p{N}])[+@!][\w.-]+[\s:]+(?:ups?|downs?)\b/iu,
  /^[^\p{L}\p{N}]*[\w.-]+\s*:\s*(?:ups?|downs?|undo|roll ?back|revert)\b/iu,
  /^[^\p{L}\p{N}]*(?:atlas|flyway|tern)\s*:\s*\w/iu,
  /^[^\p{L}\p{N}]*(?:depends|transactional)\s*:\s*\S/iu,
  /--!\s*(?:previous|hash|message|include|no-transaction)\b/i,
  /^[^\p{L}\p{N}]*@delimiter\b/iu,
]

/** What begins a comment in SQL, and at the start of a line in other tools, with the signs up to its first word. */
const leader = /(?:^\s*(?:#|\/\/|\*)|-{2,}|\/\*)[^\p{L}\p{N}]*/gu

/** A mark is no longer: what a comment says beyond it is not looked at. */
const longest = 160
/** Signs before the first word that are looked at, too. */
const mostSigns = 10

/** @returns the mark that stands in a line of a file, as it is written there */
export const markerIn = (line: string): string | undefined => {
  for (const { index, 0: signs } of line.matchAll(leader)) {
    const first = index + signs.length
    const comment = line.substring(Math.max(index, first - mostSigns), first + longest).trim()
    if (isMark(comment)) return comment
  }
  return undefined
}

/** @returns the mark in a line of a comment that began in a line before */
export const markerInside = (line: string): string | undefined => {
  const first = line.search(/[\p{L}\p{N}]/u)
  const comment = line.substring(Math.max(0, first - mostSigns), first + longest).trim()
  return isMark(comment) ? comment : undefined
}

const isMark = (comment: string): boolean => {
  const words = wordsOf(comment)
  return (
    [...begun, within].some((form) => form.test(words)) ||
    whole.some((form) => form.test(words)) ||
    signed.some((form) => form.test(comment))
  )
}

/** Without signs, which every tool sets in its own way; points and colons stay within a word, as in `author:1`. */
const wordsOf = (comment: string): string =>
  comment
    .replace(/[^\p{L}\p{N}_:.]+/gu, ' ')
    .replace(/(?<=[a-z])(?=(?:Up|Down)\b)/g, ' ')
    .replace(/\b(dbmate|goose|migrate|micrate|rambler|mig|migrations?)[\s:._]+/gi, '$1 ')
    .replace(/(?<![\p{L}\p{N}])[_:.]+|[_:.]+(?![\p{L}\p{N}])/gu, ' ')
    .trim()
    .replace(/\s+/g, ' ')
