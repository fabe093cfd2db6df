import { join } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { toSeconds } from '#core/clock.ts'
import { activate } from './bundle/activate.ts'
import { daysOption } from './bundle/days.ts'
import { propose, runnersIn } from './bundle/propose.ts'
import { showBundle, shownLines } from './bundle/show.ts'
import { signProposal } from './bundle/sign.ts'
import { signersAt } from './bundle/signers.ts'
import { guarded } from './failure.ts'
import { openQuestions } from './question.ts'
import { print, printJson } from './tell.ts'
import { dataOption } from './where.ts'

type Options = { readonly config?: string; readonly data: string }

/** `foobot bundle propose|sign|activate|show`: the steps of `foobot apply`, one by one, and a look at what came of them. */
export const addBundle = (program: Command): void => {
  const bundle = program
    .command('bundle')
    .summary('propose, sign and activate the company’s rules, step by step')
    .description('The steps of "foobot apply", one by one, for scripts; and who signed what.')
    .addHelpText(
      'after',
      `
Examples, in this order:
  foobot bundle propose --config ~/company
  foobot bundle sign --config ~/company --key ~/.ssh/foobot_administrator
  foobot bundle activate --config ~/company`,
    )
  addPropose(bundle)
  addSign(bundle)
  addActivate(bundle)
  addShow(bundle)
}

const addPropose = (bundle: Command): void => {
  placed(bundle.command('propose'))
    .summary('take in what plugins declare, and make the folder ready to sign')
    .description('Takes in what plugins declare, shows what changes, and makes the folder ready to sign.')
    .option('--runner <file...>', 'runners whose plugins to look at; else <data>/runners/*/runner.yaml')
    .addOption(daysOption())
    .addHelpText('after', '\nExamples:\n  foobot bundle propose --config ~/company')
    .action(
      guarded(async (options: Options & { readonly runner?: readonly string[]; readonly days: number }) => {
        const runners = options.runner ?? runnersIn(options.data)
        const { declaredBy } = await import('#processes/declared.ts')
        const { days, data } = options
        print(...(await propose({ config: configOf(options), data, runners, days, now: now(), declaredBy })))
        return undefined
      }),
    )
}

const addSign = (bundle: Command): void => {
  placed(bundle.command('sign'))
    .summary('show what a proposal changes, and sign it')
    .description(
      'Shows what a proposal changes, from your own copy of the bundle before and your own checkout of the plugins, and signs it.',
    )
    .option('--key <file>', 'your administrator’s SSH key; else one of the agent')
    .option('--runner <file...>', 'runners whose plugins are your own checkout; else <data>/runners/*/runner.yaml')
    .option('--yes', 'sign without asking, for scripts')
    .addHelpText('after', '\nExamples:\n  foobot bundle sign --config ~/company --key ~/.ssh/foobot_administrator')
    .action(
      guarded(
        async (
          options: Options & { readonly key?: string; readonly runner?: readonly string[]; readonly yes?: true },
        ) => {
          const questions = options.yes ? undefined : openQuestions(process.stdin, process.stdout)
          try {
            await signProposal({
              config: configOf(options),
              data: options.data,
              signers: (administrators) => signersAt(options, administrators),
              codesHere: async () => {
                const { codesNamedBy } = await import('#processes/declared.ts')
                return codesNamedBy(options.runner ?? runnersIn(options.data))
              },
              print,
              ask: async (question) => questions?.ask(question) ?? 'yes',
            })
          } finally {
            questions?.close()
          }
          return undefined
        },
      ),
    )
}

const addActivate = (bundle: Command): void => {
  placed(bundle.command('activate'))
    .summary('put a proposal in force that enough have signed')
    .description(
      'Puts a proposal in force that enough administrators have signed: a running server and its runners take it within seconds.',
    )
    .addHelpText('after', '\nExamples:\n  foobot bundle activate --config ~/company')
    .action(
      guarded(async (options: Options) => {
        print(...activate({ config: configOf(options), data: options.data }, now()))
        return undefined
      }),
    )
}

const addShow = (bundle: Command): void => {
  bundle
    .command('show')
    .summary('show who signed a bundle, and what it changed')
    .description('Shows a bundle that was put in force: who signed it, and what it changed.')
    .argument('[version]', 'which one; else the newest', versionOf)
    .addOption(dataOption())
    .option('--json', 'print one JSON object')
    .addHelpText('after', '\nExamples:\n  foobot bundle show\n  foobot bundle show 3 --json')
    .action(
      guarded(async (version: number | undefined, { data, json }: { readonly data: string; readonly json?: true }) => {
        const shown = showBundle(data, version)
        if (json) printJson(shown)
        else print(...shownLines(shown))
        return undefined
      }),
    )
}

const placed = (command: Command): Command =>
  command
    .option('--config <dir>', 'the company’s folder; else <data>/company')
    .addOption(dataOption('the data folder, with the bundles before'))

const configOf = ({ config, data }: Options): string => config ?? join(data, 'company')

const now = (): number => toSeconds(Date.now())

const versionOf = (text: string): number => {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Write a version, as 3.')
  return Number(text)
}
