import { isMe } from '../types/person.ts'
import { complaint, type Meaning, meant } from './understood.ts'

/** A person is said as id, name, `@id` or `me`. */
export const personMeant: Meaning = (word, { me, directory }) => {
  const said = word.replace(/^@/, '')
  if (isMe(said)) return me === undefined ? complaint('I do not know who you are here.') : meant(me)
  const found = directory.people(said)
  const [id] = found
  if (id === undefined) return complaint(`I know nobody called "${said}".`)
  if (found.length > 1) return complaint(`There are several called "${said}": say which, by id: ${found.join(', ')}.`)
  return meant(id)
}

/** A group is said by name, in any case. */
export const groupMeant: Meaning = (word, { directory }) => {
  const group = directory.group(word)
  return group === undefined ? complaint(`I know no group "${word}".`) : meant(group)
}
