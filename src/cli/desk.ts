import type { Command } from 'commander'
import { guarded, UsageError } from './failure.ts'

/** `foobot desk`: the page where people without a terminal sign. */
export const addDesk = (program: Command): void => {
  program
    .command('desk')
    .summary('start the desk')
    .description(
      'Starts the desk: the page where people read what is asked and sign it with a passkey. It holds nothing; run it on another machine than the server.',
    )
    .option('--config <file>', 'its own configuration file')
    .addHelpText('after', '\nExamples:\n  foobot desk --config /etc/foobot/desk.yaml')
    .action(
      guarded(async ({ config }: { readonly config?: string }) => {
        if (config === undefined) throw new UsageError('Give the desk’s own configuration file with --config FILE.')
        const { main } = await import('#processes/desk.ts')
        await main({ config })
        return undefined
      }),
    )
}
