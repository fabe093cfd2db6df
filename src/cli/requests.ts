import type { Command } from 'commander'
import { type ClientOptions, clientOptions, connectionOf } from './client-options.ts'
import { guarded } from './failure.ts'
import { passOnList } from './pass-on.ts'
import { print, printJson } from './tell.ts'

type RequestsOptions = ClientOptions & { readonly json?: true }

/** `foobot requests`: what waits or runs, as far as a person may see it. */
export const addRequests = (program: Command): void => {
  clientOptions(program.command('requests'))
    .summary('list what waits or runs')
    .description('Lists what waits or runs in the rooms that you are in.')
    .option('--json', 'print one JSON object a line')
    .addHelpText('after', '\nExamples:\n  foobot requests --as jhand\n  foobot requests --as jhand --json')
    .action(guarded(listRequests))
}

const listRequests = async (options: RequestsOptions): Promise<undefined> => {
  const { blockLines } = await import('./terminal/blocks.ts')
  const { owedInWords } = await import('./terminal/owed.ts')
  const connection = await connectionOf(options, 0, {
    heard: () => undefined,
    lost: () => undefined,
    back: () => undefined,
    gone: () => undefined,
  })
  try {
    await connection.open()
    const requests = await connection.requests()
    if (options.json) {
      for (const request of requests) printJson({ type: 'request', ...request })
      return
    }
    if (requests.length === 0) {
      print('Nothing waits or runs in your rooms.')
      return
    }
    const rows = requests.map(({ code = '', state, person = '', room = '', command = '', owes }) => [
      code,
      state,
      person,
      room,
      command,
      owedInWords(owes),
    ])
    const columns = ['code', 'state', 'who', 'room', 'command', 'waits for']
    passOnList((width) => blockLines({ type: 'table', columns, rows }, width))
  } finally {
    connection.close()
  }
}
