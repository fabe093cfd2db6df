import type { Company } from '#core/bundle/company.ts'
import { wrongWithLog } from '#core/bundle/next-log.ts'
import { FoobotError } from '#core/errors.ts'
import { logOf, openNote } from './checkpoint.ts'

/**
 * Demands that a company's next version goes on with its log, or with the next one after a note that the log before has
 * signed: nobody makes up where it ended.
 * @throws FoobotError `bundle-refused`
 */
export const checkSuccession = (before: Company, after: Company): void => {
  const wrong = wrongWithLog(before, after) ?? wrongWithAfter(before, after)
  if (wrong !== undefined)
    throw new FoobotError('bundle-refused', `bundle: ${wrong}`, `That bundle cannot be trusted: ${wrong}.`)
}

const wrongWithAfter = (before: Company, { log }: Company): string | undefined => {
  if (log.number === before.log.number || log.after === undefined) return undefined
  const { origin, key } = logOf(before)
  try {
    openNote(log.after, origin, key)
    return undefined
  } catch (error) {
    if (error instanceof FoobotError)
      return `the note after which log ${log.number} goes on is not signed by log ${before.log.number}`
    throw error
  }
}
