import { resolve } from 'node:path'
import type { Command } from 'commander'
import { askServer } from '#client/control.ts'
import { guarded } from './failure.ts'
import { tell } from './tell.ts'
import { dataOption } from './where.ts'

/** `foobot backup FILE`: the database and its checkpoint; no keys. */
export const addBackup = (program: Command): void => {
  program
    .command('backup')
    .argument('<file>', 'where to write the copy; its checkpoint goes to <file>.checkpoint')
    .addOption(dataOption())
    .summary('copy the database')
    .description('Copies the database and its checkpoint, while the server runs or while it is stopped.')
    .addHelpText(
      'after',
      '\nNeither keys nor server.yaml are in it. How it goes on: docs/recovery.md.\n\nExamples:\n  foobot backup /backups/foobot.db',
    )
    .action(
      guarded(async (file: string, { data }: { readonly data: string }) => {
        const done = await askServer(data, { order: 'backup', to: resolve(file) })
        if (done === undefined) {
          const { main } = await import('#processes/backup.ts')
          await main(resolve(data), resolve(file))
        }
        tell(done ?? `Wrote ${file} and ${file}.checkpoint.`)
        return undefined
      }),
    )
}
