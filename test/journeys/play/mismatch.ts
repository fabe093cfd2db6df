import type { HeardLine } from './transcript.ts'

/** A conversation went another way than its file says. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch'
}

const most = 12

/**
 * What happened, for people: the last lines that were right, then what was expected, and what was heard instead.
 * @param at file and line
 */
export const mismatch = (
  at: string,
  why: string,
  room: string,
  right: readonly HeardLine[],
  expected: string | undefined,
  heard: readonly string[],
): Mismatch =>
  new Mismatch(
    [
      `${at}: ${why}`,
      '',
      `    @${room}`,
      ...(right.length > most ? ['    …'] : []),
      ...right.slice(-most).map((line) => `    ${written(line)}`),
      ...(expected === undefined ? [] : [`  - ${expected}`]),
      ...(heard.length === 0 ? ['  + (nothing)'] : heard.map((line) => `  + ${line}`)),
      '',
    ].join('\n'),
  )

export const written = (line: HeardLine): string =>
  line.type === 'said' ? `${line.person}> ${line.text}` : `< ${line.text}`
