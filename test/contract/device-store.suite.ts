import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Device, DeviceStore } from '#engine/store.ts'

export type OpenedDevices = {
  readonly devices: DeviceStore
  reopen(): Promise<OpenedDevices>
  close(): Promise<void>
}

const phone = (person: string, name: string, more: Partial<Device> = {}): Device => ({
  person,
  name,
  endpoint: `https://push.example/${name}`,
  p256dh: 'p',
  auth: 'a',
  addedAt: 1,
  ...more,
})

/** What every record of the phones that can be woken must do. */
export const deviceStoreSuite = (name: string, open: () => Promise<OpenedDevices>): void => {
  describe(name, () => {
    let store: OpenedDevices
    beforeEach(async () => {
      store = await open()
    })
    afterEach(() => store.close())

    it('keeps each person’s in the order that they were added, also after a restart', async () => {
      await store.devices.put(phone('steve', 'old'))
      await store.devices.put(phone('steve', 'new'))
      await store.devices.put(phone('sam', 'old'))
      store = await store.reopen()
      expect(await store.devices.of('steve')).toEqual([phone('steve', 'old'), phone('steve', 'new')])
      expect(await store.devices.of('sam')).toEqual([phone('sam', 'old')])
      expect(await store.devices.of('fiona')).toEqual([])
    })

    it('puts one in the place of the same person’s other of that name', async () => {
      await store.devices.put(phone('steve', 'old'))
      const again = phone('steve', 'old', { endpoint: 'https://push.example/again', auth: 'b', addedAt: 2 })
      expect(await store.devices.put(again)).toBe(true)
      expect(await store.devices.of('steve')).toEqual([again])
    })

    it('takes eight of one person, and then only in the place of another', async () => {
      for (let n = 1; n <= 8; n++) expect(await store.devices.put(phone('steve', `phone ${n}`))).toBe(true)
      expect(await store.devices.put(phone('steve', 'phone 9'))).toBe(false)
      expect(await store.devices.put(phone('steve', 'phone 8', { auth: 'b' }))).toBe(true)
      expect(await store.devices.put(phone('sam', 'phone 9'))).toBe(true)
      expect(await store.devices.of('steve')).toHaveLength(8)
    })

    it('removes one, of that person alone', async () => {
      await store.devices.put(phone('steve', 'old'))
      await store.devices.put(phone('sam', 'old'))
      expect(await store.devices.remove('steve', 'old')).toBe(true)
      expect(await store.devices.remove('steve', 'old')).toBe(false)
      expect(await store.devices.of('steve')).toEqual([])
      expect(await store.devices.of('sam')).toHaveLength(1)
    })
  })
}
