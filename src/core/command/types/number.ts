import { type ArgumentType, complaint, meant } from './argument-type.ts'

const wholeNumber = /^[+-]?\d{1,16}$/
const decimal = /^[+-]?\d{1,16}(?:\.\d{1,16})?$/

/** A whole number within ±(2^53 − 1); canonical without `+` and leading zeros. */
export const intType: ArgumentType<number> = {
  name: 'int',
  what: 'a whole number, as 42',
  takes: (word) => wholeNumber.test(word),
  understand: (word) => {
    const value = Number(word)
    return Number.isSafeInteger(value) ? meant(positiveZero(value)) : complaint(`${word} is too large a number.`)
  },
  read: (word) => canonical(word, Number.isSafeInteger),
  samples: ['1', '-1'],
}

/** A decimal number, `12.5`; canonical in its shortest form. What would become another number is refused. */
export const numberType: ArgumentType<number> = {
  name: 'number',
  what: 'a number, as 12.5',
  takes: (word) => decimal.test(word),
  understand: (word) => {
    const value = positiveZero(Number(word))
    if (!isPlain(value)) return complaint(`${word} is too small or too large a number.`)
    return shortest(word) === String(value)
      ? meant(value)
      : complaint(`${word} has more digits than I can keep: I would take it for ${value}.`)
  },
  read: (word) => canonical(word, isPlain),
  samples: ['1', '-1', '1.5', '-1.5'],
}

/** Whether its shortest form is digits alone, without an exponent. */
const isPlain = (value: number): boolean => decimal.test(String(value))

/** A decimal without what does not count: `+`, zeros before and behind, the sign of a zero. */
const shortest = (word: string): string => {
  const [whole = '', fraction = ''] = word.replace(/^[+-]?0*/, '').split('.')
  const kept = fraction.replace(/0+$/, '')
  const digits = `${whole || '0'}${kept && `.${kept}`}`
  return word.startsWith('-') && digits !== '0' ? `-${digits}` : digits
}

const positiveZero = (value: number): number => value + 0

const canonical = (word: string, fits: (value: number) => boolean): number | undefined => {
  const value = Number(word)
  return fits(value) && String(value) === word ? value : undefined
}
