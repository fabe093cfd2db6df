import { type ArgumentType, complaint, meant } from './argument-type.ts'

/** Said by name in any case; the value is the group's name as it is spelt. */
export const groupType: ArgumentType<string> = {
  name: 'group',
  what: 'a group, by name',
  takes: (word) => word !== '',
  understand: (word, { directory }) => {
    const group = directory.group(word)
    return group === undefined ? complaint(`I know no group "${word}".`) : meant(group)
  },
  read: (word) => (word === '' ? undefined : word),
  samples: ['a', '1'],
}
