import type { KeptKeyChange } from './key-change.ts'
import { KeyChanges } from './key-changes.ts'
import { isByColleagues } from './key-signers.ts'

/** Those of the changes kept here that another keeper knows, by their digests. */
export const knownTo = (changes: KeyChanges, digests: ReadonlySet<string>): KeyChanges =>
  new KeyChanges(changes.all.filter(({ digest }) => digests.has(digest)))

/**
 * Those that a keeper who knows these digests may lack, in the order in which they came. A digest says what was signed,
 * and not by whom: what colleagues signed is always among them, since the keeper may know the same words by one of the
 * person's own keys.
 */
export const unknownTo = (changes: KeyChanges, digests: ReadonlySet<string>): readonly KeptKeyChange[] =>
  changes.all.filter(({ digest, value, by }) => !digests.has(digest) || isByColleagues(value.person, by))
