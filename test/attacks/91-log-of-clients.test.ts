import { afterEach, expect, it } from 'vitest'
import { Door, type DoorOptions, MemoryHistory } from '../contract/native-door.fixture.ts'
import { settled, Unreading } from '../contract/unreading.fixture.ts'

/** What somebody who has signed in can have written to the server's log: a line a minute for each kind of trouble, of bounded length. */

// DEFENCE src/platforms/native/troubles.ts
// - if (again === undefined) return

// DEFENCE src/platforms/native/troubles.ts
// - const fields = { ...about, error: cut(String(error), mostOfError), ...(again > 0 && { again }) }
// + const fields = { ...about, error: String(error), again }

let door: Door
let later = 0
const openDoor = async (options: DoorOptions): Promise<void> => {
  door = await Door.open({
    clock: () => 1_800_000_000_000 + later,
    rates: { frames: { most: 10_000, perSecond: 1 } },
    ...options,
  })
}
afterEach(() => door.close())

const breaking = (): never => {
  throw new Error(`what was asked for: ${'x'.repeat(64 * 1024)}`)
}

it('frames that break something are one line, and counted', async () => {
  await openDoor({ toSign: breaking })
  const jhand = Unreading.in(door, 'jhand')
  jhand.isReading = true
  for (let call = 1; call <= 1000; call++) jhand.says({ type: 'fetch', call, which: 'x'.repeat(64) })
  await settled()
  expect(jhand.frames.length).toBeGreaterThan(1000)
  expect(door.warnings).toHaveLength(1)
  expect(door.warnings.join('').length).toBeLessThan(500)
  later = 60_000
  jhand.says({ type: 'fetch', call: 1001, which: 'x' })
  await settled()
  expect(door.warnings).toHaveLength(2)
  expect(door.warnings.at(-1)).toContain('"again":999')
})

it('lines that cannot be kept are, too', async () => {
  const history = new MemoryHistory()
  history.gate = () => Promise.reject(new Error('disk full'))
  await openDoor({ history })
  const jhand = Unreading.in(door, 'jhand')
  jhand.isReading = true
  for (let n = 0; n < 200; n++) jhand.says({ type: 'say', room: 'devs', id: `m${n}`, text: 'hello', signs: false })
  await settled()
  expect(jhand.frames.length).toBeGreaterThan(200)
  expect(door.warnings).toHaveLength(1)
})

it.each([
  ['brackets', '['.repeat(200_000)],
  [
    'names that no frame has',
    JSON.stringify({ type: 'say', ...Object.fromEntries(Array.from({ length: 9000 }, (_, n) => [`k${n}`, n])) }),
  ],
  ['wrong kinds', JSON.stringify({ type: 'present', call: 1, envelope: Array.from({ length: 9000 }, () => ({})) })],
])('%s are one short line to who sent them, and none to the log', async (_, text) => {
  await openDoor({})
  const jhand = Unreading.in(door, 'jhand')
  const before = jhand.frames.length
  jhand.emit('message', Buffer.from(text), false)
  await settled()
  expect(jhand.closed).toBe(4400)
  expect(jhand.frames.slice(before).map(({ length }) => length < 200)).toEqual([true])
  expect(door.warnings).toEqual([])
})
