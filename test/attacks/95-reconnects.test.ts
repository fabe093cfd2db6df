import { afterEach, describe, expect, it } from 'vitest'
import { closeOf, nextFrame, rawLine } from '../contract/native-client.fixture.ts'
import { Door, type DoorOptions } from '../contract/native-door.fixture.ts'
import { settled, Unreading } from '../contract/unreading.fixture.ts'

/**
 * Somebody who may send so much leaves and comes back, again and again, by one connection or by many: they may send no more by
 * that. And whoever has stolen one key ends nobody's connections but those of that key.
 */

// DEFENCE src/platforms/native/people.ts
// - if (wait === 0 || !connection.isOpen()) break
// + break

// DEFENCE src/platforms/native/people.ts
// - { bucket: this.#bytes.of(person), cost: size, bound: bytes },

// DEFENCE src/platforms/native/people.ts
// - { bucket: this.#frames.of(person), cost: 1, bound: frames },
// + { bucket: new Buckets(frameRate, this.#clock).of(person), cost: 1, bound: frames },

// DEFENCE src/platforms/native/people.ts
// - const place = places.take(session.key, () => connection.cut(placeTaken, connectionsOfKey.say))
// + const place = places.take('', () => connection.cut(placeTaken, connectionsOfKey.say))

let door: Door
afterEach(() => door.close())
/** Time stands still, so that nothing becomes due. */
const openDoor = async (options: DoorOptions = {}): Promise<void> => {
  door = await Door.open({ clock: () => 1_800_000_000_000, ...options })
}
let lines = 0
const lineOf = (text: string) => ({ type: 'say', room: 'devs', id: `m${lines++}`, text, signs: false }) as const
const heardBytes = (): number => door.heard.reduce((sum, { text }) => sum + text.length, 0)

describe('a rate', () => {
  it('is a person’s, however often they come back', async () => {
    await openDoor()
    for (let n = 0; n < 60; n++) {
      const jhand = Unreading.in(door, 'jhand')
      jhand.says(lineOf('hello'))
      await settled()
      jhand.terminate()
    }
    expect(door.heard.length).toBeGreaterThanOrEqual(40)
    expect(door.heard.length).toBeLessThanOrEqual(41)
  })

  it('is a person’s over real connections, too', async () => {
    await openDoor({ rates: { frames: { most: 3, perSecond: 0.001 } } })
    for (let n = 0; n < 8; n++) {
      const socket = await rawLine(door, 'jhand')
      socket.send(JSON.stringify(lineOf('hello')))
      socket.close()
      await closeOf(socket)
    }
    const steve = await rawLine(door, 'steve')
    steve.send(JSON.stringify(lineOf('hello')))
    await nextFrame(steve)
    steve.terminate()
    expect(door.heard.filter(({ account }) => account.id === 'jhand').length).toBeLessThanOrEqual(4)
  })

  it('counts bytes: few large lines are as much as many small ones', async () => {
    await openDoor()
    const text = 'x'.repeat(64 * 1024)
    for (let n = 0; n < 30; n++) {
      const jhand = Unreading.in(door, 'jhand')
      jhand.says(lineOf(text))
      await settled()
      jhand.terminate()
    }
    expect(heardBytes()).toBeGreaterThan(900 * 1024)
    expect(heardBytes()).toBeLessThanOrEqual(1024 * 1024 + text.length)
    expect(door.heard.length).toBeLessThan(30)
  })

  it('is waited for by all of a person’s connections together: none overdraws it for itself', async () => {
    await openDoor()
    const sockets = Array.from({ length: 30 }, () => Unreading.in(door, 'jhand'))
    for (const socket of sockets) for (let n = 0; n < 10; n++) socket.says(lineOf('hello'))
    await settled()
    expect(door.heard.length).toBeLessThanOrEqual(41)
    const steve = Unreading.in(door, 'steve')
    steve.says(lineOf('hello'))
    await settled()
    expect(door.heard.at(-1)?.account.id).toBe('steve')
  })
})

describe('places', () => {
  it('are taken from the same key: who stole one ends nobody’s connections by another, and keeps nobody out', async () => {
    await openDoor()
    const own = Unreading.in(door, 'jhand', 'own key')
    const stolen = Array.from({ length: 200 }, () => Unreading.in(door, 'jhand', 'stolen key'))
    expect(own.closed).toBeUndefined()
    expect(stolen.filter(({ closed }) => closed === undefined)).toHaveLength(32)
    const [first] = stolen
    expect([first?.closed, String(first?.frames.at(-1))]).toEqual([4429, expect.stringContaining('remove that key')])
    // Who has nothing but that key comes in, too.
    expect(Unreading.in(door, 'jhand', 'stolen key').closed).toBeUndefined()
  })

  it('are bounded for a person, whatever keys they have', async () => {
    await openDoor()
    const all = Array.from({ length: 300 }, (_, n) => Unreading.in(door, 'jhand', `key ${n % 10}`))
    expect(all.filter(({ closed }) => closed === undefined)).toHaveLength(64)
    expect(Unreading.in(door, 'steve').closed).toBeUndefined()
  })
})
