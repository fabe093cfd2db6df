import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { History, Page } from '#platforms/native/history.ts'
import { historyOf } from '#processes/history.ts'
import { SqliteChatStore } from '#storage/sqlite/chat-store.ts'
import { openDatabase } from '#storage/sqlite/database.ts'
import { Client, rawLine } from '../contract/native-client.fixture.ts'
import { Door, type DoorOptions, MemoryHistory } from '../contract/native-door.fixture.ts'
import { settled, Unreading } from '../contract/unreading.fixture.ts'

/**
 * One person says 500 lines of 64 KiB, joins their room 32 times by 32 connections, and reads nothing: what the server keeps for
 * them stays small, and a colleague's call is answered meanwhile. Bytes are counted where they wait, not in the process.
 */

// DEFENCE src/storage/sqlite/chat-store.ts
// - return at > 0 && sum > bytes
// + return false

// DEFENCE src/platforms/native/history.ts
// - return bytes > mostPage.most
// + return false

// DEFENCE src/platforms/native/connection.ts
// - await this.#unread.caughtUp()

// DEFENCE src/platforms/native/native.ts
// - if (readsHistory(frame)) await this.#people.turnToRead(connection)

// DEFENCE src/platforms/native/unread.ts
// - if (this.#bytes + cost > ofClient.most) return ofClient

// DEFENCE src/platforms/native/unread.ts
// - return this.#person.bytes + cost > ofPerson.most ? ofPerson : undefined
// + return undefined

// DEFENCE src/platforms/native/connection.ts
// - if (isSilent || this.#unread.isLate()) this.#socket.terminate()
// + if (isSilent) this.#socket.terminate()

// DEFENCE src/platforms/native/connection.ts
// - this.#socket.pause()

// DEFENCE src/platforms/native/connection.ts
// - if (waiting > mostWaiting.most) {
// + if (waiting < 0) {

// DEFENCE src/platforms/native/room.ts
// - this.#read = both(this.#read, reading)
// + this.#read = Promise.all([this.#read, reading])

const kib = 1024
const mib = 1024 * kib
const page = 256 * kib

/** What was said, in a database as the server keeps it; counts what is read of it. */
class KeptHistory extends MemoryHistory {
  readonly #folder = mkdtempSync(join(tmpdir(), 'foobot-attack-94-'))
  readonly #db = openDatabase(join(this.#folder, 'foobot.db'))
  readonly #kept = historyOf(new SqliteChatStore(this.#db), 'acme')
  pages = 0
  /** The last message of each page that was read, for as long as anybody keeps it. */
  readonly read: WeakRef<object>[] = []
  /** Bytes of the largest page that came out of the database. */
  largest = 0

  override append(entry: Parameters<History['append']>[0]): ReturnType<History['append']> {
    return this.#kept.append(entry)
  }

  override async page(room: string, of: Parameters<History['page']>[1]): Promise<Page> {
    const read = await this.#kept.page(room, of)
    this.pages++
    for (const { chat } of read.entries.slice(-1)) this.read.push(new WeakRef(chat))
    this.largest = Math.max(this.largest, JSON.stringify(read).length)
    return read
  }

  close(): void {
    this.#db.close()
    rmSync(this.#folder, { recursive: true })
  }
}

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

let history: KeptHistory
let door: Door
/** Milliseconds that are added to the time. */
let later: number
const openDoor = async (options: DoorOptions = {}): Promise<void> => {
  door = await Door.open({ history, clock: () => 1_800_000_000_000 + later, ...options })
}
const fill = async (count: number, text: string, room = 'devs'): Promise<void> => {
  for (let n = 0; n < count; n++) {
    const chat = { room, from: 'jhand', name: 'Jason', at: 1, text: `${n} ${text}`, blocks: [] }
    await history.append({ room, account: 'jhand', message: `m${n}`, chat })
  }
}
beforeEach(() => {
  later = 0
  history = new KeptHistory()
})
afterEach(async () => {
  await door.close()
  history.close()
})

const devs = { platform: 'native', tenant: 'acme', room: 'devs' }
const joinAll = { type: 'join', room: 'devs', history: 500 } as const
const largestOf = (socket: Unreading): number => Math.max(...socket.frames.map(({ length }) => length))

describe('a history larger than memory', () => {
  it('is read and sent a page at a time', async () => {
    await fill(500, 'x'.repeat(64 * kib - 8))
    await openDoor()
    const jhand = Unreading.in(door, 'jhand')
    jhand.says(joinAll)
    await settled()
    expect(largestOf(jhand)).toBeLessThan(page + kib)
    expect(history.largest).toBeLessThan(page + 2 * kib)
    const [, joined] = jhand.frames.map((frame) => JSON.parse(String(frame)))
    expect([joined.type, joined.history.length]).toEqual(['joined', 3])
    expect(joined.before).toMatch(/^[0-9a-f]{32}$/)
  })

  it('fits a page also where each character takes six on the way', async () => {
    await fill(20, '\u0001'.repeat(20 * kib))
    await openDoor()
    const jhand = Unreading.in(door, 'jhand')
    jhand.says(joinAll)
    await settled()
    expect(largestOf(jhand)).toBeGreaterThan(page / 2)
    expect(largestOf(jhand)).toBeLessThan(page + kib)
  })

  it('can be read to its beginning, page by page, and nothing is left out', async () => {
    await fill(40, 'x'.repeat(20 * kib))
    await openDoor()
    const jhand = await Client.open(door, 'jhand', 'devs')
    const [joined] = jhand.frames.filter((frame) => frame.type === 'joined')
    const texts = joined?.history.map(({ text }) => text) ?? []
    let before = joined?.before
    while (before !== undefined) {
      const read = await jhand.connection.history('devs', before, 500)
      if ('say' in read) throw new Error(read.say)
      texts.unshift(...read.history.map(({ text }) => text))
      before = read.before
    }
    expect(texts.map((text) => Number.parseInt(text, 10))).toEqual(Array.from({ length: 40 }, (_, n) => n))
    jhand.connection.close()
  })

  it('is no way into a room that is not theirs, and no place of one room is one of another', async () => {
    await fill(40, 'x'.repeat(20 * kib))
    await fill(40, 'y'.repeat(20 * kib), 'finance')
    await openDoor()
    const fiona = await Client.open(door, 'fiona', 'finance')
    const [joined] = fiona.frames.filter((frame) => frame.type === 'joined')
    const before = joined?.before ?? ''
    const jhand = await Client.open(door, 'jhand')
    expect(await jhand.connection.history('finance', before, 10)).toMatchObject({ type: 'declined' })
    expect(await jhand.connection.history('devs', before, 10)).toMatchObject({ type: 'declined' })
    for (const { connection } of [fiona, jhand]) connection.close()
  })

  it('asked for 1,000 times by who reads nothing is sent once more at most', async () => {
    await fill(500, 'x'.repeat(64 * kib - 8))
    await openDoor({ rates: { frames: { most: 10_000, perSecond: 1 } } })
    const jhand = Unreading.in(door, 'jhand')
    for (let n = 0; n < 1000; n++) jhand.says(joinAll)
    await settled()
    expect(jhand.frames.length).toBeLessThanOrEqual(3)
    expect(jhand.most).toBeLessThan(2 * page + 2 * kib)
    jhand.read(1)
    await settled()
    expect(jhand.frames.length).toBeLessThanOrEqual(4)
  })

  it('is forgotten when it was sent: the hundredth page leaves no more behind than the first', async () => {
    await fill(10, 'hello')
    await openDoor({ rates: { frames: { most: 10_000, perSecond: 1 } } })
    const jhand = Unreading.in(door, 'jhand')
    jhand.isReading = true
    for (let n = 0; n < 100; n++) {
      later += 1000
      jhand.says(joinAll)
      await settled()
    }
    expect(history.read).toHaveLength(100)
    collectGarbage()
    expect(history.read.filter((message) => message.deref() !== undefined).length).toBeLessThan(5)
  })

  it('costs the same however many connections ask for it', async () => {
    await fill(500, 'x'.repeat(64 * kib - 8))
    await openDoor({ rates: { frames: { most: 10_000, perSecond: 1 } } })
    for (let n = 0; n < 32; n++) {
      const jhand = Unreading.in(door, 'jhand')
      jhand.isReading = true
      for (let join = 0; join < 8; join++) jhand.says(joinAll)
    }
    await settled()
    expect(history.pages).toBeGreaterThan(30)
    expect(history.pages).toBeLessThan(35)
  })
})

describe('a client that does not read', () => {
  it('is cut before more waits for it than may, and who reads hears all', async () => {
    await openDoor()
    const jhand = Unreading.in(door, 'jhand')
    const steve = Unreading.in(door, 'steve')
    steve.isReading = true
    for (const socket of [jhand, steve]) socket.says({ type: 'join', room: 'devs' })
    await settled()
    for (let n = 0; n < 12; n++) await door.native.send(devs, { text: 'x'.repeat(mib), blocks: [] }, {})
    await settled()
    expect(jhand.closed).toBe(1006)
    expect(jhand.most).toBeLessThanOrEqual(8 * mib)
    expect(steve.closed).toBeUndefined()
    expect(steve.frames.filter(({ length }) => length > mib)).toHaveLength(12)
  })

  it('of whom one person has many is cut before too much waits for all of them', async () => {
    await openDoor({ rates: { frames: { most: 10_000, perSecond: 1 } } })
    const sockets = Array.from({ length: 32 }, () => Unreading.in(door, 'jhand'))
    for (const socket of sockets) socket.says({ type: 'join', room: 'devs' })
    await settled()
    for (let n = 0; n < 7; n++) await door.native.send(devs, { text: 'x'.repeat(mib), blocks: [] }, {})
    await settled()
    const waiting = sockets.filter(({ closed }) => closed === undefined).reduce((sum, one) => sum + one.waiting, 0)
    expect(waiting).toBeGreaterThan(0)
    expect(waiting).toBeLessThanOrEqual(32 * mib)
  })

  it('hears from a large room what all hear: one text, not one for each', async () => {
    await openDoor({ rates: { frames: { most: 10_000, perSecond: 1 } } })
    const sockets = ['jhand', 'steve'].flatMap((person) => Array.from({ length: 8 }, () => Unreading.in(door, person)))
    for (const socket of sockets) socket.says({ type: 'join', room: 'devs' })
    await settled()
    await door.native.send(devs, { text: 'x'.repeat(mib), blocks: [] }, {})
    expect(new Set(sockets.map(({ frames }) => frames.at(-1))).size).toBe(1)
  })

  it('or only drips, is cut when something has waited for a minute', async () => {
    await openDoor({ probeEvery: 5 })
    const dripping = Unreading.in(door, 'jhand')
    const steve = Unreading.in(door, 'steve')
    for (const socket of [dripping, steve]) socket.says({ type: 'join', room: 'devs' })
    await settled()
    for (const socket of [dripping, steve]) socket.read(1)
    for (let n = 0; n < 10; n++) await door.native.send(devs, { text: 'hello', blocks: [] }, {})
    await settled()
    for (let seconds = 0; seconds < 59; seconds += 10) {
      dripping.read(1)
      later += 10_000
    }
    steve.read(10)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect([dripping.closed, steve.closed]).toEqual([1006, undefined])
  })
})

describe('what a client sends', () => {
  it('is not read faster than it is dealt with', async () => {
    await openDoor({ rates: { frames: { most: 1, perSecond: 0.001 } } })
    const socket = await rawLine(door, 'jhand')
    const text = 'x'.repeat(60 * kib)
    for (let n = 0; n < 100; n++) {
      socket.send(JSON.stringify({ type: 'say', room: 'devs', id: `m${n}`, text, signs: false }))
    }
    const steve = await Client.open(door, 'steve', 'everyone')
    await steve.ask('everyone', 'Foobot hello')
    expect(socket.readyState).toBe(socket.OPEN)
    expect(door.heard.filter(({ account }) => account.id === 'jhand').length).toBeLessThanOrEqual(2)
    steve.connection.close()
    socket.terminate()
  })

  it('ends the connection where more of it waits than may', async () => {
    await openDoor({ rates: { frames: { most: 1, perSecond: 0.001 } } })
    const jhand = Unreading.in(door, 'jhand')
    for (let n = 0; n < 100; n++) {
      jhand.says({ type: 'say', room: 'devs', id: `m${n}`, text: 'x'.repeat(60 * kib), signs: false })
    }
    expect(jhand.closed).toBe(1006)
  })
})

it('32 connections that join and never read leave a colleague’s call as it is', async () => {
  await fill(500, 'x'.repeat(64 * kib - 8))
  await openDoor()
  const sockets = await Promise.all(Array.from({ length: 32 }, () => rawLine(door, 'jhand')))
  for (const socket of sockets) {
    socket.pause()
    for (let n = 0; n < 32; n++) socket.send(JSON.stringify(joinAll))
  }
  const steve = await Client.open(door, 'steve', 'everyone')
  await steve.ask('everyone', 'Foobot hello')
  expect(steve.texts('everyone')).toEqual(['Foobot hello', 'Hello yourself.'])
  for (const socket of sockets) socket.terminate()
  steve.connection.close()
})
