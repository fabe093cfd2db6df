import { type Change, differenceText } from '#core/bundle/difference.ts'

/** What changes, line by line. */
export const changeLines = (changes: readonly Change[]): readonly string[] =>
  changes.length > 0 ? differenceText(changes).trimEnd().split('\n') : ['No change in what counts.']
