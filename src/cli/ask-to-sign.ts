import type { Asked } from '#client/asked.ts'
import { askByHand } from './ask-by-hand.ts'
import { UsageError } from './failure.ts'
import { hasColour, paintWith } from './terminal/paint.ts'
import { sheetLines } from './terminal/sheet.ts'

/** An approval is given by somebody who reads: no pipe answers for them. */
const needsTerminal =
  'An approval is given by who reads it: run this in a terminal, or say what it must be for with --expect.'

/** Shows what there is to sign, on standard error: standard output is for answers. */
export const showSheet = (asked: Asked): void => {
  const { stderr, env } = process
  const paint = paintWith(hasColour(stderr, env))
  const { columns, rows } = stderr
  const place = stderr.isTTY ? { columns: columns ?? 80, rows: rows ?? 24 } : undefined
  for (const line of sheetLines(asked, Date.now(), place)) stderr.write(`${paint(line)}\n`)
}

/**
 * Shows a statement and asks whether to sign it: no is the default.
 * @throws UsageError where nobody is there to answer
 */
export const askToSign = async (asked: Asked): Promise<boolean> => {
  showSheet(asked)
  if (asked.as === 'approver' && !process.stdin.isTTY) throw new UsageError(needsTerminal)
  return askByHand('sign it')
}
