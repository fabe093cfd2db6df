import { createInterface } from 'node:readline'
import { UsageError } from './failure.ts'
import { Keyboard } from './terminal/keyboard.ts'

/** Asks people, one line at a time. Each gives the answer without spaces around it, and rejects with a `UsageError` where nobody answers any more. */
export type Questions = {
  readonly ask: (question: string) => Promise<string>
  /**
   * The same, answered by nothing that was pasted, and by nothing that was typed before it stood there.
   * @param question called when it is put, and not before
   */
  readonly askByHand: (question: () => string) => Promise<string>
  readonly close: () => void
}

/** Characters of an answer, at most. */
const most = 64 * 1024

/** Questions on the terminal; answers may as well come from a pipe. */
export const openQuestions = (input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Questions => {
  let isByHand = false
  const keyboard = isTerminal(input) ? new Keyboard(input, output, (text) => paste(text)) : undefined
  const lines = createInterface({ input: keyboard ?? input, output, terminal: keyboard !== undefined, historySize: 0 })
  const paste = (text: string): void => {
    if (!isByHand && lines.line.length + text.length <= most) lines.write(text)
  }
  const unread: string[] = []
  let take: ((line: string | undefined) => void) | undefined
  let isOpen = true
  lines.on('line', (line) => {
    keyboard?.lineEnded()
    if (take) take(line)
    else unread.push(line)
  })
  lines.once('close', () => {
    isOpen = false
    keyboard?.release()
    take?.(undefined)
  })
  const next = (): Promise<string | undefined> =>
    new Promise((resolve) => {
      const line = unread.shift()
      if (line !== undefined || !isOpen) return resolve(line)
      take = (line) => {
        take = undefined
        resolve(line)
      }
    })
  const ask = async (question: string): Promise<string> => {
    lines.setPrompt(`${question.trimEnd()} `)
    // What came through a pipe that has ended is still there to be read.
    if (isOpen) lines.prompt()
    else output.write(lines.getPrompt())
    const answer = await next()
    if (answer !== undefined) return answer.trim()
    if (!keyboard) throw new UsageError(`Nobody answered "${question}": run it in a terminal.`)
    output.write('\n')
    throw new UsageError('That was not answered, and nothing was done.')
  }
  return {
    ask,
    askByHand: async (question) => {
      isByHand = true
      await keyboard?.dropUnread()
      unread.length = 0
      if (keyboard && isOpen) lines.write(null, { ctrl: true, name: 'u' })
      try {
        return await ask(question())
      } finally {
        isByHand = false
      }
    },
    close: () => lines.close(),
  }
}

const isTerminal = (input: NodeJS.ReadableStream): input is NodeJS.ReadStream =>
  'isTTY' in input && input.isTTY === true
