import type { ArgumentType } from './argument-type.ts'

/** One of some declared words, `next|last`, spelt as declared. */
export const valuesType = (values: readonly string[]): ArgumentType<string> => {
  const spelling = new Map(values.map((value) => [lower(value), value]))
  return {
    name: values.join('|'),
    what: `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`,
    takes: (word) => spelling.has(lower(word)),
    read: (word) => (spelling.get(lower(word)) === word ? word : undefined),
    values,
    samples: values,
  }
}

/** ASCII alone: declared words are ASCII, and no other letter may become one. */
export const lower = (word: string): string => word.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
