import type { ArgumentType } from './argument-type.ts'

const wholeNumber = /^[+-]?\d{1,16}$/
const decimal = /^[+-]?\d{1,16}(?:\.\d{1,16})?$/

/** A whole number within ±(2^53 − 1); canonical without `+` and leading zeros. */
export const intType: ArgumentType<number> = {
  name: 'int',
  what: 'a whole number, as 42',
  takes: (word) => wholeNumber.test(word),
  read: (word) => canonical(word, Number.isSafeInteger),
  samples: ['1', '-1'],
}

/** A decimal number, `12.5`; canonical in its shortest form. */
export const numberType: ArgumentType<number> = {
  name: 'number',
  what: 'a number, as 12.5',
  takes: (word) => decimal.test(word),
  read: (word) => canonical(word, isPlain),
  samples: ['1', '-1', '1.5', '-1.5'],
}

/** Whether its shortest form is digits alone, without an exponent. */
export const isPlain = (value: number): boolean => decimal.test(String(value))

const canonical = (word: string, fits: (value: number) => boolean): number | undefined => {
  const value = Number(word)
  return fits(value) && String(value) === word ? value : undefined
}
