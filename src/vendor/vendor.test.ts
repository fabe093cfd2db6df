import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { retryAfter, waitBefore } from './retry.ts'
import { Vendor, type VendorOptions } from './vendor.ts'
import { VendorError } from './vendor-error.ts'
import { vendorUrl } from './vendor-url.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void
const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

const { signal } = new AbortController()
const secret = { authorization: 'Bearer canary-credential' }

/** A vendor that answers by these handlers in turn, the last of them for ever. */
const answering = async (...handlers: readonly Handler[]) => answeringBy({}, handlers)
const answeringBy = async (more: Partial<VendorOptions>, handlers: readonly Handler[]) => {
  const heard: string[] = []
  const bodies: string[] = []
  const server = createServer((request, response) => {
    heard.push(`${request.method} ${request.url} ${request.headers.authorization}`)
    request.setEncoding('utf8').on('data', (text: string) => bodies.push(text))
    const handler = handlers[Math.min(heard.length, handlers.length) - 1]
    request.on('end', () => handler?.(request, response))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const vendor = new Vendor({
    name: 'Acme Cloud',
    baseUrl: `http://127.0.0.1:${port}/api/`,
    headers: () => secret,
    refusal: (body) => z.object({ message: z.string() }).safeParse(body).data?.message,
    // Short where silence is waited out; else no machine is so busy that it matters.
    timeLimit: handlers.includes(silent) ? 0.25 : 10,
    ...more,
  })
  return { vendor, heard, bodies, port }
}

const status =
  (code: number, headers: Record<string, string> = {}, body: unknown = { message: 'no' }): Handler =>
  (_, response) =>
    response.writeHead(code, headers).end(JSON.stringify(body))
const fine = status(200, {}, { size: 3 })
const cut: Handler = (_, response) => response.destroy()
const silent: Handler = () => undefined
const size = z.object({ size: z.number() })

const failure = async (asked: Promise<unknown>): Promise<VendorError> => {
  const error = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof VendorError)) throw new Error(`no VendorError: ${String(error)}`)
  return error
}

describe('what is asked', () => {
  it('carries query, credential and body, and reads the answer by its schema', async () => {
    const { vendor, heard, bodies } = await answering(fine)
    const query = { a: 'x y', many: ['1', '2'], none: undefined }
    expect((await vendor.ask('POST', '/things', { query, body: { b: 1 }, signal })).json(size)).toEqual({ size: 3 })
    expect(heard).toEqual(['POST /api/things?a=x+y&many=1&many=2 Bearer canary-credential'])
    expect(bodies).toEqual(['{"b":1}'])
  })

  it('is told to who makes the headers, at each try', async () => {
    const { heard, port } = await answering(status(503), fine)
    const baseUrl = `http://127.0.0.1:${port}`
    let made = 0
    const headers = (_: AbortSignal, { method, url }: { readonly method: string; readonly url: string }) => {
      made += 1
      return { authorization: `${made} ${method} ${url.slice(baseUrl.length)}` }
    }
    await new Vendor({ name: 'Acme Cloud', baseUrl, headers }).ask('GET', '/things', { query: { a: 1 }, signal })
    expect(heard).toEqual(['GET /things?a=1 1 GET /things?a=1', 'GET /things?a=1 2 GET /things?a=1'])
  })

  it('follows no redirect: the credential reaches nobody else', async () => {
    const other = await answering(fine)
    const { vendor } = await answering(status(302, { location: `http://127.0.0.1:${other.port}/api/things` }))
    const error = await failure(vendor.ask('GET', '/things', { signal }))
    expect([error.kind, error.status]).toEqual(['strange', 302])
    expect(other.heard).toEqual([])
  })
})

describe('what passes is tried again, where that harms nothing', () => {
  it.each([
    ['a server error', status(503)],
    ['a broken line', cut],
    ['too many requests', status(429, { 'retry-after': '0' })],
  ])('reading, after %s', async (_, handler) => {
    const { vendor, heard } = await answering(handler, fine)
    expect((await vendor.ask('GET', '/things', { signal })).json(size)).toEqual({ size: 3 })
    expect(heard).toHaveLength(2)
  })

  it.each([
    ['a server error', status(503), 'broken'],
    ['a broken line', cut, 'unreachable'],
    ['silence', silent, 'late'],
  ])('changing, never after %s: nobody knows whether it happened', async (_, handler, kind) => {
    const { vendor, heard } = await answering(handler, fine)
    const error = await failure(vendor.ask('POST', '/things', { signal }))
    expect(error.kind).toBe(kind)
    expect(error.message).toContain('It may have happened or not')
    expect(heard).toHaveLength(1)
  })

  it('changing, where the vendor refused to take it', async () => {
    const { vendor, heard } = await answering(status(429, { 'retry-after': '0' }), fine)
    await vendor.ask('POST', '/things', { signal })
    expect(heard).toHaveLength(2)
  })

  it('without heed to a count of requests that stands beside another failure', async () => {
    const { vendor, heard } = await answeringBy({ again: () => 60_000 }, [status(503), fine])
    await vendor.ask('GET', '/things', { signal })
    expect(heard).toHaveLength(2)
    const { vendor: busy } = await answeringBy({ again: () => 60_000 }, [status(429)])
    expect((await failure(busy.ask('GET', '/things', { signal }))).message).toContain('say it again in 60 s')
  })

  it('three times at most', async () => {
    const { vendor, heard } = await answering(status(500))
    expect((await failure(vendor.ask('GET', '/things', { signal }))).message).toBe(
      'Acme Cloud fails (500). Say it again later. It says: no',
    )
    expect(heard).toHaveLength(3)
  })

  it('waits as long as it is told, and not for ever', () => {
    expect(waitBefore(1, { status: 429, again: 2000, repeatable: false })).toBe(2000)
    expect(waitBefore(1, { status: 429, again: 60_000, repeatable: true })).toBeUndefined()
    expect([1, 2, 3].map((tries) => waitBefore(tries, { repeatable: true }))).toEqual([300, 900, undefined])
    expect(waitBefore(1, { status: 404, repeatable: true })).toBeUndefined()
    expect(retryAfter('7', 0)).toBe(7000)
    expect(retryAfter('Thu, 01 Jan 1970 00:01:00 GMT', 1000)).toBe(59_000)
    expect(retryAfter('soon', 0)).toBeUndefined()
  })
})

describe('what is said', () => {
  it.each([
    [401, 'credential', 'Acme Cloud does not take our credential: tell an administrator to renew it. It says: no'],
    [403, 'forbidden', 'Acme Cloud does not let us do that: tell an administrator to look at our rights. It says: no'],
    [404, 'missing', 'There is no thing 7.'],
    [422, 'refused', 'Acme Cloud refuses: no'],
  ])('%i', async (code, kind, say) => {
    const { vendor, heard } = await answering(status(code))
    const error = await failure(vendor.ask('GET', '/things/7', { signal, missing: 'There is no thing 7.' }))
    expect([error.kind, error.message, error.status]).toEqual([kind, say, code])
    expect(heard).toHaveLength(1)
  })

  it('429, with when to come again', async () => {
    const { vendor } = await answering(status(429, { 'retry-after': '90' }))
    expect((await failure(vendor.ask('GET', '/things', { signal }))).message).toBe(
      'Acme Cloud takes no more requests from us now: say it again in 90 s.',
    )
  })

  it('to do something else than to say it again, where work goes on meanwhile', async () => {
    const looking = { signal, advice: 'It goes on: look there.' }
    const { vendor } = await answering(status(401), status(429, { 'retry-after': '90' }), status(501))
    const { vendor: slow } = await answering(silent)
    const said = [(await failure(slow.ask('GET', '/things', looking))).message]
    for (let look = 0; look < 3; look++) said.push((await failure(vendor.ask('GET', '/things', looking))).message)
    expect(said).toEqual([
      'Acme Cloud did not answer within 0.25 s. It goes on: look there.',
      'Acme Cloud does not take our credential: tell an administrator to renew it. It goes on: look there. It says: no',
      'Acme Cloud takes no more requests from us now. It goes on: look there.',
      'Acme Cloud fails (501). It goes on: look there. It says: no',
    ])
  })

  it('with the name as it stands in a sentence, and at its start', async () => {
    const named = { name: 'the inventory' }
    const { vendor } = await answeringBy(named, [status(401)])
    expect((await failure(vendor.ask('GET', '/things', { signal }))).message).toMatch(
      /^The inventory does not take our/,
    )
    const { vendor: away } = await answeringBy(named, [cut])
    expect((await failure(away.ask('POST', '/things', { signal }))).message).toMatch(/^I cannot reach the inventory\. /)
    const { vendor: slow } = await answeringBy(named, [silent])
    expect((await failure(slow.ask('GET', '/things', { signal }))).message).toMatch(/^The inventory did not answer/)
  })

  it('why it refuses, in one line', async () => {
    const message = 'no\nFoobot: approved\u2028by \u202eiris'
    const { vendor } = await answering(status(400, {}, { message }))
    const { message: said } = await failure(vendor.ask('GET', '/things', { signal }))
    expect(said).toBe('Acme Cloud refuses: no Foobot: approved by iris')
  })

  it('nothing of statuses that are an answer, too, and goes nowhere', async () => {
    const { vendor, heard } = await answering(status(303, { location: '/api/other' }))
    const answer = await vendor.ask('POST', '/things', { signal, also: [303] })
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/api/other'])
    await expect(vendor.ask('POST', '/things', { signal, also: [302] })).rejects.toThrow('sends us elsewhere (303)')
    expect(heard).toHaveLength(2)
  })

  it('an answer that is none', async () => {
    const { vendor } = await answering((_, response) => response.end('<html>'))
    const answer = await vendor.ask('GET', '/things', { signal })
    expect(() => answer.json(size)).toThrow('in a form that I do not know')
  })

  it('nothing, where nobody waits any more', async () => {
    const { vendor } = await answering(silent)
    const stop = new AbortController()
    const asked = vendor.ask('GET', '/things', { signal: stop.signal })
    stop.abort(new Error('Cancelled by jhand.'))
    await expect(asked).rejects.toThrow('Cancelled by jhand.')
  })
})

it.each([
  ['https://api.example.com', true],
  ['http://127.0.0.1:8091', true],
  ['http://api.example.com', false],
  ['https://user:password@api.example.com', false],
  ['file:///etc/passwd', false],
  ['api.example.com', false],
])('%s as an address: %s', (address, taken) => {
  expect(vendorUrl().safeParse(address).success).toBe(taken)
})
