import { FoobotError } from '#core/errors.ts'
import { claimedHead, logOf, openNote } from '#core/log/checkpoint.ts'
import { holdsHead } from '#core/log/proofs.ts'
import { type LogBefore, standsToCopy } from './log-before.ts'
import type { Way } from './way.ts'

/**
 * How a checkpoint that somebody holds stands to the log here: `ours` where our tree had that root at that size; `other`
 * where the log's own key has signed it, and it is of a later tree or another one; `before` where it is of the log before,
 * which the restored copy holds up to there, or which went on after the copy; `forked` where it is of the log before, and
 * the copy is of another one; else `forged`. Only a signed note can say that this log is an old copy: numbers alone could
 * be anybody's.
 */
export const standsToOurs = (way: Way, note: string | undefined): 'ours' | 'other' | 'before' | 'forked' | 'forged' => {
  if (note === undefined) return 'ours'
  try {
    const own = logOf(way.rules.company)
    const head = claimedHead(note)
    if (head.origin === own.origin && holdsHead(way.tree, head)) return 'ours'
    if (way.before && head.origin === way.before.origin) return standingBefore(way.before, note)
    openNote(note, own.origin, own.key)
    return 'other'
  } catch (error) {
    if (error instanceof FoobotError && (error.code === 'note-malformed' || error.code === 'note-unsigned'))
      return 'forged'
    throw error
  }
}

const standingBefore = (before: LogBefore, note: string): 'before' | 'forked' =>
  standsToCopy(before, note) === 'forked' ? 'forked' : 'before'
