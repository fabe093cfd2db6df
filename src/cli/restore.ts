import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import { toSeconds } from '#core/clock.ts'
import { guarded } from './failure.ts'
import { print } from './tell.ts'
import { line } from './terminal/clean.ts'
import { dataOption } from './where.ts'

type Options = { readonly data: string; readonly config?: string; readonly bundle?: readonly string[] }

/** `foobot restore COPY`: the disk is gone, and a copy goes on. */
export const addRestore = (program: Command): void => {
  program
    .command('restore')
    .argument('<copy>', 'a copy of the database, as "foobot backup" writes it')
    .addOption(dataOption('the data folder, whose server is stopped'))
    .option('--config <dir>', 'the company’s folder; else <data>/company')
    .option('--bundle <file...>', 'bundles of runners, as "foobot runner bundle" writes them; the newest counts')
    .summary('go on from a copy of the database')
    .description(
      'Puts a copy of the database in place. Its log goes on as a new one, with a new key: administrators sign a bundle that names it.',
    )
    .addHelpText(
      'after',
      '\nEach step stands in docs/recovery.md.\n\nExamples:\n  foobot restore /backups/foobot.db --bundle delivery.json',
    )
    .action(
      guarded(async (copy: string, { data, config = join(data, 'company'), bundle = [] }: Options) => {
        const { restore } = await import('#processes/restore.ts')
        const restored = await restore({
          data: resolve(data),
          config: resolve(config),
          copy: resolve(copy),
          bundles: bundle.map((file) => resolve(file)),
          now: toSeconds(Date.now()),
        })
        const { log, copied, ended, bundle: newest, setAside } = restored
        const runners = [...newest.company.runners.keys()].join(', ')
        print(
          line`Restored ${copy}: log ${log.number - 1}, as it was at ${copied} leaves. ${ended} requests that were open in it are ended.`,
          ...setAside.map((file) => line`What lay there before is kept: ${file}`),
          line`From here on log ${log.number} counts, with a new key. ${config}/company.yaml names it; the next bundle follows version ${newest.version}.`,
          'Next:',
          line`  foobot apply --config ${config} --data ${data} --key FILE    (as many administrators as must)`,
          line`  foobot start --data ${data}`,
          line`  start the runners: ${runners}. Nobody signs in before each has handed in what it knows.`,
          line`  foobot runner reset NAME --lost --data ${data}    (for one whose disk is gone, too)`,
          line`  foobot backup FILE --data ${data}    (at once: the copies of log ${log.number - 1} are of no use any more)`,
          'People set up phones, one-time codes and linked accounts anew.',
        )
        return undefined
      }),
    )
}
