import { complain, print, printAside, tell } from './tell.ts'
import type { Line } from './terminal/paint.ts'
import { beside, theirs, theirWords } from './terminal/theirs.ts'

/** Prints a sentence of the server on standard output: in a terminal, behind the mark. */
export const passOn = (say: string): void => {
  if (process.stdout.isTTY) print(...theirWords(say, process.stdout.columns ?? 80))
  else tell(say)
}

/** The same on standard error, where it says why nothing was done. */
export const passOnRefusal = (say: string): void => {
  if (process.stderr.isTTY) printAside(...theirWords(say, process.stderr.columns ?? 80))
  else complain(say)
}

/**
 * Prints what the server lists, in the same way as its sentences.
 * @param laidOut its lines for so many columns
 */
export const passOnList = (laidOut: (columns: number) => readonly Line[]): void => {
  const { isTTY, columns = 80 } = process.stdout
  print(...(isTTY ? theirs(laidOut(beside(columns)), columns) : laidOut(Number.POSITIVE_INFINITY)))
}
