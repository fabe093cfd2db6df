import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunnerStoreIds } from '#engine/store.ts'

export type OpenedStoreIds = {
  readonly storeIds: RunnerStoreIds
  reopen(): Promise<OpenedStoreIds>
  close(): Promise<void>
}

/** What every record of admitted claims files must do. */
export const runnerStoreIdsSuite = (name: string, open: () => Promise<OpenedStoreIds>): void => {
  describe(name, () => {
    let store: OpenedStoreIds
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())

    it('admits the first store of a key and no other, also after a restart', async () => {
      expect(await store.storeIds.get('development', 'key')).toBeUndefined()
      expect(await store.storeIds.admit('development', 'key', 'a')).toBe('a')
      store = await store.reopen()
      expect(await store.storeIds.admit('development', 'key', 'b')).toBe('a')
      expect(await store.storeIds.get('development', 'key')).toBe('a')
    })

    it('keeps runners and keys apart', async () => {
      await store.storeIds.admit('development', 'key', 'a')
      expect(await store.storeIds.admit('development', 'other', 'b')).toBe('b')
      expect(await store.storeIds.admit('operations', 'key', 'c')).toBe('c')
    })

    it('knows all that a runner was admitted with, by whatever key', async () => {
      for (const [key, id] of [
        ['key', 'a'],
        ['other', 'b'],
      ] as const)
        await store.storeIds.admit('development', key, id)
      await store.storeIds.admit('operations', 'key', 'c')
      expect((await store.storeIds.all('development')).toSorted()).toEqual(['a', 'b'])
      expect(await store.storeIds.all('payments')).toEqual([])
    })

    it('admits another after a reset of that runner, and of no other', async () => {
      await store.storeIds.admit('development', 'key', 'a')
      await store.storeIds.admit('operations', 'key', 'b')
      expect(await store.storeIds.reset('development')).toBe(true)
      expect(await store.storeIds.reset('development')).toBe(false)
      expect(await store.storeIds.admit('development', 'key', 'c')).toBe('c')
      expect(await store.storeIds.get('operations', 'key')).toBe('b')
    })
  })
}
