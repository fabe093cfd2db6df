import type { ArgumentType } from './argument-type.ts'
import { dateType } from './date.ts'
import { durationType } from './duration.ts'
import { groupType } from './group.ts'
import { intType, numberType } from './number.ts'
import { personType } from './person.ts'
import { quarterType } from './quarter.ts'
import { textType, wordType } from './text.ts'
import { urlType } from './url.ts'

const all: readonly ArgumentType[] = [
  textType,
  wordType,
  intType,
  numberType,
  dateType,
  durationType,
  quarterType,
  personType,
  groupType,
  urlType,
]

/** The types that a template may name; all else is a list of values. */
export const namedTypes: ReadonlyMap<string, ArgumentType> = new Map(all.map((type) => [type.name, type]))
