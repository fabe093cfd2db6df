import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Phone } from '#client/phone.ts'
import { consentKind } from '#core/consent/consent.ts'
import { parseKey } from '#core/signature/key.ts'
import { openEnvelope } from '#core/signature/open.ts'
import { display } from '#core/statement/display.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { statementKind } from '#core/statement/statement.ts'
import type { Device } from '#engine/factor.ts'
import { isServed } from '#factors/push/services.ts'
import { WebPush } from '#factors/push/web-push.ts'
import { makePasskey, makePhones } from '#processes/example-phones.ts'
import type { FromPhone, ToPhone } from '#wire/phone.ts'

const folder = mkdtempSync(join(tmpdir(), 'foobot-push-'))
const wake = randomBytes(16).toString('hex')
const quiet = { warn: () => undefined }

const waker = (name = 'key.json', loopback = true): WebPush =>
  new WebPush({ key: join(folder, name), services: [], loopback, server: () => 'http://localhost:8080', log: quiet })

describe('web push', () => {
  let pushed: { readonly headers: Record<string, unknown>; readonly body: Buffer }[] = []
  let service: Server
  let status = 201
  let endpoint = ''
  beforeAll(async () => {
    service = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        pushed.push({ headers: { ...request.headers }, body: Buffer.concat(chunks) })
        response.writeHead(status, status === 307 ? { location: '/elsewhere' } : {}).end()
      })
    })
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
    endpoint = `http://127.0.0.1:${(service.address() as AddressInfo).port}/push/1`
  })
  afterAll(() => {
    service.close()
    rmSync(folder, { recursive: true })
  })

  const device = (): Device => ({
    person: 'steve',
    name: 'phone',
    endpoint,
    // The receiver of RFC 8291, appendix A.
    p256dh: 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4',
    auth: 'BTBZMqHH6r4Tts7J_aSIgg',
    addedAt: 0,
  })

  it('hands an encrypted push to the service, which learns neither secret nor server', async () => {
    pushed = []
    status = 201
    expect(await waker().wake(device(), wake, 120)).toBe('sent')
    const [{ headers, body } = { headers: {}, body: Buffer.alloc(0) }] = pushed
    expect(headers).toMatchObject({ ttl: '120', urgency: 'high', 'content-encoding': 'aes128gcm' })
    expect(String(headers.authorization)).toMatch(/^vapid t=[\w-]+\.[\w-]+\.[\w-]+, k=[\w-]+$/)
    expect(body.includes(wake)).toBe(false)
    expect(body.includes('localhost')).toBe(false)
  })

  it('tells those that are gone from those that cannot be reached, and follows nobody elsewhere', async () => {
    for (const [code, outcome] of [
      [410, 'gone'],
      [404, 'gone'],
      [429, 'unreachable'],
      [500, 'unreachable'],
      [307, 'unreachable'],
    ] as const) {
      pushed = []
      status = code
      expect(await waker().wake(device(), wake, 120)).toBe(outcome)
      expect(pushed).toHaveLength(1)
    }
    expect(await waker().wake({ ...device(), endpoint: 'http://127.0.0.1:1/x' }, wake, 1)).toBe('unreachable')
  })

  it('speaks to no service that is not configured, whatever was stored', async () => {
    pushed = []
    expect(waker('key.json', false).refuses(endpoint)).toContain('push.services')
    expect(await waker('key.json', false).wake(device(), wake, 120)).toBe('unreachable')
    expect(pushed).toEqual([])
  })

  it('keeps its keys, in a file of its own', () => {
    expect(waker().key).toBe(waker().key)
    expect(statSync(join(folder, 'key.json')).mode & 0o777).toBe(0o600)
    writeFileSync(join(folder, 'open.json'), '{}', { mode: 0o644 })
    expect(() => waker('open.json')).toThrow(expect.objectContaining({ code: 'machine-key' }))
  })

  it.each([
    ['https://fcm.googleapis.com/fcm/send/x', true],
    ['https://web.push.apple.com/x', true],
    ['https://push.apple.com/x', false],
    ['https://evilpush.apple.com/x', false],
    ['https://fcm.googleapis.com.evil.example/x', false],
    ['https://fcm.googleapis.com:8443/x', false],
    ['https://user@fcm.googleapis.com/x', false],
    ['http://fcm.googleapis.com/x', false],
    ['http://169.254.169.254/latest', false],
    ['http://127.0.0.1:8080/x', false],
    ['file:///etc/passwd', false],
    ['nonsense', false],
  ])('knows whether %s is a push service: %s', (address, served) => {
    expect(isServed(address, { services: ['fcm.googleapis.com', '*.push.apple.com'], loopback: false })).toBe(served)
  })
})

describe('the sandbox’s phone', () => {
  const data = mkdtempSync(join(tmpdir(), 'foobot-phone-'))
  const desk = 'http://desk.localhost:8081'
  const requester = 'steve'
  const now = Math.floor(Date.now() / 1000)
  const statement = Buffer.from(
    statementKind.encode({
      v: 2,
      id: '1'.repeat(32),
      deployment: 'acme',
      bundle: 1,
      runner: 'business',
      command: 'upgrade',
      definition: 'd'.repeat(64),
      tier: 'sensitive',
      text: 'upgrade AcmeOps to Pro',
      resource: { type: 'Customer', id: 'AcmeOps', facts: { plan: 'Free' } },
      requester,
      via: { platform: 'native', tenant: 'acme', account: requester, room: 'support', message: 'm1' },
      iat: now,
      exp: now + 300,
    }),
  )
  let key = ''
  let child: ChildProcess
  let server: Server
  let url = ''
  let presented: Envelope[] = []
  let asked: FromPhone[] = []
  let told: ToPhone

  beforeAll(async () => {
    makePhones(data, desk)
    key = makePasskey(data, requester)
    // What it says on the side of pushes that it refuses, its answers say as well.
    child = fork(
      fileURLToPath(new URL('../../sandbox/phone/main.ts', import.meta.url)),
      ['--data', join(data, 'sandbox', 'phone')],
      { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] },
    )
    await once(child, 'message')
    server = createServer((request, response) => {
      let text = ''
      request.on('data', (more) => {
        text += more
      })
      request.on('end', () => {
        const answer = (body: object): void => void response.end(JSON.stringify(body))
        if (request.url === '/present') {
          presented.push(JSON.parse(text))
          return answer({ accepted: true, say: 'Signed.' })
        }
        const ask: FromPhone = JSON.parse(text)
        asked.push(ask)
        if (ask.ask === 'open') return answer(told)
        if (ask.ask === 'no') return answer({ type: 'over', say: 'Cancelled.' })
        answer(ask.answer === '482' ? { type: 'right' } : { type: 'wrong', left: 2, say: 'That is not the number.' })
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    server.close()
    child.kill()
    await once(child, 'exit')
    rmSync(data, { recursive: true })
  })

  const registered = async (by: WebPush): Promise<Device> => {
    const subscription = await Phone.of(requester, data).subscribe(by.key)
    return { person: requester, name: 'phone', addedAt: 0, ...subscription }
  }
  const pushing = (name: string): WebPush =>
    new WebPush({ key: join(data, name), services: [], loopback: true, server: () => url, log: quiet })
  const begin = (): void => {
    presented = []
    asked = []
    told = {
      type: 'statement',
      person: requester,
      as: 'requester',
      statement: statement.toString('base64'),
      asks: 'number',
    }
  }

  it('shows the statement, and signs it once what stands in the room was typed', async () => {
    begin()
    const by = pushing('key.json')
    expect(await by.wake(await registered(by), wake, 120)).toBe('sent')
    const phone = Phone.of(requester, data)
    const sheet = await phone.screen()
    expect(sheet?.lines.map(({ name, value }) => `${name}: ${value}\n`).join('')).toBe(
      display(statementKind.decode(statement)),
    )
    expect(presented).toEqual([])
    expect(await phone.answer(wake, '111')).toEqual({ say: 'That is not the number.', over: false, signed: false })
    expect(presented).toEqual([])
    expect(await phone.answer(wake, '482')).toEqual({ say: 'Signed.', over: true, signed: true })
    const [envelope] = presented
    if (!envelope) throw new Error('nothing was signed')
    const { value, proofs } = openEnvelope(consentKind, envelope, () => [parseKey(key)], { origins: [desk] })
    expect(value).toMatchObject({ statement: statementKind.digest(statement), person: requester, as: 'requester' })
    expect(proofs).toMatchObject([{ strength: 'verified', origin: desk }])
    expect(await phone.screenNow()).toBeUndefined()
  })

  it('signs nothing that is not its owner’s to sign', async () => {
    begin()
    told = {
      type: 'statement',
      person: requester,
      as: 'approver',
      group: 'Ops',
      statement: statement.toString('base64'),
      asks: 'word',
    }
    const by = pushing('key.json')
    await by.wake(await registered(by), wake, 120)
    const phone = Phone.of(requester, data)
    await expect(phone.screen()).rejects.toMatchObject({ code: 'no-phone' })
    await expect(phone.answer(wake, '482')).rejects.toMatchObject({ code: 'no-phone' })
    expect(asked.every(({ ask }) => ask === 'open')).toBe(true)
    expect(presented).toEqual([])
    begin()
    expect(await phone.refuse(wake)).toMatchObject({ say: 'Cancelled.', over: true })
  })

  it('is pushed to by the one server that it has subscribed for', async () => {
    begin()
    const device = await registered(pushing('key.json'))
    expect(await pushing('other.json').wake(device, wake, 120)).toBe('unreachable')
    expect(await Phone.of(requester, data).screenNow()).toBeUndefined()
    expect(await pushing('key.json').wake({ ...device, endpoint: `${device.endpoint}0` }, wake, 120)).toBe('gone')
  })
})
