import { existsSync } from 'node:fs'
import { FoobotError } from '#core/errors.ts'
import { backUpStopped, databaseFile } from '#storage/open.ts'

/**
 * Backs up the data folder of a server that does not run.
 * @throws FoobotError `data-folder-in-use` where it runs, `no-data` where there is nothing
 */
export const main = async (data: string, to: string): Promise<void> => {
  const file = databaseFile(data)
  if (!existsSync(file)) throw new FoobotError('no-data', `${file} is missing`)
  await backUpStopped(data, to)
}
