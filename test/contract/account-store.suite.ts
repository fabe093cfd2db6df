import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AccountStore, LinkedAccount } from '#engine/store.ts'

export type OpenedAccounts = {
  readonly accounts: AccountStore
  reopen(): Promise<OpenedAccounts>
  close(): Promise<void>
}

const account = (more: Partial<LinkedAccount> = {}): LinkedAccount => ({
  platform: 'slack',
  tenant: 'T1',
  id: 'U1',
  person: 'steve',
  linked: 1000,
  ...more,
})

/** What every record of linked accounts must do. */
export const accountStoreSuite = (name: string, open: () => Promise<OpenedAccounts>): void => {
  describe(name, () => {
    let store: OpenedAccounts
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())

    it('keeps what was linked, also after a restart', async () => {
      expect(await store.accounts.add(account())).toBe(true)
      store = await store.reopen()
      expect(await store.accounts.all()).toEqual([account()])
    })

    it('links an account once, and changes nothing the second time', async () => {
      await store.accounts.add(account())
      expect(await store.accounts.add(account({ person: 'eve', linked: 2000 }))).toBe(false)
      expect(await store.accounts.all()).toEqual([account()])
    })

    it('forgets all of a person’s, and nobody else’s', async () => {
      for (const one of [account(), account({ id: 'U2' }), account({ id: 'U3', person: 'eve' })])
        await store.accounts.add(one)
      expect(await store.accounts.forget('steve')).toBe(true)
      expect(await store.accounts.forget('steve')).toBe(false)
      expect((await store.accounts.all()).map(({ id }) => id)).toEqual(['U3'])
      expect(await store.accounts.add(account())).toBe(true)
    })

    it('tells accounts apart by platform, tenant and id', async () => {
      const others = [account({ platform: 'irc' }), account({ tenant: 'T2' }), account({ id: 'U2' })]
      for (const one of [account(), ...others]) expect(await store.accounts.add(one)).toBe(true)
      expect(await store.accounts.all()).toHaveLength(4)
    })
  })
}
