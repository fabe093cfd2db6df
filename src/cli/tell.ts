import { jsonLine } from '#core/text/json-line.ts'
import { inOneLine, line } from './terminal/clean.ts'
import { hang } from './terminal/hang.ts'
import { hasColour, type Line, paintWith } from './terminal/paint.ts'

/**
 * The one place where subcommands write. Each text given here is one line, whatever it holds: what comes from elsewhere
 * begins no line of its own, and steers nothing. Values go into a line by `line` of terminal/clean.ts.
 */

/** Prints lines on standard output, each as it is given. */
export const print = (...lines: readonly (string | Line)[]): void => {
  for (const one of painted(lines, process.stdout)) console.log(one)
}

/** Prints lines on standard error: standard output is for answers. */
export const printAside = (...lines: readonly (string | Line)[]): void => {
  for (const one of painted(lines, process.stderr)) console.error(one)
}

/** Prints a value on standard output as one line of JSON. */
export const printJson = (value: unknown): void => console.log(jsonLine(value))

/** Prints a sentence that a server or a file may have worded. */
export const tell = (say: string): void => print(line`${say}`)

/** Prints one line on standard error, in this program's own name: in a terminal, in rows of which one begins. */
export const complain = (text: string): void => {
  const { isTTY, columns = 80 } = process.stderr
  printAside(...hang(inOneLine(`foobot: ${text}`), isTTY ? columns : Number.POSITIVE_INFINITY))
}

/** Columns of the terminal; a file has no width. */
export const width = (): number => process.stdout.columns ?? Number.POSITIVE_INFINITY

const painted = (lines: readonly (string | Line)[], stream: { readonly isTTY?: boolean }): readonly string[] => {
  const paint = paintWith(hasColour(stream, process.env))
  return lines.map((one) => paint(typeof one === 'string' ? [{ text: one }] : one))
}
