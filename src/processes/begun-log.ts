import type { Bundle } from '#core/bundle/company.ts'
import { FoobotError } from '#core/errors.ts'
import { claimedHead } from '#core/log/checkpoint.ts'
import { holdsHead, type LogReader } from '#core/log/proofs.ts'

/**
 * Demands that a log holds what its administrators saw when they proposed the bundle in force: otherwise it is an old copy,
 * or another one, and what is appended to it would be a second history.
 * @throws FoobotError `log-restored-old-copy`
 */
export const checkBegun = (log: LogReader, { version, company }: Bundle): void => {
  const { checkpoint } = company.log
  if (checkpoint === undefined) return
  const head = claimedHead(checkpoint)
  if (holdsHead(log, head)) return
  throw new FoobotError(
    'log-restored-old-copy',
    `bundle ${version} was proposed at ${head.size} leaves, and the database of ${log.size} does not hold those`,
    `Bundle ${version} was proposed when the log had ${head.size} leaves, and the database does not hold them: an old copy was restored, or it is another log. Restore the newest copy.`,
  )
}
