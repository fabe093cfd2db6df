import { createInterface } from 'node:readline'
import { UsageError } from './failure.ts'

/** Asks people, one line at a time. */
export type Questions = {
  /** The answer without spaces around it. Rejects with a `UsageError` where nobody answers any more. */
  readonly ask: (question: string) => Promise<string>
  readonly close: () => void
}

/** Questions on the terminal; answers may as well come from a pipe. */
export const openQuestions = (input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Questions => {
  const isTerminal = 'isTTY' in input && input.isTTY === true
  const lines = createInterface({ input, output, terminal: isTerminal })
  const answers = lines[Symbol.asyncIterator]()
  let isOpen = true
  lines.once('close', () => {
    isOpen = false
  })
  return {
    ask: async (question) => {
      lines.setPrompt(`${question} `)
      // What came through a pipe that has ended is still there to be read.
      if (isOpen) lines.prompt()
      else output.write(lines.getPrompt())
      const answer = await answers.next()
      if (answer.done && isTerminal) {
        output.write('\n')
        throw new UsageError('That was not answered, and nothing was done.')
      }
      if (answer.done) throw new UsageError(`Nobody answered "${question}": run it in a terminal.`)
      return answer.value.trim()
    },
    close: () => lines.close(),
  }
}
