import type { ArgumentType } from './argument-type.ts'

/** An http or https address without user name and password; canonical as the URL standard writes it. */
export const urlType: ArgumentType<string> = {
  name: 'url',
  what: 'a web address, as https://example.com/page',
  takes: (word) => /^https?:\/\/[^ ]+$/i.test(word) && URL.canParse(word),
  read: (word) => {
    if (!urlType.takes(word)) return undefined
    const { href, username, password } = new URL(word)
    return href === word && !username && !password ? word : undefined
  },
  samples: ['https://example.com/'],
}
