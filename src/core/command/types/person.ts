import { type ArgumentType, complaint, meant } from './argument-type.ts'

/** Said as id, name, `@id` or `me`; the value is the person's id. */
export const personType: ArgumentType<string> = {
  name: 'person',
  what: 'a person: a name, an id, or me',
  takes: (word) => word !== '',
  understand: (word, { me, directory }) => {
    const said = word.replace(/^@/, '')
    if (isMe(said)) return me === undefined ? complaint('I do not know who you are here.') : meant(me)
    const found = directory.people(said)
    const [id] = found
    if (id === undefined) return complaint(`I know nobody called "${said}".`)
    if (found.length > 1) return complaint(`There are several called "${said}": say which, by id: ${found.join(', ')}.`)
    return meant(id)
  },
  read: (word) => (word === '' || word.startsWith('@') || isMe(word) ? undefined : word),
  samples: ['a', '1'],
}

const isMe = (said: string): boolean => said.toLowerCase() === 'me'
