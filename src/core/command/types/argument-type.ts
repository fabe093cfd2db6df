/**
 * A type of argument, as it stands in a statement's text. A value's canonical text is `String(value)`; people may say it in
 * more ways, and what they mean by them is `said/meaning.ts`.
 *
 * INVARIANT: `read(text)` gives a value only where `text` is canonical, and `takes` holds for every canonical text.
 */
export type ArgumentType<T extends string | number = string | number> = {
  /** As it stands in an expanded template. */
  readonly name: string
  /** What it is, after "is" in complaints and help: `a date, as 2015-05-31`. */
  readonly what: string
  /**
   * Whether a word has this type's form at all, said or canonical. Where a line's words go is decided by this alone, so
   * that server and runner cannot give a word to different slots.
   */
  readonly takes: (word: string) => boolean
  /** The value of a canonical text; no clock, zone or names. */
  readonly read: (word: string) => T | undefined
  /** All that can be said, where that is a few declared words. */
  readonly values?: readonly string[]
  /** A word of each form, to find types that take common words. */
  readonly samples: readonly string[]
}

/** A type whose values are said in their canonical form alone. */
export const plainType = (
  type: Pick<ArgumentType<string>, 'name' | 'what' | 'takes' | 'samples'>,
): ArgumentType<string> => ({ ...type, read: (word) => (type.takes(word) ? word : undefined) })
