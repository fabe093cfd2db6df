import { type Checkpoint, type LogOwner, openNote } from './checkpoint.ts'
import { sameHash } from './hash.ts'
import { type TreeHead, verifyConsistency } from './tree.ts'

/** A note that is offered, with the proof that it extends what was accepted before. */
export type Offered = { readonly checkpoint: string; readonly consistency: readonly Uint8Array[] }

/**
 * Follows the log from the last checkpoint accepted to the one that a note seals.
 * @returns `behind` where the note is of a smaller tree, `fork` where it does not extend the last one
 * @throws FoobotError `note-malformed`, `note-unsigned`
 */
export const followLog = (
  { checkpoint, consistency }: Offered,
  last: TreeHead,
  log: LogOwner,
): Checkpoint | 'behind' | 'fork' => {
  const head = openNote(checkpoint, log.origin, log.key)
  if (head.size < last.size) return 'behind'
  const extendsLast =
    head.size === last.size
      ? sameHash(head.root, last.root)
      : verifyConsistency(last.size, last.root, head.size, head.root, consistency)
  return extendsLast ? head : 'fork'
}
