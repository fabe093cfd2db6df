import type { Company } from '#core/bundle/company.ts'
import { claimedHead, logOf } from '#core/log/checkpoint.ts'
import { beginningOf } from '#core/log/log-begins.ts'
import type { TreeHead } from '#core/log/tree.ts'
import type { Claims } from './claims.ts'

/**
 * The end of a company's log as this runner has seen it: its beginning, where it has seen no log yet. Undefined where what
 * it has seen is of another log, which this one must prove first to go on from.
 */
export const seenOf = ({ note, head }: Pick<Claims, 'note' | 'head'>, company: Company): TreeHead | undefined => {
  if (note === undefined) return beginningOf(company)
  return claimedHead(note).origin === logOf(company).origin ? head : undefined
}
