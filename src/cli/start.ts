import { resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { guarded } from './failure.ts'
import { dataOption } from './where.ts'

/** `foobot start`: the server. */
export const addStart = (program: Command): void => {
  program
    .command('start')
    .summary('start the server')
    .description('Starts the server: it listens, decides and records. Runners are started apart.')
    .addOption(dataOption())
    .option('--port <n>', 'where to listen; 0 takes a free one; without, as configured', portOf)
    .addHelpText('after', '\nExamples:\n  foobot start --data /var/lib/foobot\n  foobot start --port 0')
    .action(
      guarded(async ({ data, port }: { readonly data: string; readonly port?: number }) => {
        const { main } = await import('#processes/server.ts')
        await main({ data: resolve(data), ...(port !== undefined && { port }) })
        return undefined
      }),
    )
}

const portOf = (text: string): number => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) throw new InvalidArgumentError('It is a number from 0 to 65535.')
  return port
}
