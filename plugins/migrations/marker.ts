/**
 * Marks by which other tools keep two migrations in one file, or run its parts in their own way: dbmate, goose, sql-migrate, micrate,
 * rambler, shmig, MyBatis Migrations, Liquibase, Play evolutions, node-pg-migrate, node-sqlite, tern, Sqitch, Atlas, graphile-migrate, yoyo, sqlx. Here such a file would be
 * run whole, and what undoes it with it.
 *
 * A file may be large and hostile: each form is tried where a comment begins and nowhere else, or once over a line, and
 * none can be laid on a text in more than one way, so that the work grows with the length alone.
 */

/** Whatever is no letter and no digit. */
const sign = String.raw`[^\p{L}\p{N}]`
/** What lies between two words. Points, colons and underscores alone join two, as in `author:1`. */
const gap = String.raw`[_:.]*[^\p{L}\p{N}_:.]${sign}*`
const word = String.raw`[\p{L}\p{N}]+(?:[_:.]+[\p{L}\p{N}]+)*`
/** A word ends: an underscore joins two words as well. */
const stop = String.raw`(?![\p{L}\p{N}]|_[_:.]*[\p{L}\p{N}])`
/** Nothing more stands in the comment. */
const end = String.raw`(?:(?!\*/)${sign})*(?:$|\*/)`

/** Spaces in a form stand for whatever lies between two words. */
const form = (text: string): string => text.replaceAll(' ', gap)

const undoing = form('(?:undo|revert|reverse|roll(?: )?back)')
const part = '(?:migrations?|scripts?|parts?|section|steps?|sql|statements?)'

/** Sentences that begin with a mark's word and are none: that nothing can be undone, and of money. */
const isImpossible = ` (?:is|are|was|were) (?:not (?:possible|supported|needed|necessary|required)|impossible)${end}`
const isMoney = ` payments? (?:is|are|was|were|has|have|can|must|may|will)${stop}`

/** At the first word of a comment: what it is only, or what it begins with. */
const begun = new RegExp(
  [
    // It is only this.
    form(
      `(?:migrations?${sign}*|(?:section|begin|start|end) )?(?:ups?|upgrade|downgrade|forwards?|backwards?|revert|reverse|unapply|redo)(?: ${part})?${end}`,
    ),
    form(`create above drop below${end}`),
    form(
      `(?:deploy|revert|verify) (?:${word} ){1,5}(?:to|from|on) (?:pg|postgres|sqlite|mysql|oracle|firebird|vertica|exasol|snowflake|cockroach|clickhouse)${end}`,
    ),
    String.raw`(?:migration|checks?|up|down)\.sql${end}`,
    form(`no transaction${end}`),
    // It begins so.
    form(
      `(?:migrations?${sign}*|(?:section|begin|start|end|sql) )?(?:downs?${stop}(?!${isMoney})|(?:undo|roll(?: )?back)${stop})(?!${isImpossible})`,
    ),
    form(`to ${undoing}${stop}`),
    form(
      `(?:dbmate|goose|migrate|micrate|rambler|mig|migrations?)${sign}*(?:ups?|downs?|statement(?: )?begin|statement(?: )?end|no(?: )?transaction|env(?: )?sub|ignore)${stop}`,
    ),
    form(`liquibase (?:formatted|rollback)${stop}`),
    form(String.raw`changeset [\p{L}\p{N}]`),
    // Signs mark a word: `step: down`, `atlas:txmode`, `@DELIMITER`.
    String.raw`\w[\w.]*(?:-[\w.]+)*\s*:\s*(?:ups?|downs?|undo|roll ?back|revert)\b`,
    String.raw`(?:atlas|flyway|tern)\s*:\s*\w`,
    String.raw`(?:depends|transactional)\s*:\s*\S`,
    String.raw`(?<=@)delimiter\b`,
  ].join('|'),
  'iuy',
)

/** Wherever it stands in a comment: `down migration`, `@UNDO`, `!Downs`, `+tool Down`, `--! include`. */
const within = new RegExp(
  [
    form(String.raw`\b(?:down|undo|roll(?: )?back|reverse|revert|backwards?)s? ${part}\b`),
    String.raw`@undo\b|!\s*(?:ups|downs)\b|\((?:down|undo|rollback)\)`,
    String.raw`(?<![\p{L}\p{N}])[+@!][\w.-]+[\s:]+(?:ups?|downs?)\b`,
    String.raw`--!\s*(?:previous|hash|message|include|no-transaction)\b`,
  ].join('|'),
  'iu',
)

/** What begins a comment in SQL, and at the start of a line in other tools, with the signs up to its first word. */
const leader = new RegExp(String.raw`(?:^\s*(?:#|//|\*)|-{2,}|/\*)${sign}*`, 'gu')

/** `migrateDown` is two words. */
const camel = /(?<=[a-z])(?=(?:Up|Down)\b)/g

/** Of a mark, so much is shown. */
const longest = 160
/** With the signs before its first word. */
const mostSigns = 10

/** @returns the mark that stands in a line of a file, as it is written there */
export const markerIn = (line: string): string | undefined =>
  found(line, (text) => {
    leader.lastIndex = 0
    const start = leader.exec(text)?.index
    if (start === undefined) return undefined
    leader.lastIndex = start
    while (leader.exec(text)) if (isBegunAt(text, leader.lastIndex)) return shownAt(text, leader.lastIndex)
    return markWithin(text, start)
  })

/** @returns the mark in a line of a comment that began in a line before */
export const markerInside = (line: string): string | undefined =>
  found(line, (text) => {
    const first = text.search(/[\p{L}\p{N}]/u)
    if (first < 0) return undefined
    return isBegunAt(text, first) ? shownAt(text, first) : markWithin(text, 0)
  })

/** Looks at a line as it is, and with the words of `migrateDown` apart. */
const found = (line: string, look: (text: string) => string | undefined): string | undefined => {
  const apart = line.replace(camel, ' ')
  return look(line) ?? (apart === line ? undefined : look(apart))
}

const isBegunAt = (line: string, first: number): boolean => {
  begun.lastIndex = first
  return begun.test(line)
}

const markWithin = (line: string, start: number): string | undefined => {
  const match = within.exec(line.substring(start))
  return match ? shownAt(line, start + match.index) : undefined
}

const shownAt = (line: string, at: number): string => line.substring(Math.max(0, at - mostSigns), at + longest).trim()
