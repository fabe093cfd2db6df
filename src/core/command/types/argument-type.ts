import type { Speaking } from '../speaking.ts'

/** The value that is meant, or why there is none; `say` is a whole sentence. */
export type Understood<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly say: string }

export const meant = <T>(value: T): Understood<T> => ({ ok: true, value })
export const complaint = (say: string): Understood<never> => ({ ok: false, say })

/**
 * A type of argument. A value's canonical text is `String(value)`; people may say it in more ways.
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
  /** The value that a person means by a word that it takes. */
  readonly understand: (word: string, speaking: Speaking) => Understood<T>
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
): ArgumentType<string> => ({
  ...type,
  understand: meant,
  read: (word) => (type.takes(word) ? word : undefined),
})
