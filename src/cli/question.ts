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
  const lines = createInterface({ input, output, terminal: 'isTTY' in input && input.isTTY === true })
  const answers = lines[Symbol.asyncIterator]()
  return {
    ask: async (question) => {
      lines.setPrompt(`${question} `)
      lines.prompt()
      const answer = await answers.next()
      if (answer.done) throw new UsageError(`Nobody answered "${question}": run it in a terminal.`)
      return answer.value.trim()
    },
    close: () => lines.close(),
  }
}
