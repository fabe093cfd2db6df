import { complain, tell } from './tell.ts'
import { hasColour, paintWith } from './terminal/paint.ts'
import { theirWords } from './terminal/theirs.ts'

/** Prints a sentence of the server on standard output: in a terminal, behind the mark. */
export const passOn = (say: string): void => {
  if (process.stdout.isTTY) printMarked(say, process.stdout)
  else tell(say)
}

/** The same on standard error, where it says why nothing was done. */
export const passOnRefusal = (say: string): void => {
  if (process.stderr.isTTY) printMarked(say, process.stderr)
  else complain(say)
}

const printMarked = (say: string, stream: NodeJS.WriteStream): void => {
  const paint = paintWith(hasColour(stream, process.env))
  for (const line of theirWords(say, stream.columns ?? 80)) stream.write(`${paint(line)}\n`)
}
