import type { Asked } from '#client/asked.ts'
import { display, printable } from '#core/statement/display.ts'
import { cut } from '#core/text/cut.ts'
import { expiryInWords } from './expiry.ts'
import { hang } from './hang.ts'
import type { Line, Style } from './paint.ts'
import { theirWords } from './theirs.ts'

/** The part of a terminal that a sheet is laid out for. */
export type Place = {
  readonly columns: number
  /** Rows that are seen at once. */
  readonly rows: number
}

/** Characters of the rule that asks, at most: it is the server's word, and must not push what is signed out of sight. */
const mostBecause = 200

/**
 * What somebody reads before they sign: whose command it is, the statement as it is, its end in words, and once more, last,
 * the command and its code. Nothing of it comes from the server but the statement's own bytes, the group that an approver
 * speaks for, and, behind the mark, which rule asks.
 * @param now milliseconds since 1970
 */
export const sheetLines = (asked: Asked, now: number, place: Place = boundless): Line[] => {
  const { as, group = '', statement, code } = asked
  const lines = display(statement).trimEnd().split('\n')
  const our = (text: string, style?: Style): Line[] =>
    hang(text, place.columns).map((row) => [{ text: row, ...(style && { style }) }])
  return [
    ...because(asked, place),
    ...our(
      as === 'requester' ? 'Your own command, to sign as its requester:' : theirCommand(statement.requester, group),
      'bold',
    ),
    ...lines.flatMap((line) => our(line)),
    ...our(expiryInWords(statement.exp, now), 'dim'),
    [],
    ...whole(hang(lines[0] ?? '', place.columns), place).map((text): Line => [{ text, style: 'bold' }]),
    ...our(`code: ${code}`, 'bold'),
  ]
}

const boundless: Place = { columns: Number.POSITIVE_INFINITY, rows: Number.POSITIVE_INFINITY }

const theirCommand = (requester = 'nobody known', group: string): string =>
  `A command of ${plain(requester)}, to approve for ${plain(group)}:`

/** A name; one that is none of the plain ones is written as in the statement. */
export const plain = (name: string): string => (/^[\w.@-]+( [\w.@-]+)*$/.test(name) ? name : printable(name))

const because = ({ because }: Asked, { columns }: Place): Line[] =>
  because === undefined
    ? []
    : theirWords(
        `Asked for by ${cut(because.replaceAll(', ', ' and ').replaceAll('\n', ' '), mostBecause)}.`,
        columns,
        'dim',
      )

/** Rows of a screen that the code, the question and its answer take below the command. */
const below = 4

/** All rows of a command; of one that is longer than the screen its beginning and its end. */
const whole = (rows: readonly string[], place: Place): readonly string[] => {
  const most = Math.max(3, place.rows - below)
  if (rows.length <= most) return rows
  const half = Math.floor((most - 1) / 2)
  const cut = `… ${rows.length - 2 * half} rows are cut here: scroll up to "text:" for all`
  return [...rows.slice(0, half), cut.slice(0, place.columns), ...rows.slice(-half)]
}
