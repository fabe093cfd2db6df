import { plainType } from './argument-type.ts'

/** Anything but nothing; with spaces in quotes. */
export const textType = plainType({
  name: 'text',
  what: 'some text',
  takes: (word) => word !== '',
  samples: ['a', '1'],
})

/**
 * An identifier: printable ASCII without spaces or quotes. No look-alikes of other scripts, and no leading dash, which a
 * program would read as an option.
 */
export const wordType = plainType({
  name: 'word',
  what: 'one word of ASCII letters, digits and signs, without quotes or a leading dash',
  takes: (word) => /^[!#-,./:-~0-9][!#-~]*$/.test(word),
  samples: ['a', '1'],
})
