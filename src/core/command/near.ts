import { lower } from './types/values.ts'

/** Names of commands close to what a line begins with, of those that are allowed; at most three, the closest first. */
export type Near = (line: string, isAllowed: (command: string) => boolean) => string[]

const most = 3
/** Bounds of the work for one line. */
const mostWords = 3
const mostCharacters = 40
const mostLookedAt = 64

/**
 * Finds names within two typing errors of the first words of a line, without looking at all names: two words that are
 * close have a common form with one character left out, and every name is kept under all its forms. What is not plain
 * ASCII is near to nothing: a look-alike of another script is no typing error.
 */
export const nearIndex = (commands: readonly string[]): Near => {
  let kept: ReadonlyMap<string, readonly string[]> | undefined
  return (line, isAllowed) => {
    const words = line
      .slice(0, mostCharacters * mostWords)
      .split(' ')
      .slice(0, mostWords)
    if (!/^[\x20-\x7e]*$/.test(words.join(' '))) return []
    kept ??= index(commands)
    const found = new Map<string, number>()
    for (let count = words.length; count > 0; count -= 1) {
      const said = lower(words.slice(0, count).join(' '))
      if (said.length > mostCharacters) continue
      for (const name of formsOf(said).flatMap((form) => kept?.get(form)?.slice(0, mostLookedAt) ?? [])) {
        const distance = errorsBetween(said, lower(name))
        if (distance <= allowedErrors(name) && isAllowed(name))
          found.set(name, Math.min(distance, found.get(name) ?? distance))
      }
    }
    return [...found]
      .sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1))
      .slice(0, most)
      .map(([name]) => name)
  }
}

const allowedErrors = (name: string): number => (name.length < 4 ? 1 : 2)

const index = (commands: readonly string[]): ReadonlyMap<string, readonly string[]> => {
  const kept = new Map<string, string[]>()
  for (const command of commands) {
    for (const form of formsOf(lower(command.slice(0, mostCharacters + 2)))) {
      const names = kept.get(form)
      if (names) names.push(command)
      else kept.set(form, [command])
    }
  }
  return kept
}

/** The word, and the word without each of its characters. */
const formsOf = (word: string): string[] => {
  const forms = new Set([word])
  for (let at = 0; at < word.length; at += 1) forms.add(word.slice(0, at) + word.slice(at + 1))
  return [...forms]
}

/** Characters put in, left out, changed or swapped with the next: the optimal string alignment distance. */
const errorsBetween = (a: string, b: string): number => {
  let twoBack: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let least = Math.min((row[j - 1] ?? 0) + 1, (last[j] ?? 0) + 1, changed)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (isSwap) least = Math.min(least, (twoBack[j - 2] ?? 0) + 1)
      row.push(least)
    }
    twoBack = last
    last = row
  }
  return last[b.length] ?? 0
}
