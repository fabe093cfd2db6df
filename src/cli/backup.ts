import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { askForBackup } from '#client/control.ts'
import { demandFile, writeBackup } from './backup-file.ts'
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
    .description(
      'Copies the database and its checkpoint, while the server runs or while it is stopped. This command writes the file, with your own rights, so that nobody else may read it.',
    )
    .addHelpText(
      'after',
      '\nNeither keys nor server.yaml are in it. How it goes on: docs/recovery.md.\n\nExamples:\n  foobot backup /backups/foobot.db',
    )
    .action(
      guarded(async (file: string, { data }: { readonly data: string }) => {
        const to = resolve(file)
        demandFile(to)
        const coming = await askForBackup(data)
        try {
          if (coming) await writeBackup(to, coming.head, coming.bytes)
        } finally {
          coming?.close()
        }
        if (!coming) {
          const { main } = await import('#processes/backup.ts')
          await main(resolve(data), (head, bytes) => writeBackup(to, head, bytes))
        }
        const note = `${file}.checkpoint`
        tell(existsSync(note) ? `Wrote ${file} and ${note}.` : `Wrote ${file}: nothing was recorded yet.`)
        return undefined
      }),
    )
}
