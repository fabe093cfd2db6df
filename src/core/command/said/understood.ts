import type { Speaking } from '../speaking.ts'

/** The value that is meant, or why there is none; `say` is a whole sentence. */
export type Understood<T = string | number> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly say: string }

/** What a person means by a word that its type takes. */
export type Meaning = (word: string, speaking: Speaking) => Understood

export const meant = <T>(value: T): Understood<T> => ({ ok: true, value })
export const complaint = (say: string): Understood<never> => ({ ok: false, say })
