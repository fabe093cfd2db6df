import { bound } from '#bounds/bound.ts'
import type { ChatMessage } from '#wire/native.ts'

const mostPage = bound('native-page', {
  most: 256 * 1024,
  unit: 'bytes',
  of: 'one page of a room’s history, or one message where that alone is larger',
  say: 'What was said before stands on the next page: "/more" in "foobot chat" shows it.',
})

/** One thing that was said, and where it stands among all that was. */
export type Entry = { readonly place: number; readonly chat: ChatMessage }

/** Oldest first. */
export type Page = { readonly entries: readonly Entry[]; readonly hasOlder: boolean }

/** Where what was said is kept, for who comes later. */
export interface History {
  /**
   * `known` where this message of this account is there already, `other` where one with another text is. Rejects where it
   * could not be kept.
   */
  append(entry: {
    readonly room: string
    /** The account that said it, or `foobot`. */
    readonly account: string
    /** The message's id; absent for Foobot's replies. */
    readonly message?: string
    readonly chat: ChatMessage
  }): Promise<'new' | 'known' | 'other'>
  /**
   * The last entries of a room, or the last before a place: as many as `count` and `bytes` allow, and one at least where
   * there is one. Reads no more than that into memory.
   */
  page(room: string, of: { readonly before?: number; readonly count: number; readonly bytes: number }): Promise<Page>
}

/** A page that can be sent. `before` is the place before which more was said; absent where nothing was. */
export type SendablePage = { readonly history: ChatMessage[]; readonly before?: number }

/** Reads a page that fits one frame, also where what was said grows as it is written down for that. */
export const readPage = async (
  history: History,
  room: string,
  of: { readonly before?: number; readonly count: number },
): Promise<SendablePage> => {
  const { entries, hasOlder } = await history.page(room, { ...of, bytes: mostPage.most })
  const first = firstThatFits(entries)
  const fitting = entries.slice(first)
  const [oldest] = fitting
  const isAll = first === 0 && !hasOlder
  if (fitting.length < of.count && !isAll) mostPage.reached()
  return {
    history: fitting.map(({ chat }) => chat),
    ...(oldest && !isAll && { before: oldest.place }),
  }
}

/** The newest fits always: a page without any would be the last. */
const firstThatFits = (entries: readonly Entry[]): number => {
  let bytes = 0
  const tooMuch = entries.findLastIndex(({ chat }) => {
    bytes += Buffer.byteLength(JSON.stringify(chat))
    return bytes > mostPage.most
  })
  return Math.min(tooMuch + 1, Math.max(0, entries.length - 1))
}
