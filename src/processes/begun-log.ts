import type { Bundle } from '#core/bundle/company.ts'
import { FoobotError } from '#core/errors.ts'
import { claimedHead } from '#core/log/checkpoint.ts'
import { sameHash } from '#core/log/hash.ts'
import { beginningOf } from '#core/log/log-begins.ts'
import { holdsHead, type LogReader, rootAt } from '#core/log/proofs.ts'
import type { Storage } from '#storage/open.ts'

/** The log of a data folder, and where the one before it ended. */
export type BegunLog = Pick<Storage, 'number'> & {
  readonly log: LogReader
  readonly before?: { seal(): { readonly note: string } | undefined }
}

/**
 * Demands that a data folder's log is the one that the administrators named, and holds what they saw when they proposed
 * the bundle in force: otherwise it is an old copy, or another one, and what is appended to it would be a second history.
 * @throws FoobotError `log-restored-old-copy`, `log-not-named`
 */
export const checkBegun = (begun: BegunLog, { version, company }: Bundle): void => {
  const { number, checkpoint } = company.log
  if (begun.number > number) {
    const say = `A copy was restored here as log ${begun.number}, and bundle ${version} names log ${number}: administrators must sign the log that "foobot restore" wrote into company.yaml, by "foobot apply".`
    throw new FoobotError('log-not-named', `log ${begun.number}, bundle ${version} of log ${number}`, say)
  }
  if (begun.number < number || !isThat(begun, company)) {
    const say = `Bundle ${version} names log ${number}, and the database does not hold it: an old copy was restored, or it is another log. Restore the newest copy by "foobot restore".`
    throw new FoobotError('log-restored-old-copy', `the database is not that of log ${number}`, say)
  }
  if (checkpoint === undefined) return
  const head = claimedHead(checkpoint)
  if (holdsHead(begun.log, head)) return
  throw new FoobotError(
    'log-restored-old-copy',
    `bundle ${version} was proposed at ${head.size} leaves, and the database of ${begun.log.size} does not hold those`,
    `Bundle ${version} was proposed when the log had ${head.size} leaves, and the database does not hold them: an old copy was restored, or it is another log. Restore the newest copy.`,
  )
}

/** It goes on from exactly the note that was signed, and says so in its first leaf. */
const isThat = ({ log, before }: BegunLog, company: Bundle['company']): boolean => {
  if (company.log.after === undefined) return true
  const { size, root } = beginningOf(company)
  return before?.seal()?.note === company.log.after && log.size >= size && sameHash(rootAt(size, log), root)
}
