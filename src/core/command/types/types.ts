import type { ArgumentType } from './argument-type.ts'
import { dateType } from './date.ts'
import { durationType } from './duration.ts'
import { groupType } from './group.ts'
import { intType, numberType } from './number.ts'
import { personType } from './person.ts'
import { quarterType } from './quarter.ts'
import { textType, wordType } from './text.ts'
import { urlType } from './url.ts'

const all = {
  text: textType,
  word: wordType,
  int: intType,
  number: numberType,
  date: dateType,
  duration: durationType,
  quarter: quarterType,
  person: personType,
  group: groupType,
  url: urlType,
} as const

/** The names of the types that a template may name. */
export type TypeName = keyof typeof all

/** Those types, by name; all else is a list of values. */
export const namedTypes: ReadonlyMap<string, ArgumentType> = new Map(Object.entries(all))
