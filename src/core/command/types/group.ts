import type { ArgumentType } from './argument-type.ts'

/** The group's name as it is spelt. */
export const groupType: ArgumentType<string> = {
  name: 'group',
  what: 'a group, by name',
  takes: (word) => word !== '',
  read: (word) => (word === '' ? undefined : word),
  samples: ['a', '1'],
}
