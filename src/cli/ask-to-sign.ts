import type { Asked } from '#client/asked.ts'
import { UsageError } from './failure.ts'
import { openQuestions } from './question.ts'
import { hasColour, paintWith } from './terminal/paint.ts'
import { sheetLines } from './terminal/sheet.ts'

/** An approval is given by somebody who reads: no pipe answers for them. */
const needsTerminal =
  'An approval is given by who reads it: run this in a terminal, or say what it must be for with --expect.'

/** Shows what there is to sign, on standard error: standard output is for answers. */
export const showSheet = (asked: Asked): void => {
  const paint = paintWith(hasColour(process.stderr, process.env))
  for (const line of sheetLines(asked, Date.now())) process.stderr.write(`${paint(line)}\n`)
}

/**
 * Shows a statement and asks whether to sign it: no is the default.
 * @param over resolves when there is nothing to sign any more
 * @throws UsageError where nobody is there to answer, or it is over
 */
export const askToSign = async (asked: Asked, over?: Promise<unknown>): Promise<boolean> => {
  showSheet(asked)
  if (asked.as === 'approver' && !process.stdin.isTTY) throw new UsageError(needsTerminal)
  const questions = openQuestions(process.stdin, process.stderr)
  void over?.then(() => questions.close())
  try {
    return isYes(await questions.ask('Sign this? [y/N]'))
  } finally {
    questions.close()
  }
}

export const isYes = (answer: string): boolean => /^y(es)?$/i.test(answer)
