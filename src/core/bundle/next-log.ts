import type { Company } from './company.ts'

/**
 * What is wrong with the log that a company's next version names; undefined where nothing is. Its number only rises, by
 * one, and then with a new key. Within a number nobody changes where the log before ended.
 */
export const wrongWithLog = ({ log: before }: Company, { log: after }: Company): string | undefined => {
  if (after.number === before.number)
    return after.after === before.after ? undefined : `it names another end of the log before ${after.number}`
  if (after.number !== before.number + 1) return `its log is number ${after.number}, and ${before.number} is in force`
  return after.key === before.key
    ? `log ${after.number} has the key of log ${before.number}: make a new one`
    : undefined
}
