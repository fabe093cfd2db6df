import { inOneLine } from './clean.ts'
import { Drawn } from './picture/drawn.ts'

const codes = { dim: 2, bold: 1, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 } as const

export type Style = keyof typeof codes

/** A piece of a line in one style; or, where it has no text, what was drawn here. */
export type Span = { readonly text: string; readonly style?: Style; readonly drawn?: Drawn }
export type Line = readonly Span[]

/**
 * Turns lines into what a terminal is sent. Nothing reaches it unclean: no styles but our own, no escapes of others. Only what
 * was drawn here goes as it is, and only to a terminal with colours.
 */
export type Paint = (line: Line) => string

export const paintWith = (colour: boolean): Paint =>
  colour ? (line) => line.map(coloured).join('') : (line) => line.map(uncoloured).join('')

/** A line is one line: no name or footer can begin another. */
const uncoloured = ({ text }: Span): string => inOneLine(text)

const coloured = (span: Span): string => (span.drawn instanceof Drawn ? span.drawn.sequence : inStyle(span))

const inStyle = (span: Span): string =>
  span.style && span.text !== '' ? `\u001b[${codes[span.style]}m${uncoloured(span)}\u001b[0m` : uncoloured(span)

/** Whether to use colours: on a terminal that has them, unless its user says no. See https://no-color.org */
export const hasColour = (output: { readonly isTTY?: boolean }, environment: NodeJS.ProcessEnv): boolean =>
  output.isTTY === true && !environment.NO_COLOR && environment.TERM !== 'dumb'

const forPeople: readonly Style[] = ['green', 'yellow', 'blue', 'magenta', 'cyan']

/** One person always has the same colour. */
export const styleOf = (person: string): Style => {
  let sum = 0
  for (const character of person) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003
  return forPeople[sum % forPeople.length] ?? 'green'
}
