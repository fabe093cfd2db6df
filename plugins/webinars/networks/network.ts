import { charactersOf } from 'foobot'

/** What is told to the public about one webinar, and once. */
export type Post = {
  /** The same for the same webinar and occasion: a network that knows it posts nothing twice. */
  readonly key: string
  /** What leads to the title, as `Join us:`. */
  readonly lead: string
  /** The webinar's title, without anything that a network would read as a mention. */
  readonly title: string
  /** When it begins, for readers anywhere; absent where it is over. */
  readonly when?: string
  /** Where to register, or to watch. */
  readonly link: string
}

/** Where a post stands. */
export type Posted = { readonly url: string }

/** A network that the company speaks on, by one account. */
export interface Network {
  readonly name: string
  /** Milliseconds for which a post with the same key is safely made again; without it, never. */
  readonly repeats?: number
  /** @throws VendorError */
  post(post: Post, signal: AbortSignal): Promise<Posted>
  /**
   * Looks for a post of ours that leads to this address, made at that time or later.
   * @throws VendorError, also where the account may not read what it has posted
   */
  find(link: string, since: Date, signal: AbortSignal): Promise<Posted | undefined>
}

/**
 * The post as one text.
 * @param most how long it may be, as `length` counts
 * @param length how a network counts; the title is shortened until it fits
 */
export const textOf = ({ lead, title, when, link }: Post, most: number, length: (text: string) => number): string => {
  const written = (shown: string): string =>
    [`${lead} ${shown}`, ...(when === undefined ? [] : [when]), link].join('\n')
  let shown = title
  for (const letters = charactersOf(title); length(written(shown)) > most && letters.length > 0; ) {
    letters.pop()
    shown = `${letters.join('').trimEnd()}…`
  }
  return written(shown)
}

/** What is said where a network does not know the place that we post at. @param setting what leads there */
export const missing = (network: string, setting: string): string =>
  `${network} does not know where we post: tell an administrator to look at "${setting}" of ${network} under "social".`
