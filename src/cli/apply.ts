import { join } from 'node:path'
import type { Command } from 'commander'
import { toSeconds } from '#core/clock.ts'
import { apply } from './bundle/apply.ts'
import { daysOption } from './bundle/days.ts'
import { runnersIn } from './bundle/propose.ts'
import { signersAt } from './bundle/signers.ts'
import { exits, guarded } from './failure.ts'
import { openQuestions } from './question.ts'
import { print } from './tell.ts'
import { dataOption } from './where.ts'

type Options = {
  readonly config?: string
  readonly data: string
  readonly key?: string
  readonly runner?: readonly string[]
  readonly days: number
  readonly yes?: true
}

/** `foobot apply`: the one way to change what everybody trusts. */
export const addApply = (program: Command): void => {
  program
    .command('apply')
    .summary('put the company’s folder in force')
    .description(
      'Checks the company’s folder and what plugins declare, shows what changes, signs it, and puts it in force once enough administrators have signed. Where nothing has changed, it renews what is in force.',
    )
    .option('--config <dir>', 'the company’s folder; else <data>/company')
    .addOption(dataOption('the data folder, with the bundles before'))
    .option('--key <file>', 'your administrator’s SSH key; else one of the agent')
    .option('--runner <file...>', 'runners whose plugins are your own checkout; else <data>/runners/*/runner.yaml')
    .addOption(daysOption())
    .option('--yes', 'sign without asking, for scripts')
    .addHelpText(
      'after',
      '\nExit codes: 0 it is in force; 3 it is signed, and not in force yet.\n\nExamples:\n  foobot apply\n  foobot apply --config ~/company --data ~/foobot --key ~/.ssh/foobot_administrator',
    )
    .action(
      guarded(async ({ data, config = join(data, 'company'), runner = runnersIn(data), ...options }: Options) => {
        const { codesNamedBy, declaredBy } = await import('#processes/declared.ts')
        const questions = options.yes ? undefined : openQuestions(process.stdin, process.stdout)
        try {
          const isInForce = await apply({
            config,
            data,
            runners: runner,
            days: options.days,
            now: toSeconds(Date.now()),
            declaredBy,
            codesHere: async () => codesNamedBy(runner),
            signers: (administrators) => signersAt({ data, ...options }, administrators),
            print,
            ask: async (question) => questions?.ask(question) ?? 'yes',
          })
          return isInForce ? exits.done : exits.waits
        } finally {
          questions?.close()
        }
      }),
    )
}
