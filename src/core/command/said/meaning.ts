import type { Speaking } from '../speaking.ts'
import type { ArgumentType } from '../types/argument-type.ts'
import type { TypeName } from '../types/types.ts'
import { lower } from '../types/values.ts'
import { groupMeant, personMeant } from './names.ts'
import { intMeant, numberMeant } from './number.ts'
import { dateMeant, durationMeant, quarterMeant } from './time.ts'
import { complaint, type Meaning, meant, type Understood } from './understood.ts'

const asSaid: Meaning = (word) => meant(word)

const meanings: Readonly<Record<TypeName, Meaning>> = {
  text: asSaid,
  word: asSaid,
  int: intMeant,
  number: numberMeant,
  date: dateMeant,
  duration: durationMeant,
  quarter: quarterMeant,
  person: personMeant,
  group: groupMeant,
  url: (word) => {
    const { href, username, password } = new URL(word)
    return username || password ? complaint('Leave user name and password out of the address.') : meant(href)
  },
}

const byName: ReadonlyMap<string, Meaning> = new Map(Object.entries(meanings))

/**
 * The value that a person means by a word that its type takes. What is signed holds the canonical text of that value: a
 * runner reads that text alone, and never what was meant.
 */
export const meaningOf = ({ name, values }: ArgumentType, word: string, speaking: Speaking): Understood => {
  const spelt = values?.find((value) => lower(value) === lower(word))
  if (spelt !== undefined) return meant(spelt)
  const meaning = byName.get(name)
  return meaning ? meaning(word, speaking) : complaint(`"${word}" is none of ${name}.`)
}
