import { statfsSync } from 'node:fs'
import { FoobotError } from '#core/errors.ts'

/** Bytes below which a disk counts as full: a small write may still fit where the next one does not. */
const least = 1024 ** 2

/**
 * Demands that there is room on the disk of a folder.
 * @throws FoobotError `disk-trouble`
 */
export const demandRoom = (folder: string): void => {
  const { bavail, bsize } = statfsSync(folder)
  if (bavail * bsize >= least) return
  const why = `${folder} lies on a disk with ${bavail * bsize} bytes left`
  throw new FoobotError('disk-trouble', why, `${folder} cannot be written: the disk is full. Make room.`)
}
