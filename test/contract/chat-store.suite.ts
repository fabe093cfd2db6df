import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ChatEntry, ChatPage, ChatStore } from '#engine/store.ts'

export type OpenedChat = {
  readonly chat: ChatStore
  reopen(): Promise<OpenedChat>
  close(): Promise<void>
}

const devs = { platform: 'native', tenant: 'acme', room: 'devs' }
const said = (n: number, changed: Partial<ChatEntry> = {}): ChatEntry => ({
  conversation: devs,
  from: 'jhand',
  name: 'Jason Hand',
  message: `m-${n}`,
  at: 1_767_225_600_000 + n,
  text: `text ${n}`,
  ...changed,
})
const replied = (n: number): ChatEntry => {
  const { message: _, ...entry } = said(n, { from: 'foobot', name: 'Foobot', rich: '{"blocks":[]}' })
  return entry
}

const all = { count: 10, bytes: 1_000_000 }
/** The last entries of a conversation. */
const lastOf = async (chat: ChatStore, count: number, conversation = devs): Promise<readonly ChatEntry[]> =>
  (await chat.page(conversation, { ...all, count })).entries.map(({ entry }) => entry)

/** What every store of what was said must do. */
export const chatStoreSuite = (name: string, open: () => Promise<OpenedChat>): void => {
  describe(name, () => {
    let store: OpenedChat
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())

    it('gives back the last entries of a conversation, oldest first, also after a restart', async () => {
      expect(await lastOf(store.chat, 5)).toEqual([])
      const entries = [said(1), replied(2), said(3)]
      await Promise.all(entries.map((entry) => store.chat.append(entry)))
      expect(await lastOf(store.chat, 5)).toEqual(entries)
      store = await store.reopen()
      expect(await lastOf(store.chat, 2)).toEqual(entries.slice(1))
    })

    it('takes a message of an account once', async () => {
      const added = await Promise.all(
        [said(1), said(1), said(1, { from: 'steve' })].map((entry) => store.chat.append(entry)),
      )
      expect(added).toEqual(['new', 'known', 'new'])
      expect(await store.chat.append(said(1, { text: 'edited' }))).toBe('other')
      expect((await lastOf(store.chat, 5)).map(({ text }) => text)).toEqual(['text 1', 'text 1'])
    })

    it('takes the same reply twice', async () => {
      expect(await store.chat.append(replied(1))).toBe('new')
      expect(await store.chat.append(replied(1))).toBe('new')
    })

    it('keeps rooms, threads and tenants apart', async () => {
      const places = [devs, { ...devs, room: 'ops' }, { ...devs, thread: '1' }, { ...devs, tenant: 'other' }]
      for (const conversation of places) expect(await store.chat.append(said(1, { conversation }))).toBe('new')
      for (const conversation of places)
        expect(await lastOf(store.chat, 5, conversation)).toEqual([said(1, { conversation })])
    })

    it('shows at once what was just appended', async () => {
      const added = store.chat.append(said(1))
      expect(await lastOf(store.chat, 5)).toHaveLength(1)
      expect(await added).toBe('new')
    })

    it('is read in pages, each before the one that was read last, until there is nothing older', async () => {
      const entries = Array.from({ length: 7 }, (_, n) => said(n))
      for (const entry of entries) {
        await store.chat.append(entry)
        // What is said elsewhere stands between them, and on none of these pages.
        await store.chat.append({ ...entry, conversation: { ...devs, room: 'ops' } })
      }
      const pages: ChatPage[] = []
      for (let before: number | undefined; ; before = pages.at(-1)?.entries[0]?.place) {
        const page = await store.chat.page(devs, { ...all, count: 3, ...(before !== undefined && { before }) })
        pages.push(page)
        if (!page.hasOlder) break
      }
      expect(pages.map((page) => page.entries.length)).toEqual([3, 3, 1])
      expect(pages.toReversed().flatMap((page) => page.entries.map(({ entry }) => entry))).toEqual(entries)
      const [first] = pages.at(-1)?.entries ?? []
      expect(await store.chat.page(devs, { ...all, before: first?.place ?? 0 })).toEqual({
        entries: [],
        hasOlder: false,
      })
    })

    it('gives no more than so many bytes, counted as bytes, and of what is larger one entry', async () => {
      const bytes = 10_000
      for (let n = 0; n < 5; n++) await store.chat.append(said(n, { text: 'ü'.repeat(1900) }))
      const { entries, hasOlder } = await store.chat.page(devs, { count: 10, bytes })
      expect([entries.map(({ entry }) => entry.message), hasOlder]).toEqual([['m-3', 'm-4'], true])
      const rich = JSON.stringify({ blocks: [{ type: 'code', text: 'x'.repeat(2 * bytes) }] })
      await store.chat.append({ ...replied(5), rich })
      const large = await store.chat.page(devs, { count: 10, bytes })
      expect([large.entries.map(({ entry }) => entry.rich), large.hasOlder]).toEqual([[rich], true])
    })

    it('rejects once it is closed', async () => {
      const { chat } = store
      await store.close()
      await expect(chat.append(said(1))).rejects.toThrow()
      store = await open()
    })
  })
}
