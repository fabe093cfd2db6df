import { type LogOwner, openNote } from '#core/log/checkpoint.ts'
import { consistencyProof, holdsHead, type LogReader } from '#core/log/proofs.ts'
import type { TreeHead } from '#core/log/tree.ts'

/** The log that ended, of a deployment whose present one goes on from a restored copy. */
export type LogBefore = LogOwner & {
  /** Where it ended, as the copy has it. */
  readonly end: TreeHead
  readonly tree: LogReader
}

/**
 * How a note of the log before stands to the copy: `held` where the copy's tree had that root at that size; `larger` where
 * that log went on beyond the copy's end; `forked` where it is of another tree.
 * @throws FoobotError `note-malformed`, `note-unsigned`
 */
export const standsToCopy = ({ origin, key, end, tree }: LogBefore, note: string): 'held' | 'larger' | 'forked' => {
  const head = openNote(note, origin, key)
  if (head.size > end.size) return 'larger'
  return holdsHead(tree, head) ? 'held' : 'forked'
}

/** What proves that the copy's end extends what a note sealed; nothing where the copy does not hold that. */
export const wayToEnd = (before: LogBefore, note: string): readonly Uint8Array[] =>
  standsToCopy(before, note) === 'held'
    ? consistencyProof(openNote(note, before.origin, before.key).size, before.end.size, before.tree)
    : []
