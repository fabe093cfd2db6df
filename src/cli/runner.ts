import type { Command } from 'commander'
import { askServer } from '#client/control.ts'
import { guarded, UsageError } from './failure.ts'

/** `foobot runner`: a runner of one zone. */
export const addRunner = (program: Command): void => {
  const runner = program
    .command('runner')
    .summary('start a runner')
    .description(
      'Starts a runner: it acts in its own zone, with its own credentials, and checks every order by itself.',
    )
    .option('--config <file>', 'its own configuration file')
    .addHelpText('after', '\nExamples:\n  foobot runner --config /etc/foobot/runners/delivery/runner.yaml')
    .action(
      guarded(async ({ config }: { readonly config?: string }) => {
        if (config === undefined) throw new UsageError('give the runner’s own configuration file with --config')
        const { main } = await import('#processes/runner.ts')
        await main({ config })
        return undefined
      }),
    )

  runner
    .command('reset')
    .argument('<name>', 'the runner, as the bundle names it')
    .summary('admit a runner with another claims file')
    .description(
      'Lets a runner come with another claims file than before, as after its disk was lost. What was running on it is told as interrupted.',
    )
    .option('--data <dir>', 'the server’s data folder', process.env.FOOBOT_DATA ?? './data')
    .addHelpText('after', '\nExamples:\n  foobot runner reset delivery')
    .action(
      guarded(async (name: string, { data }: { readonly data: string }) => {
        const done = await askServer(data, { order: 'reset-runner', runner: name })
        if (done === undefined) throw new UsageError(`no server runs on ${data}: start it first`)
        console.log(done)
        return undefined
      }),
    )
}
