import type { ArgumentType } from './argument-type.ts'

/** The person's id. */
export const personType: ArgumentType<string> = {
  name: 'person',
  what: 'a person: a name, an id, or me',
  takes: (word) => word !== '',
  read: (word) => (word === '' || word.startsWith('@') || isMe(word) ? undefined : word),
  samples: ['a', '1'],
}

export const isMe = (said: string): boolean => said.toLowerCase() === 'me'
