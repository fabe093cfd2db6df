import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ChatEntry, ChatStore } from '#engine/store.ts'

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

/** What every store of what was said must do. */
export const chatStoreSuite = (name: string, open: () => Promise<OpenedChat>): void => {
  describe(name, () => {
    let store: OpenedChat
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())

    it('gives back the last entries of a conversation, oldest first, also after a restart', async () => {
      expect(await store.chat.last(devs, 5)).toEqual([])
      const entries = [said(1), replied(2), said(3)]
      await Promise.all(entries.map((entry) => store.chat.append(entry)))
      expect(await store.chat.last(devs, 5)).toEqual(entries)
      store = await store.reopen()
      expect(await store.chat.last(devs, 2)).toEqual(entries.slice(1))
    })

    it('takes a message of an account once', async () => {
      const added = await Promise.all(
        [said(1), said(1), said(1, { from: 'steve' })].map((entry) => store.chat.append(entry)),
      )
      expect(added).toEqual(['new', 'known', 'new'])
      expect(await store.chat.append(said(1, { text: 'edited' }))).toBe('other')
      expect((await store.chat.last(devs, 5)).map(({ text }) => text)).toEqual(['text 1', 'text 1'])
    })

    it('takes the same reply twice', async () => {
      expect(await store.chat.append(replied(1))).toBe('new')
      expect(await store.chat.append(replied(1))).toBe('new')
    })

    it('keeps rooms, threads and tenants apart', async () => {
      const places = [devs, { ...devs, room: 'ops' }, { ...devs, thread: '1' }, { ...devs, tenant: 'other' }]
      for (const conversation of places) expect(await store.chat.append(said(1, { conversation }))).toBe('new')
      for (const conversation of places)
        expect(await store.chat.last(conversation, 5)).toEqual([said(1, { conversation })])
    })

    it('shows at once what was just appended', async () => {
      const added = store.chat.append(said(1))
      expect(await store.chat.last(devs, 5)).toHaveLength(1)
      expect(await added).toBe('new')
    })

    it('rejects once it is closed', async () => {
      const { chat } = store
      await store.close()
      await expect(chat.append(said(1))).rejects.toThrow()
      store = await open()
    })
  })
}
