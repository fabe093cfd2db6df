import { createReadStream, existsSync } from 'node:fs'
import { FoobotError } from '#core/errors.ts'
import { backUpStopped, databaseFile } from '#storage/open.ts'
import type { BackupHead } from '#wire/control.ts'
import { Copies } from './copy.ts'

/**
 * Backs up the data folder of a server that does not run.
 * @param write takes the copy to where it shall lie
 * @throws FoobotError `data-folder-in-use` where it runs, `no-data` where there is nothing
 */
export const main = async (
  data: string,
  write: (head: BackupHead, bytes: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<void> => {
  const file = databaseFile(data)
  if (!existsSync(file)) throw new FoobotError('no-data', `${file} is missing`)
  const copy = await new Copies(data, (to) => backUpStopped(data, to)).make()
  try {
    await write(copy.head, createReadStream(copy.file))
  } finally {
    await copy.done()
  }
}
