import { FoobotError } from '#core/errors.ts'
import { claimedHead, logOrigin, openNote } from '#core/log/checkpoint.ts'
import { holdsHead } from '#core/log/proofs.ts'
import type { Way } from './way.ts'

/**
 * How a checkpoint that somebody holds stands to the log here: `ours` where our tree had that root at that size; `other`
 * where the log's own key has signed it, and it is of a later tree or another one; else `forged`. Only a signed note can say
 * that this log is an old copy: numbers alone could be anybody's.
 */
export const standsToOurs = (way: Way, note: string | undefined): 'ours' | 'other' | 'forged' => {
  if (note === undefined) return 'ours'
  const { company } = way.rules
  try {
    if (holdsHead(way.tree, claimedHead(note))) return 'ours'
    openNote(note, logOrigin(company.deployment), company.log.key)
    return 'other'
  } catch (error) {
    if (error instanceof FoobotError && (error.code === 'note-malformed' || error.code === 'note-unsigned'))
      return 'forged'
    throw error
  }
}
