import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server as HttpServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import { toPack } from '#config/bundle-folder.ts'
import { makeMachineKey } from '#config/machine-key.ts'
import type { RunnerConfig } from '#config/runner.ts'
import { makeAdministrator } from '#core/bundle/administrator.fixture.ts'
import { bundleKind, draftBundle } from '#core/bundle/bundle.ts'
import { keyRemoveKind } from '#core/bundle/key-change.ts'
import { verifyEd25519 } from '#core/signature/ed25519.ts'
import type { Key } from '#core/signature/key.ts'
import { checkLogin } from '#core/signature/login.ts'
import { signedBy, sshSigner } from '#core/signature/signer.fixture.ts'
import { readEnvelope, sealEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import type { Statement } from '#core/statement/statement.ts'
import { receiptsKind } from '#core/warrant/receipts.ts'
import { logKey, now } from '#core/warrant/warrant.fixture.ts'
import type { Handed } from '#wire/inbox.ts'
import { type BundlePack, type FromRunner, type FromServer, runnerFrame } from '#wire/runner.ts'
import { declaredIn } from './load.ts'
import { startRunner } from './runner.ts'
import { Server } from './server.fixture.ts'

const jane = makeAdministrator()
/** With these she says yes. */
const janes = [sshSigner(), sshSigner()] as const
const plugin = new URL('../../plugins/git', import.meta.url).pathname
const nonce = 'cd'.repeat(16)
const idOf = (n: number): string => n.toString(16).padStart(32, '0')

let folder: string
let key: Key
let http: HttpServer
let sockets: WebSocket[]
let heard: FromRunner[]
let stop: () => Promise<void>
let welcomed: boolean
let clock: number
/** Follows the clock, unless a test lets the two part. */
let monotonic: () => number

const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
const send = (...messages: readonly FromServer[]): void => sockets.at(-1)?.send(JSON.stringify(messages))
const of = <T extends FromRunner['type']>(type: T) =>
  heard.filter((message): message is Extract<FromRunner, { type: T }> => message.type === type)
const until = <T>(check: () => T): Promise<T> => vi.waitFor(check, { timeout: 8000, interval: 10 })

const bundle = async (
  version = 1,
  previous?: string,
  iat = now,
): Promise<BundlePack & { digest: string; version: number }> => {
  const { manifests } = await declaredIn({ path: plugin })
  const commands = manifests.map((manifest) => ({ runner: 'delivery', tier: manifest.tier, manifest }))
  const policy = manifests.map(
    ({ command }) => `permit (principal in Group::"Devs", action == Action::"${command}", resource);`,
  )
  const text = {
    'company.yaml': `deployment: acme
name: Acme
zone: UTC
dateOrder: month-first
root: { threshold: 1, administrators: [{ person: jane, key: ${jane.key} }] }
log: { key: "${logKey}" }
runners: { delivery: { key: "${key}", zone: delivery } }
`,
    'people/jane.yaml': `name: Jane\nkeys: ["${janes[0].key}", "${janes[1].key}"]\n`,
    'groups.yaml': 'Devs: [jane]\n',
    'rooms.yaml': 'devs: { groups: [Devs] }\n',
    'commands.json': JSON.stringify(commands),
    'plugins.json': '[]',
    'policy/devs.cedar': policy.join('\n'),
  }
  const files = new Map(Object.entries(text).map(([path, content]) => [path, Buffer.from(content)]))
  const head = { deployment: 'acme', version, iat, exp: iat + 10_000, ...(previous !== undefined && { previous }) }
  const body = draftBundle(files, head)
  const pack = toPack({ envelope: sealEnvelope(bundleKind, body, [jane.sign(body)]), files })
  return { ...pack, digest: bundleKind.digest(body), version }
}

const offer = ({ envelope, files }: BundlePack): FromServer => ({ type: 'bundle', pack: { envelope, files } })

const config = (): RunnerConfig => ({
  deployment: 'acme',
  name: 'delivery',
  key: join(folder, 'runner.key'),
  server: `ws+unix:${join(folder, 's.sock')}`,
  root: { threshold: 1, administrators: [{ person: 'jane', key: jane.key }] },
  lowest: 1,
  folder: join(folder, 'runner'),
  plugins: [{ path: plugin, config: { workingCopies: { devs: join(folder, 'copy') }, mailDomain: 'acme.example' } }],
})

const start = async (): Promise<void> => {
  const runner = await startRunner({ config: config(), clock: () => clock, monotonic: () => monotonic(), log })
  stop = () => runner.stop()
}

/** Lets the runner in as a server does. */
const serve = (): Promise<void> => {
  http = createServer()
  const server = new WebSocketServer({ server: http, path: '/runner' })
  server.on('connection', (socket) => {
    sockets.push(socket)
    socket.send(JSON.stringify([{ type: 'challenge', deployment: 'acme', nonce, at: now }]))
    socket.on('message', (data) => {
      for (const message of runnerFrame.parse(JSON.parse(String(data)))) {
        heard.push(message)
        if (message.type === 'announce' && welcomed) socket.send(JSON.stringify([{ type: 'welcome', at: now }]))
      }
    })
  })
  return new Promise((resolve) => http.listen(join(folder, 's.sock'), resolve))
}

/** Waits until the runner has taken a bundle, has loaded what it permits, and has announced that. */
const announced = (digest: string): Promise<void> =>
  until(() => {
    const last = of('announce').at(-1)
    expect(last?.bundle?.digest).toBe(digest)
    expect(last?.commands.length).toBeGreaterThan(1)
  })

const hangUp = async (): Promise<void> => {
  for (const socket of sockets) socket.terminate()
  await new Promise((resolve) => http.close(resolve))
}

const inbox = (): string => join(folder, 'runner', 'inbox')
/** Hands something over past the server. */
const drop = (n: number, text: string): void => {
  mkdirSync(inbox(), { recursive: true })
  writeFileSync(join(inbox(), 'draft'), text)
  renameSync(join(inbox(), 'draft'), join(inbox(), `${idOf(n)}.json`))
}
const answerTo = async (n: number): Promise<unknown> => {
  const file = join(inbox(), `${idOf(n)}.answer`)
  const answer: unknown = await until(() => JSON.parse(readFileSync(file, 'utf8')))
  rmSync(file)
  return answer
}

const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@b', ...args], {
    cwd: join(folder, 'copy'),
    encoding: 'utf8',
  })

/** A statement of a commit, as a server makes it from what the runner said. */
const stated = (n: number): Partial<Statement> => ({
  id: idOf(n),
  command: 'commit',
  text: 'commit -am two',
  requester: 'jane',
  definition:
    of('announce')
      .at(-1)
      ?.commands.find(({ manifest }) => manifest.command === 'commit')?.definition ?? '',
  resource: { type: 'WorkingCopy', id: 'devs', facts: { branch: 'master' } },
  iat: now + 1,
  exp: now + 60,
})

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'runner-'))
  key = makeMachineKey(join(folder, 'runner.key'))
  mkdirSync(join(folder, 'copy'))
  git('init', '--quiet', '--initial-branch=master')
  writeFileSync(join(folder, 'copy', 'a.txt'), 'one\n')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'Begin')
  writeFileSync(join(folder, 'copy', 'a.txt'), 'two\n')
  sockets = []
  heard = []
  welcomed = true
  clock = now * 1000
  monotonic = () => clock
  stop = () => Promise.resolve()
  await serve()
})
afterEach(async () => {
  await stop()
  await hangUp()
  rmSync(folder, { recursive: true })
})

describe('a runner', () => {
  it('signs in, takes the bundle, looks, carries out, and hands over a signed receipt until it is recorded', async () => {
    await start()
    await until(() => expect(of('announce')).toHaveLength(1))
    const [login] = of('login')
    const facts = {
      deployment: 'acme',
      servers: ['unix:acme'],
      door: 'runner' as const,
      nonce,
      now,
      keysOf: () => [key],
    }
    expect(login && checkLogin(login.envelope, facts).runner).toBe('delivery')
    expect(of('announce')[0]).toMatchObject({ claims: [] })
    expect(of('announce')[0]).not.toHaveProperty('checkpoint')
    // Nothing of a plugin runs before somebody has signed what it may hurt.
    expect(of('announce')[0]).not.toHaveProperty('bundle')
    expect(of('announce')[0]?.commands).toEqual([])

    const first = await bundle()
    send(offer(first))
    await announced(first.digest)
    send({ type: 'inspect', call: idOf(7), command: 'commit', text: 'commit -am two', requester: 'jane', room: 'devs' })
    await until(() => expect(of('inspected')).toHaveLength(1))
    expect(of('inspected')[0]).toMatchObject({ call: idOf(7), resource: { type: 'WorkingCopy', id: 'devs' } })

    const server = new Server(first)
    const { execute, digest } = server.order(stated(1))
    send(execute, execute)
    await until(() => expect(of('receipts')).toHaveLength(1))
    expect(heard.slice(-3).map(({ type }) => type)).toEqual(['claimed', 'say', 'receipts'])
    expect(git('log', '--format=%an %s').split('\n')[0]).toBe('Jane two')
    const [receipts] = of('receipts')
    const body = Buffer.from(receipts?.envelope.payload ?? '', 'base64')
    const sig = Buffer.from(receipts?.envelope.signatures[0]?.sig ?? '', 'base64')
    expect(verifyEd25519(key, receiptsKind.pae(body), sig)).toBe(true)
    expect(receiptsKind.decode(body)).toMatchObject({
      runner: 'delivery',
      store: of('announce')[0]?.store,
      receipts: [{ statement: digest, outcome: 'done' }],
    })

    // Not recorded yet: handed over again, with the last words, on the next link; the bundle is still in force.
    sockets.at(-1)?.terminate()
    await until(() => expect(of('receipts')).toHaveLength(2))
    expect(of('receipts')[1]).toEqual(receipts)
    expect(of('announce')[2]).toMatchObject({
      bundle: { version: 1 },
      claims: [{ request: idOf(1), state: 'receipt' }],
    })
    expect(of('say')).toHaveLength(2)
    if (!receipts) throw new Error('they came')
    send(server.recorded(receipts.envelope))
    send({ type: 'inspect', call: idOf(8), command: 'push', text: 'push', room: 'devs' })
    await until(() => expect(of('inspected')).toHaveLength(2))
    await stop()
    await start()
    await until(() => expect(of('announce')).toHaveLength(4))
    expect(of('announce')[3]).toMatchObject({
      bundle: { version: 1, digest: first.digest },
      checkpoint: expect.stringContaining('acme/log\n2\n'),
      claims: [],
    })
    await stop()
    expect(of('receipts')).toHaveLength(2)
  })

  it('goes on while the server is away, and dials again', async () => {
    const first = await bundle()
    await start()
    await until(() => expect(of('announce')).toHaveLength(1))
    send(offer(first))
    await announced(first.digest)
    const server = new Server(first)
    send(server.order(stated(1)).execute)
    await until(() => expect(of('claimed')).toHaveLength(1))
    await hangUp()
    await serve()
    await until(() => expect(of('receipts').length).toBeGreaterThan(0))
    expect(of('announce').length).toBeGreaterThan(2)
  })

  it('takes a new bundle while it runs, and refuses one that nobody signed or that is older', async () => {
    const first = await bundle()
    const second = await bundle(2, first.digest)
    await start()
    await until(() => expect(of('announce')).toHaveLength(1))
    send(offer(first), offer(second))
    await announced(second.digest)
    const third = await bundle(3, second.digest)
    send(offer(first))
    send(offer({ ...third, envelope: { ...third.envelope, signatures: first.envelope.signatures } }))
    await until(() => expect(of('bundle')).toHaveLength(2))
    expect(of('bundle')[0]?.refused).toContain('older than 2')
    expect(of('bundle')[1]?.refused).toContain('0 of the 1 administrators')
    await stop()
    rmSync(join(folder, 'runner', 'bundle'), { recursive: true })
    await start()
    await until(() => expect(of('announce')).toHaveLength(3))
    send(offer(first), offer(second))
    await announced(second.digest)
    expect(of('bundle')).toHaveLength(3)
    expect(of('bundle')[2]?.refused).toContain('older than 2')
  })

  it('keeps key changes, from its server and past it, announces them, and says why it refuses one', async () => {
    const removal = (n: 0 | 1, by: 0 | 1, deployment = 'acme') =>
      signedBy(keyRemoveKind, { v: 2, deployment, person: 'jane', key: janes[n].key, iat: now }, janes[by])
    const digestOf = (envelope: Envelope) => readEnvelope(keyRemoveKind, envelope).digest
    let n = 0
    const handed = async (what: Handed): Promise<unknown> => {
      n += 1
      drop(n, JSON.stringify(what))
      return answerTo(n)
    }
    await start()
    await until(() => expect(of('announce')).toHaveLength(1))
    expect(of('announce')[0]?.keyChanges).toEqual([])
    expect(await handed(removal(0, 1))).toMatchObject({
      accepted: false,
      say: expect.stringContaining('no bundle yet'),
    })

    const first = await bundle()
    const { envelope, files } = first
    expect(await handed({ envelope, files })).toEqual({ accepted: true, say: 'Bundle 1 is in force here.' })
    await announced(first.digest)
    send({ type: 'key-change', envelope: removal(0, 1) }, { type: 'key-change', envelope: removal(1, 0, 'other') })
    await until(() => expect(of('key-change')).toHaveLength(2))
    expect(of('key-change').find(({ refused }) => refused === undefined)?.digest).toBe(digestOf(removal(0, 1)))
    expect(of('key-change').find(({ refused }) => refused !== undefined)?.refused).toContain('it is for other')
    expect(await handed(removal(1, 0))).toMatchObject({ accepted: true })
    expect(await handed(removal(1, 0))).toMatchObject({ accepted: true })
    await stop()
    await start()
    await until(() => expect(of('announce')).toHaveLength(3))
    expect(of('announce')[2]?.keyChanges).toEqual([digestOf(removal(0, 1)), digestOf(removal(1, 0))])
    expect(readdirSync(inbox())).toEqual([])
  })

  it('starts under a bundle that has ended, takes what takes away and the next bundle, and does nothing else', async () => {
    await start()
    await until(() => expect(of('announce')).toHaveLength(1))
    const first = await bundle()
    send(offer(first))
    await announced(first.digest)
    await stop()
    clock = (now + 10_000) * 1000
    heard.length = 0
    await start()
    await announced(first.digest)

    send({ type: 'inspect', call: idOf(7), command: 'commit', text: 'commit -am two', requester: 'jane', room: 'devs' })
    await until(() => expect(of('inspected')).toHaveLength(1))
    expect(of('inspected')[0]?.problem).toBe(
      'Bundle 1 is too old for member commands: administrators renew it with "foobot apply".',
    )
    const at = { iat: now + 10_000, exp: now + 10_060 }
    send(new Server(first).order({ ...stated(1), ...at }).execute)
    await until(() => expect(of('receipts')).toHaveLength(1))
    const payload = Buffer.from(of('receipts')[0]?.envelope.payload ?? '', 'base64')
    expect(receiptsKind.decode(payload).receipts).toMatchObject([{ outcome: 'refused', refusal: { step: 'bundle' } }])
    expect(git('log', '--format=%s').trim()).toBe('Begin')

    const gone = { v: 2, deployment: 'acme', person: 'jane', key: janes[0].key, iat: now + 10_000 } as const
    send({ type: 'key-change', envelope: signedBy(keyRemoveKind, gone, janes[1]) })
    await until(() => expect(of('key-change')).toEqual([{ type: 'key-change', digest: expect.any(String) }]))
    const second = await bundle(2, first.digest, now + 10_000)
    send(offer(second))
    await until(() => expect(of('bundle')).toEqual([{ type: 'bundle', version: 2, digest: second.digest }]))
    send({ type: 'inspect', call: idOf(8), command: 'commit', text: 'commit -am two', requester: 'jane', room: 'devs' })
    await until(() => expect(of('inspected')[1]).toMatchObject({ resource: { type: 'WorkingCopy', id: 'devs' } }))
  })

  it('takes what was handed over while it was away, and refuses what it cannot read', async () => {
    const { envelope, files } = await bundle()
    drop(1, JSON.stringify({ envelope, files }))
    await start()
    expect(await answerTo(1)).toMatchObject({ accepted: true })
    for (const [n, text] of ['not JSON', '{}', JSON.stringify({ envelope, files: {}, more: 1 })].entries()) {
      drop(n, text)
      expect(await answerTo(n)).toEqual({
        accepted: false,
        say: 'That is neither a bundle nor a key change that I can read.',
      })
    }
  })

  it('answers a look that fails with a sentence', async () => {
    await start()
    await until(() => expect(of('announce')).toHaveLength(1))
    const first = await bundle()
    send(offer(first))
    await announced(first.digest)
    const about = { type: 'inspect', command: 'push', text: 'push', requester: 'jane' } as const
    send({ ...about, call: idOf(1), room: 'ops' }, { ...about, call: idOf(2), room: 'devs', command: 'no such' })
    await until(() => expect(of('inspected')).toHaveLength(2))
    expect(of('inspected').find(({ call }) => call === idOf(1))?.problem).toContain('The room ops has no working copy')
    expect(of('inspected').find(({ call }) => call === idOf(2))?.problem).toBe(
      'This runner does not know that command.',
    )
  })

  it('hangs up on what it cannot read, and dials again', async () => {
    await start()
    await until(() => expect(of('announce')).toHaveLength(1))
    sockets.at(-1)?.send('[{"type":"welcome","at":1,"and":"more"}]')
    await until(() => expect(of('announce')).toHaveLength(2))
  })

  it('says nothing but who it is before it is let in', async () => {
    welcomed = false
    await start()
    await until(() => expect(of('announce')).toHaveLength(1))
    send(offer(await bundle()))
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(heard.map(({ type }) => type)).toEqual(['login', 'announce'])
    welcomed = true
    send({ type: 'welcome', at: now })
    await until(() => expect(of('announce').at(-1)?.bundle?.version).toBe(1))
  })

  it('does not start with a key that others may read', async () => {
    chmodSync(join(folder, 'runner.key'), 0o644)
    await expect(start()).rejects.toMatchObject({ code: 'machine-key' })
  })
})
