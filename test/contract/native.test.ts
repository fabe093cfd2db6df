import { afterEach, describe, expect, it } from 'vitest'
import { Client, closeOf, nextFrame, rawLine } from './native-client.fixture.ts'
import { Door, type DoorOptions, MemoryHistory } from './native-door.fixture.ts'

const open: { close(): unknown }[] = []
const doorOf = async (options?: DoorOptions): Promise<Door> => {
  const door = await Door.open(options)
  open.push(door)
  return door
}
const clientOf = async (door: Door, person: string, ...rooms: string[]): Promise<Client> => {
  const client = await Client.open(door, person, ...rooms)
  open.push(client.connection)
  return client
}

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

describe('a room', () => {
  it('hears people and Foobot in one order, each once', async () => {
    const door = await doorOf()
    const jhand = await clientOf(door, 'jhand', 'devs')
    const steve = await clientOf(door, 'steve', 'devs')
    await jhand.ask('devs', 'good morning')
    await steve.ask('devs', 'Foobot hello')
    await jhand.until(() => jhand.texts('devs').length === 3)
    expect(jhand.texts('devs')).toEqual(['good morning', 'Foobot hello', 'Hello yourself.'])
    expect(steve.texts('devs')).toEqual(jhand.texts('devs'))
  })

  it('marks a line and its answer for who said it, and for nobody else', async () => {
    const door = await doorOf()
    const jhand = await clientOf(door, 'jhand', 'devs')
    const steve = await clientOf(door, 'steve', 'devs')
    const id = await jhand.ask('devs', 'Foobot hello')
    await steve.until(() => steve.texts('devs').length === 2)
    const marks = ({ frames }: Client) =>
      frames.flatMap((frame) => (frame.type === 'message' ? [frame.message ?? frame.answers] : []))
    expect(marks(jhand)).toEqual([id, id])
    expect(marks(steve)).toEqual([undefined, undefined])
    expect(steve.frames.filter(({ type }) => type === 'request')).toEqual([])
  })

  it('is closed to who is not in it: no line, no history, no answer', async () => {
    const door = await doorOf()
    const fiona = await clientOf(door, 'fiona', 'finance')
    await fiona.ask('finance', 'the figures are in')
    const jhand = await clientOf(door, 'jhand')
    jhand.connection.join('finance', 100)
    jhand.connection.say('finance', 'Foobot hello', false)
    jhand.connection.join('@fiona', 100)
    await jhand.until(() => jhand.frames.length === 3)
    expect(jhand.frames.map(({ type }) => type)).toEqual(['problem', 'problem', 'problem'])
    expect(JSON.stringify(jhand.frames)).not.toContain('figures')
    expect(door.heard.map(({ account }) => account.id)).toEqual(['fiona'])
  })

  it('gives a hidden room and one that does not exist the same answer', async () => {
    const door = await doorOf()
    const jhand = await clientOf(door, 'jhand')
    const sayTo = async (room: string): Promise<string> => {
      const before = jhand.frames.length
      jhand.connection.join(room, 0)
      await jhand.until(() => jhand.frames.length > before)
      return JSON.stringify(jhand.frames.at(-1)).replaceAll(room, 'ROOM')
    }
    expect(await sayTo('finance')).toBe(await sayTo('nowhere'))
  })

  it('tells a person alone what is said to Foobot alone', async () => {
    const door = await doorOf()
    const jhand = await clientOf(door, 'jhand', '@jhand')
    const steve = await clientOf(door, 'steve', '@steve', 'devs')
    await jhand.ask('@jhand', 'hello')
    await steve.ask('devs', 'anybody here?')
    expect(door.heard[0]).toMatchObject({
      account: { tenant: 'acme', id: 'jhand' },
      conversation: { tenant: 'acme', room: '@jhand', direct: true },
    })
    expect(steve.texts('@jhand')).toEqual([])
    expect(jhand.texts('@jhand')).toEqual(['hello', 'Hello yourself.'])
  })

  it('tells one account alone what is for it alone', async () => {
    const door = await doorOf()
    const jhand = await clientOf(door, 'jhand', 'devs')
    const steve = await clientOf(door, 'steve', 'devs')
    const devs = { platform: 'native', tenant: 'acme', room: 'devs' }
    await door.native.send(devs, { text: 'for jhand', blocks: [] }, { only: { tenant: 'acme', id: 'jhand' } })
    await door.native.send(devs, { text: 'for all', blocks: [] }, {})
    await steve.until(() => steve.texts('devs').length > 0)
    await jhand.until(() => jhand.texts('devs').length > 1)
    expect(jhand.texts('devs')).toEqual(['for jhand', 'for all'])
    expect(steve.texts('devs')).toEqual(['for all'])
    expect(door.history.of('devs')).toHaveLength(1)
  })

  it('is left by who may no longer be in it, at the next word', async () => {
    const door = await doorOf()
    const steve = await clientOf(door, 'steve', 'devs')
    const jhand = await clientOf(door, 'jhand', 'devs')
    door.keys.set('steve', [])
    await jhand.ask('devs', 'steve has left us')
    await steve.until(() => steve.events.some((event) => event.startsWith('gone')))
    expect(steve.texts('devs')).toEqual([])
    expect(steve.events).toEqual(['lost', 'gone login-refused'])
  })

  it('refuses another tenant’s conversation', async () => {
    const door = await doorOf()
    const there = { platform: 'native', tenant: 'other', room: 'devs' }
    await expect(door.native.send(there, { text: 'x', blocks: [] }, {})).rejects.toThrow('no conversation of acme')
  })
})

describe('history', () => {
  it('comes first, then what is said, with nothing twice and nothing lost', async () => {
    const history = new MemoryHistory()
    // Appends end late, so that joins happen in the middle of them.
    history.gate = () => new Promise((resolve) => setTimeout(resolve, 2))
    const door = await doorOf({ history, rates: { frames: { most: 1000, perSecond: 1000 } } })
    const jhand = await clientOf(door, 'jhand', 'devs')
    const lines = Array.from({ length: 60 }, (_, n) => `line ${n}`)
    const joined: Promise<Client>[] = []
    for (const [n, line] of lines.entries()) {
      jhand.connection.say('devs', line, false)
      if (n % 10 === 5) joined.push(clientOf(door, 'steve', 'devs'))
      await new Promise((resolve) => setImmediate(resolve))
    }
    for (const steve of await Promise.all(joined)) {
      const all = (): string[] =>
        steve.frames.flatMap((frame) => {
          if (frame.type === 'joined') return frame.history.map(({ text }) => text)
          return frame.type === 'message' ? [frame.chat.text] : []
        })
      await steve.until(() => all().length >= lines.length)
      expect(all()).toEqual(lines)
    }
  })

  it('does not keep progress', async () => {
    const door = await doorOf()
    const jhand = await clientOf(door, 'jhand', 'devs')
    await jhand.ask('devs', 'Foobot push')
    const kept = door.history.of('devs')
    expect(kept.map(({ from, name }) => [from, name])).toEqual([
      ['jhand', 'JHAND'],
      ['foobot', 'delivery'],
    ])
    expect(jhand.frames.filter((frame) => frame.type === 'message' && frame.progress !== undefined)).toHaveLength(2)
  })

  it('that cannot be kept stops a line, but not an answer', async () => {
    const door = await doorOf()
    const jhand = await clientOf(door, 'jhand', 'devs')
    door.history.gate = () => Promise.reject(new Error('disk full'))
    jhand.connection.say('devs', 'Foobot hello', false)
    await jhand.until(() => jhand.frames.some(({ type }) => type === 'problem'))
    expect(door.heard).toEqual([])
    await door.native.send({ platform: 'native', tenant: 'acme', room: 'devs' }, { text: 'still here', blocks: [] }, {})
    await jhand.until(() => jhand.texts('devs').includes('still here'))
    expect(door.warnings.join()).toContain('disk full')
  })
})

describe('a line', () => {
  it('is followed through its states, by the client that said it', async () => {
    const door = await doorOf()
    const jhand = await clientOf(door, 'jhand', 'devs')
    const other = await clientOf(door, 'jhand', 'devs')
    const id = jhand.connection.say('devs', 'Foobot upgrade AcmeOps to Pro', true)
    await jhand.until(() => jhand.statesOf(id).length === 1)
    door.release()
    await jhand.until(() => jhand.statesOf(id).length === 2)
    expect(jhand.statesOf(id)).toEqual(['pending', 'done'])
    expect(other.statesOf(id)).toEqual([])
    expect(door.heard[0]).toMatchObject({ signs: true, fresh: true, id })
  })

  it('that comes twice is shown once, and reaches the engine with one id', async () => {
    const door = await doorOf()
    const steve = await clientOf(door, 'steve', 'devs')
    const jhand = await rawLine(door, 'jhand')
    const line = JSON.stringify({ type: 'say', room: 'devs', id: 'same', text: 'Foobot hello', signs: false })
    jhand.send(line)
    jhand.send(line)
    jhand.send(JSON.stringify({ type: 'say', room: 'devs', id: 'other', text: 'next', signs: false }))
    await steve.until(() => steve.texts('devs').includes('next'))
    expect(steve.texts('devs').filter((text) => text === 'Foobot hello')).toHaveLength(1)
    expect(door.heard.map(({ id }) => id)).toEqual(['same', 'same', 'other'])
    jhand.close()
  })

  it('gets completions, requests and an answer to what it presents', async () => {
    const door = await doorOf()
    const jhand = await clientOf(door, 'jhand')
    expect(await jhand.connection.complete('devs', 'pu')).toEqual(['push'])
    expect(await jhand.connection.complete('finance', 'pu')).toEqual([])
    expect(await jhand.connection.requests()).toMatchObject([{ code: '7F3A-92C1', person: 'jhand' }])
    const envelope = { payloadType: 'x', payload: '', signatures: [{ keyid: '', sig: '' }] }
    expect(await jhand.connection.present(envelope)).toMatchObject({ accepted: false })
  })
})

describe('a client', () => {
  it('that is too fast is slowed, loses nothing, and slows nobody else', async () => {
    const door = await doorOf({ rates: { frames: { most: 5, perSecond: 50 } } })
    const jhand = await clientOf(door, 'jhand')
    const steve = await clientOf(door, 'steve')
    const begun = Date.now()
    const ids = Array.from({ length: 25 }, (_, n) => jhand.connection.say('devs', `line ${n}`, false))
    await steve.ask('devs', 'Foobot hello')
    const steveTook = Date.now() - begun
    await jhand.until(() => ids.every((id) => jhand.statesOf(id).length > 0))
    expect(door.heard.filter(({ account }) => account.id === 'jhand').map(({ text }) => text)).toEqual(
      ids.map((_, n) => `line ${n}`),
    )
    expect(Date.now() - begun).toBeGreaterThan(300)
    expect(steveTook).toBeLessThan(300)
  })

  it('that does not read is cut, and the others go on', async () => {
    const door = await doorOf()
    const slow = await rawLine(door, 'steve')
    slow.send(JSON.stringify({ type: 'join', room: 'devs' }))
    await nextFrame(slow)
    slow.pause()
    const jhand = await clientOf(door, 'jhand', 'devs')
    const devs = { platform: 'native', tenant: 'acme', room: 'devs' }
    const text = 'x'.repeat(1024 * 1024)
    for (let n = 1; n <= 24; n++) {
      await door.native.send(devs, { text, blocks: [] }, {})
      await jhand.until(() => jhand.texts('devs').length === n)
    }
    const cut = closeOf(slow)
    slow.resume()
    expect(await cut).toBe(1006)
  })

  it('that is gone without a word is noticed; one that answers stays', async () => {
    const door = await doorOf({ probeEvery: 50 })
    const silent = await rawLine(door, 'steve', { autoPong: false })
    const jhand = await clientOf(door, 'jhand')
    expect(await closeOf(silent)).toBe(1006)
    await jhand.ask('devs', 'Foobot hello')
    expect(jhand.events).toEqual([])
  })

  it.each([
    ['no JSON', 'hello', 4400],
    ['an unknown frame', '{"type":"sudo"}', 4400],
    ['a field that no frame has', '{"type":"join","room":"devs","as":"fiona"}', 4400],
    [
      'a second login',
      '{"type":"login","envelope":{"payloadType":"","payload":"","signatures":[{"keyid":"","sig":""}]}}',
      4400,
    ],
    ['bytes', Buffer.from('{"type":"requests","call":1}'), 4400],
    ['a frame of a megabyte', 'x'.repeat(1024 * 1024), 1009],
  ])('that sends %s is cut', async (_, frame, code) => {
    const door = await doorOf()
    const jhand = await rawLine(door, 'jhand')
    const cut = closeOf(jhand)
    jhand.send(frame)
    expect(await cut).toBe(code)
    expect(door.heard).toEqual([])
  })

  it('whose key is removed is cut before its next line is heard', async () => {
    const door = await doorOf()
    const jhand = await rawLine(door, 'jhand')
    const cut = closeOf(jhand)
    door.keys.set('jhand', [door.signerOf('steve').key])
    jhand.send(JSON.stringify({ type: 'say', room: 'devs', id: '1', text: 'Foobot hello', signs: false }))
    expect(await cut).toBe(4401)
    expect(door.heard).toEqual([])
  })

  it('of whom there are too many takes the place of the oldest, which is told', async () => {
    const door = await doorOf()
    const oldest = await clientOf(door, 'jhand')
    const lines = await Promise.all(Array.from({ length: 32 }, () => rawLine(door, 'jhand')))
    await oldest.until(({ frames }) => frames.length > 0)
    expect(oldest.frames).toMatchObject([{ type: 'problem', say: expect.stringContaining('took this one’s place') }])
    await oldest.until(({ events }) => events.length > 0)
    expect(oldest.events).toEqual(['lost'])
    for (const line of lines) line.terminate()
  })

  it('that says too long a line is told how long one may be', async () => {
    const door = await doorOf()
    const jhand = await rawLine(door, 'jhand')
    jhand.send(JSON.stringify({ type: 'say', room: 'devs', id: '1', text: 'x'.repeat(65_537), signs: false }))
    expect(await nextFrame(jhand)).toMatchObject({ type: 'problem', say: expect.stringContaining('at most 65,536') })
  })
})
