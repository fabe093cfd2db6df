import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { ed25519Key } from '#core/signature/ed25519.ts'
import { type Key, keyid } from '#core/signature/key.ts'
import { type Login, loginKind } from '#core/signature/login.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import type { RunnerConnection, RunnerEars } from '#engine/runner-link.ts'
import { RunnerLink } from '#links/ws/runner-link.ts'
import { linkProtocol, otherVersion } from '#wire/link-protocol.ts'
import type { Announce, Execute, FromRunner, FromServer } from '#wire/runner.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const zero = '0'.repeat(64)
const announce: Announce = {
  type: 'announce',
  store: 'a'.repeat(32),
  commands: [],
  keyChanges: [],
  claims: [],
  at: 1,
}
const order = (index: number): Execute => ({
  type: 'execute',
  warrant: 'AAAA',
  index,
  path: [],
  checkpoint: 'note',
  consistency: [],
})

/** What the engine would do, remembered. */
class Ears implements RunnerEars {
  readonly said: string[] = []
  readonly connections: RunnerConnection[] = []
  readonly keys = new Map<string, Key>()
  admission: (connection: RunnerConnection) => Promise<void> = async () => undefined
  #changed: () => void = () => undefined

  keyOf(runner: string): Key | undefined {
    return this.keys.get(runner)
  }

  skewed(runner: string, seconds: number): void {
    this.#say(`skewed ${runner} ${seconds}`)
  }

  async admitted(connection: RunnerConnection): Promise<void> {
    await this.admission(connection)
    this.connections.push(connection)
    this.#say(`admitted ${connection.runner}`)
  }

  heard(_: RunnerConnection, message: FromRunner): void {
    this.#say(`heard ${message.type}`)
  }

  left(connection: RunnerConnection, why: string): void {
    this.#say(`left ${this.connections.indexOf(connection)} ${why}`)
  }

  async until(said: string): Promise<void> {
    while (!this.said.some((line) => line.startsWith(said))) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve
      })
    }
  }

  #say(line: string): void {
    this.said.push(line)
    this.#changed()
  }
}

type Options = { readonly patience?: number; readonly probeEvery?: number }

const linkOf = async (options: Options = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'foobot-link-'))
  cleanups.push(() => rmSync(folder, { recursive: true }))
  const ears = new Ears()
  const path = join(folder, 'server', 'runners.sock')
  const log = { info: () => undefined, warn: () => undefined }
  const link = new RunnerLink({
    deployment: 'acme',
    ears,
    clock: Date.now,
    newNonce: () => randomBytes(16).toString('hex'),
    log,
    ...options,
  })
  await link.listen(path)
  cleanups.push(() => link.close())
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const key = ed25519Key(Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url'))
  ears.keys.set('delivery', key)
  return { ears, path, link, key, privateKey }
}

/** A runner by hand: it says just what a test wants it to. */
class Runner {
  readonly frames: FromServer[][] = []
  readonly socket: WebSocket
  closed: number | undefined
  #changed: () => void = () => undefined

  constructor(path: string, options = {}, protocols = [linkProtocol]) {
    this.socket = new WebSocket(`ws+unix:${path}:/`, protocols, options)
    this.socket.on('message', (data) => {
      this.frames.push(JSON.parse(String(data)))
      this.#changed()
    })
    this.socket.on('error', () => undefined)
    this.socket.on('close', (code) => {
      this.closed = code
      this.#changed()
    })
    cleanups.push(() => this.socket.terminate())
  }

  say(...messages: readonly unknown[]): void {
    this.socket.send(JSON.stringify(messages))
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve
      })
    }
  }

  all(): FromServer[] {
    return this.frames.flat()
  }

  has(type: FromServer['type']): boolean {
    return this.all().some((message) => message.type === type)
  }

  async login(key: Key, privateKey: KeyObject, changes: Partial<Login> = {}): Promise<object> {
    await this.until(() => this.has('challenge'))
    const [challenge] = this.all()
    if (challenge?.type !== 'challenge') throw new Error('no challenge')
    const body = loginKind.encode({
      v: 2,
      deployment: 'acme',
      server: 'unix:acme',
      ...(changes.person === undefined ? { door: 'runner', runner: 'delivery' } : { door: 'native' }),
      nonce: challenge.nonce,
      iat: Math.floor(Date.now() / 1000),
      ...changes,
    })
    const sig = sign(null, loginKind.pae(body), privateKey)
    return { type: 'login', envelope: sealEnvelope(loginKind, body, [{ keyid: keyid(key), sig }]) }
  }

  refusal(): string | undefined {
    const refused = this.all().find((message) => message.type === 'refused')
    return refused?.type === 'refused' ? refused.say : undefined
  }
}

/** A runner that was admitted. */
const admittedOf = async ({ path, key, privateKey }: Awaited<ReturnType<typeof linkOf>>, options = {}) => {
  const runner = new Runner(path, options)
  runner.say(await runner.login(key, privateKey), announce)
  await runner.until(() => runner.has('welcome'))
  return runner
}

describe('the socket', () => {
  it('is for its user and group alone, in a folder that lets in its user alone', async () => {
    const { path } = await linkOf()
    expect(statSync(path).mode & 0o777).toBe(0o660)
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700)
  })

  it('takes the place of what a dead server left, and is gone when the server is', async () => {
    const { path, link } = await linkOf()
    await link.close()
    expect(existsSync(path)).toBe(false)
    const again = new RunnerLink({
      deployment: 'acme',
      ears: new Ears(),
      clock: Date.now,
      newNonce: () => '',
      log: quiet,
    })
    // A socket whose server was killed: the file stays, and nobody answers.
    const code = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
    expect(() => execFileSync(process.execPath, ['-e', code])).toThrow()
    expect(existsSync(path)).toBe(true)
    await again.listen(path)
    await again.close()
  })

  it('is not taken from a server that lives, nor is another file', async () => {
    const { path } = await linkOf()
    const other = new RunnerLink({
      deployment: 'acme',
      ears: new Ears(),
      clock: Date.now,
      newNonce: () => '',
      log: quiet,
    })
    await expect(other.listen(path)).rejects.toMatchObject({ code: 'socket-file' })
    writeFileSync(`${path}.txt`, 'mine')
    await expect(other.listen(`${path}.txt`)).rejects.toMatchObject({ code: 'socket-file' })
    await expect(other.listen(join(path, 'x'.repeat(200)))).rejects.toMatchObject({ code: 'socket-file' })
    await other.close()
  })
})

const quiet = { info: () => undefined, warn: () => undefined }

describe('signing in', () => {
  it.each([[[]], [['foobot-runner.v1']], [['chat', 'foobot-runner.v20']]])(
    'in another version of the link, %j, is refused before anything is said, with the version that is spoken here',
    async (protocols: string[]) => {
      const link = await linkOf()
      const { socket, frames } = new Runner(link.path, {}, protocols)
      const [, response] = await once(socket, 'unexpected-response')
      expect(response.statusCode).toBe(426)
      expect(await text(response)).toContain(otherVersion)
      expect(frames).toEqual([])
    },
  )

  it('is by the key of the bundle, and then the runner is announced and welcome', async () => {
    const link = await linkOf()
    const runner = await admittedOf(link)
    expect(link.ears.said).toEqual(['admitted delivery'])
    expect(link.ears.connections[0]?.announced).toEqual(announce)
    expect(runner.all().map(({ type }) => type)).toEqual(['challenge', 'welcome'])
  })

  it.each<[string, Partial<Login>]>([
    ['of another runner', { runner: 'billing' }],
    ['for another deployment', { deployment: 'other' }],
    ['for another server', { server: 'unix:other' }],
    ['with another nonce', { nonce: 'f'.repeat(32) }],
    ['of a person', { person: 'jhand' }],
  ])('%s is refused', async (_, changes) => {
    const { ears, path, key, privateKey } = await linkOf()
    const runner = new Runner(path)
    runner.say(await runner.login(key, privateKey, changes), announce)
    await runner.until(() => runner.closed !== undefined)
    expect(runner.closed).toBe(4403)
    expect(runner.refusal()).toBeDefined()
    expect(ears.said).toEqual([])
  })

  it('by a clock that is far off is refused, and whose that is gets known', async () => {
    const { ears, path, key, privateKey } = await linkOf()
    const runner = new Runner(path)
    runner.say(await runner.login(key, privateKey, { iat: Math.floor(Date.now() / 1000) - 3600 }), announce)
    await runner.until(() => runner.closed !== undefined)
    expect(runner.refusal()).toBe('Your clock and mine differ by more than 30 seconds: set yours.')
    expect(ears.said).toEqual([expect.stringMatching(/^skewed delivery -360[01]$/)])
  })

  it('by another key is refused', async () => {
    const { ears, path, key } = await linkOf()
    const runner = new Runner(path)
    runner.say(await runner.login(key, generateKeyPairSync('ed25519').privateKey), announce)
    await runner.until(() => runner.closed !== undefined)
    expect(ears.said).toEqual([])
  })

  it.each<[string, unknown]>([
    ['announces', announce],
    [
      'hands in receipts',
      { type: 'receipts', envelope: { payloadType: '', payload: '', signatures: [{ keyid: '', sig: '' }] } },
    ],
    ['says what no message is', { type: 'sudo' }],
  ])('cannot be left out: who %s at once is refused', async (_, message) => {
    const { ears, path } = await linkOf()
    const runner = new Runner(path)
    await runner.until(() => runner.has('challenge'))
    runner.say(message)
    await runner.until(() => runner.closed !== undefined)
    expect(ears.said).toEqual([])
  })

  it('has its time', async () => {
    const { path } = await linkOf({ patience: 50 })
    const runner = new Runner(path)
    await runner.until(() => runner.closed !== undefined)
    expect(runner.refusal()).toContain('without delay')
  })

  it('has its size: a stranger’s megabytes are cut before they are read', async () => {
    const { path, ears } = await linkOf()
    const runner = new Runner(path)
    await runner.until(() => runner.has('challenge'))
    runner.socket.send('x'.repeat(7 * 1024 * 1024))
    await runner.until(() => runner.closed !== undefined)
    expect(runner.closed).toBe(1006)
    expect(ears.said).toEqual([])
  })

  it('is refused with the engine’s reason, whole, however long', async () => {
    const link = await linkOf()
    const why = `runner delivery comes with another claims file than before: ${'look why, '.repeat(30)}`
    link.ears.admission = () => Promise.reject(new Error(why))
    const runner = new Runner(link.path)
    runner.say(await runner.login(link.key, link.privateKey), announce)
    await runner.until(() => runner.closed !== undefined)
    expect(runner.refusal()).toBe(why)
    expect(runner.has('welcome')).toBe(false)
  })
})

describe('a link', () => {
  it('carries what one turn produced as one frame, in order', async () => {
    const link = await linkOf()
    const runner = await admittedOf(link)
    const [connection] = link.ears.connections
    const before = runner.frames.length
    connection?.execute([order(1), order(2)])
    connection?.inspect({ call: '1'.repeat(32), command: 'push', text: 'push', room: 'devs' })
    await Promise.resolve()
    connection?.recorded({ receipts: [], checkpoint: '', consistency: [] })
    connection?.cancel('a'.repeat(32), 'jhand')
    await runner.until(() => runner.frames.length > before)
    expect(runner.frames.slice(before).map((frame) => frame.map(({ type }) => type))).toEqual([
      ['execute', 'execute', 'inspect', 'recorded', 'cancel'],
    ])
  })

  it('says welcome before all that the engine sent while it decided', async () => {
    const link = await linkOf()
    link.ears.admission = async (connection) => {
      connection.execute([order(7)])
      await new Promise((resolve) => setImmediate(resolve))
    }
    const runner = await admittedOf(link)
    await runner.until(() => runner.has('execute'))
    expect(runner.all().map(({ type }) => type)).toEqual(['challenge', 'welcome', 'execute'])
  })

  it('keeps what a runner says early until it is admitted, and all of it in order', async () => {
    const link = await linkOf()
    let admit: () => void = () => undefined
    link.ears.admission = () =>
      new Promise((resolve) => {
        admit = resolve
      })
    const runner = new Runner(link.path)
    runner.say(
      await runner.login(link.key, link.privateKey),
      announce,
      { type: 'claimed', request: 'c'.repeat(32), at: 1 },
      { type: 'say', request: 'c'.repeat(32), blocks: [], final: true },
    )
    runner.say({ type: 'bundle', version: 2, digest: 'd'.repeat(64) })
    runner.say({ type: 'bundle', version: 3, digest: 'e'.repeat(64), refused: 'not signed' })
    await new Promise((resolve) => runner.socket.once('pong', resolve).ping())
    expect(link.ears.said).toEqual([])
    admit()
    await runner.until(() => runner.has('welcome'))
    expect(link.ears.said).toEqual(['admitted delivery', 'heard claimed', 'heard say', 'heard bundle', 'heard bundle'])
    expect(link.ears.connections[0]?.announced).toMatchObject({
      bundle: { version: 2, digest: 'd'.repeat(64) },
    })
  })

  it('is replaced by the same runner’s next one', async () => {
    const link = await linkOf()
    const first = await admittedOf(link)
    const second = await admittedOf(link)
    await first.until(() => first.closed !== undefined)
    expect(first.refusal()).toContain('dialled anew')
    expect(link.ears.said).toEqual(['admitted delivery', 'left 0 the runner has dialled anew', 'admitted delivery'])
    link.ears.connections[0]?.execute([order(1)])
    link.ears.connections[1]?.execute([order(2)])
    await second.until(() => second.has('execute'))
    expect(second.all().filter(({ type }) => type === 'execute')).toMatchObject([{ index: 2 }])
    expect(second.closed).toBeUndefined()
  })

  it('tells once when it ends', async () => {
    const link = await linkOf()
    const runner = await admittedOf(link)
    runner.socket.terminate()
    await link.ears.until('left')
    expect(link.ears.said.filter((line) => line.startsWith('left'))).toHaveLength(1)
  })

  it('that is silent is noticed', async () => {
    const link = await linkOf({ probeEvery: 40 })
    await admittedOf(link, { autoPong: false })
    await link.ears.until('left 0')
  })

  it.each<[string, string | Buffer]>([
    ['no JSON', 'hello'],
    ['no list', '{"type":"checkpoint"}'],
    ['another login', '[{"type":"sudo"}]'],
    [
      'a field that no message has',
      `[{"type":"checkpoint","checkpoint":{"size":1,"root":"${zero}"},"fork":false,"x":1}]`,
    ],
    ['bytes', Buffer.from('[]')],
    ['nine megabytes', 'x'.repeat(9 * 1024 * 1024)],
    ['a second announcement', JSON.stringify([announce])],
  ])('ends at %s', async (_, frame) => {
    const link = await linkOf()
    const runner = await admittedOf(link)
    runner.socket.send(frame)
    await runner.until(() => runner.closed !== undefined)
    await link.ears.until('left 0')
    expect(link.ears.said.filter((line) => line.startsWith('heard'))).toEqual([])
  })
})
