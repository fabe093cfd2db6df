import { FoobotError } from '#core/errors.ts'
import { claimedHead, logOrigin, openNote } from '#core/log/checkpoint.ts'
import type { LogBefore } from '#engine/log-before.ts'
import type { Storage } from '#storage/open.ts'
import type { Bundles } from './bundles.ts'

/**
 * The log before, as the restored copy has it; undefined where none was restored.
 * @throws FoobotError `bundle-file` where no bundle here names its key
 */
export const logBefore = (
  { before, number }: Pick<Storage, 'before' | 'number'>,
  bundles: Bundles,
): LogBefore | undefined => {
  const note = before?.seal()?.note
  if (!before || note === undefined) return undefined
  const company = bundles.newestOf(number - 1)
  if (!company) {
    const say = `No bundle of log ${number - 1} lies here, so I do not know its key: give one to "foobot restore" with --bundle.`
    throw new FoobotError('bundle-file', say, say)
  }
  const origin = logOrigin(company.deployment, number - 1)
  openNote(note, origin, company.log.key)
  return { origin, key: company.log.key, end: claimedHead(note), tree: before }
}
