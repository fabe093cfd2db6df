import { isPlain } from '../types/number.ts'
import { complaint, type Meaning, meant } from './understood.ts'

/** A whole number may be said with `+` and leading zeros. */
export const intMeant: Meaning = (word) => {
  const value = Number(word)
  return Number.isSafeInteger(value) ? meant(positiveZero(value)) : complaint(`${word} is too large a number.`)
}

/** What would become another number is refused. */
export const numberMeant: Meaning = (word) => {
  const value = positiveZero(Number(word))
  if (!isPlain(value)) return complaint(`${word} is too small or too large a number.`)
  return shortest(word) === String(value)
    ? meant(value)
    : complaint(`${word} has more digits than I can keep: I would take it for ${value}.`)
}

/** A decimal without what does not count: `+`, zeros before and behind, the sign of a zero. */
const shortest = (word: string): string => {
  const [whole = '', fraction = ''] = word.replace(/^[+-]?0*/, '').split('.')
  const kept = fraction.replace(/0+$/, '')
  const digits = `${whole || '0'}${kept && `.${kept}`}`
  return word.startsWith('-') && digits !== '0' ? `-${digits}` : digits
}

const positiveZero = (value: number): number => value + 0
