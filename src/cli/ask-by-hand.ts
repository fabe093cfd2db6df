import { DigitsQuestion, wrongNumber } from './digits.ts'
import { UsageError } from './failure.ts'
import { openQuestions, type Questions } from './question.ts'
import { printAside } from './tell.ts'

/**
 * Asks for a yes to what stands above, on standard error: the digits of the question, typed by hand. No is the default.
 * @param verb what a yes does: `sign it`
 * @throws UsageError where nobody is there to answer
 */
export const askByHand = async (verb: string): Promise<boolean> => {
  const { stdin, stderr } = process
  if (stdin.isTTY && !stderr.isTTY)
    throw new UsageError(`To ${verb} takes somebody who reads: standard error has to be the terminal.`)
  const questions = openQuestions(stdin, stderr)
  try {
    return stdin.isTTY ? await byDigits(verb, questions.askByHand) : await byPipe(verb, questions.ask)
  } finally {
    questions.close()
  }
}

const byDigits = async (verb: string, ask: Questions['askByHand']): Promise<boolean> => {
  let question: DigitsQuestion | undefined
  const put = (): string => {
    question ??= new DigitsQuestion(verb)
    return question.prompt
  }
  for (;;) {
    const answer = await ask(put)
    const verdict = question?.take(answer)
    if (verdict !== 'again') return verdict === 'yes'
    printAside(wrongNumber)
  }
}

/** A pipe sees no digits: it can say no, and nothing else. */
const byPipe = async (verb: string, ask: Questions['ask']): Promise<boolean> => {
  const answer = await ask(`To ${verb} takes somebody at a terminal. n:`)
  if (/^(n|no|)$/i.test(answer)) return false
  throw new UsageError(`To ${verb} takes somebody who reads: run this in a terminal.`)
}
