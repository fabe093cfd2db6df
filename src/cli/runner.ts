import type { Command } from 'commander'
import { askServer } from '#client/control.ts'
import { exits, guarded, UsageError } from './failure.ts'
import { complain, tell } from './tell.ts'
import { dataOption } from './where.ts'

/** Milliseconds that a runner has to answer. */
const patience = 10_000

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
        if (config === undefined) throw new UsageError('Give the runner’s own configuration file with --config FILE.')
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
    .addOption(dataOption('the server’s data folder'))
    .option('--lost', 'after a restore: what it knows is gone for good, so nobody waits for it any more')
    .addHelpText('after', '\nExamples:\n  foobot runner reset delivery\n  foobot runner reset delivery --lost')
    .action(
      guarded(async (name: string, { data, lost }: { readonly data: string; readonly lost?: true }) => {
        const done = await askServer(data, { order: lost ? 'lose-runner' : 'reset-runner', runner: name })
        if (done === undefined)
          throw new UsageError(`No server runs on ${data}: start it first, or give its data folder with --data.`)
        tell(done)
        return undefined
      }),
    )

  runner
    .command('bundle')
    .requiredOption('--out <file>', 'where to write it')
    .summary('write out the bundles that a runner holds')
    .description(
      'Writes the newest bundle that a runner holds, and those that led to it, for "foobot restore --bundle".',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  foobot runner bundle --config /etc/foobot/runners/delivery/runner.yaml --out delivery.json',
    )
    .action(
      guarded(async ({ out }: { readonly out: string }, command: Command) => {
        const { config } = command.optsWithGlobals<{ readonly config?: string }>()
        if (config === undefined) throw new UsageError('Give the runner’s own configuration file with --config FILE.')
        const [{ writeBundleFile }, { readRunnerConfig }] = await Promise.all([
          import('#config/bundle-file.ts'),
          import('#config/runner.ts'),
        ])
        const version = writeBundleFile(readRunnerConfig(config).folder, out)
        tell(`Wrote ${out}: version ${version}, and those that led to it.`)
        return undefined
      }),
    )

  runner
    .command('accept')
    .argument('<file>', 'a key change, or a bundle: its folder, or its bundle.json')
    .summary('hand a running runner a key change or a bundle')
    .description(
      'Hands a runner a removed or added key, or a newer bundle, past the server, so that no server can keep it back. The runner believes only what is signed.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  foobot runner accept removed-key.json --config /etc/foobot/runners/delivery/runner.yaml',
    )
    .action(
      guarded(async (file: string, _options: unknown, command: Command) => {
        const { config } = command.optsWithGlobals<{ readonly config?: string }>()
        if (config === undefined) throw new UsageError('Give the runner’s own configuration file with --config FILE.')
        const [{ readHandedFile }, { readRunnerConfig }, { handOver }] = await Promise.all([
          import('./handed-file.ts'),
          import('#config/runner.ts'),
          import('#client/hand-over.ts'),
        ])
        const what = readHandedFile(file)
        const { name, folder } = readRunnerConfig(config)
        const answer = await handOver(folder, what, patience)
        if (!answer) {
          complain(`The runner ${name} does not answer: it takes this when it starts.`)
          return exits.unreachable
        }
        tell(answer.say)
        return answer.accepted ? exits.done : exits.refused
      }),
    )
}
