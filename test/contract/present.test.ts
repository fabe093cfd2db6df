import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Envelope } from '#core/statement/fields.ts'
import { type Http, makeHttp } from '#http/server.ts'
import type { FromPhone } from '#wire/phone.ts'

const desk = 'http://desk.localhost:8081'
const envelope: Envelope = {
  payloadType: 'application/vnd.foobot.consent.v2+json',
  payload: 'e30=',
  signatures: [{ keyid: '', sig: 'AAAA' }],
}

let http: Http
let desks: string[]
let taken: Envelope[]
let woken: FromPhone[]
beforeEach(async () => {
  desks = [desk]
  taken = []
  woken = []
  http = await makeHttp({
    host: '127.0.0.1',
    port: 0,
    clock: Date.now,
    newNonce: () => '0'.repeat(32),
    deployment: 'acme',
    companyName: () => 'Acme',
    personKeys: () => [],
    ready: () => true,
    present: async (signed) => {
      taken.push(signed)
      return { accepted: true, say: 'Approved.' }
    },
    phone: async (asked) => {
      woken.push(asked)
      return { type: 'right' }
    },
    deskOrigins: () => desks,
    native: () => undefined,
    log: { info: () => undefined },
  })
})
afterEach(() => http.close())

type Asking = {
  readonly path?: string
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string
}

const ask = ({ path = '/present', method = 'POST', headers = {}, body = JSON.stringify(envelope) }: Asking = {}) =>
  new Promise<{ status: number; allowed: unknown; text: string }>((resolve, reject) => {
    const all = { host: `127.0.0.1:${http.port}`, 'content-type': 'application/json', ...headers }
    const asked = request({ port: http.port, path, method, headers: all }, async (answer) => {
      const text = Buffer.concat(await answer.toArray()).toString()
      resolve({ status: answer.statusCode ?? 0, allowed: answer.headers['access-control-allow-origin'], text })
    })
    asked.on('error', reject).end(method === 'POST' ? body : undefined)
  })

describe('POST /present', () => {
  it('hands on an envelope and says what was answered', async () => {
    const answer = await ask({ headers: { origin: desk } })
    expect(answer).toEqual({ status: 200, allowed: desk, text: '{"accepted":true,"say":"Approved."}' })
    expect(taken).toEqual([envelope])
  })

  it('takes what is no page’s, as from a terminal', async () => {
    expect(await ask()).toMatchObject({ status: 200, allowed: undefined })
  })

  it.each([
    'http://desk.localhost:8082',
    'http://a.desk.localhost:8081',
    'https://desk.localhost:8081',
    'http://evil.example',
    'null',
  ])('takes nothing from a page of %s', async (origin) => {
    expect(await ask({ headers: { origin } })).toMatchObject({ status: 403, allowed: undefined })
    const preflight = { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } }
    expect((await ask(preflight)).allowed).toBeUndefined()
    expect(taken).toEqual([])
  })

  it('asks at each request which desks there are', async () => {
    desks.length = 0
    expect(await ask({ headers: { origin: desk } })).toMatchObject({ status: 403, allowed: undefined })
    desks.push(desk)
    expect(await ask({ headers: { origin: desk } })).toMatchObject({ status: 200 })
  })

  it.each([
    ['nothing', ''],
    ['no JSON', 'x'],
    ['no envelope', '{}'],
    ['a key twice', JSON.stringify(envelope).replace('"payload":', '"payload":"e31=","payload":')],
    ['an unknown field', JSON.stringify({ ...envelope, as: 'approver' })],
    ['no signature', JSON.stringify({ ...envelope, signatures: [] })],
    ['more than an envelope has', JSON.stringify({ ...envelope, payload: 'AAAA'.repeat(5000) })],
  ])('refuses %s', async (_, body) => {
    expect(await ask({ body })).toMatchObject({
      status: 400,
      text: '{"accepted":false,"say":"That is no signed envelope."}',
    })
    expect(taken).toEqual([])
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-8'])(
    'refuses the type %s, which a page may send without asking',
    async (type) => {
      expect(await ask({ headers: { 'content-type': type } })).toMatchObject({ status: 415 })
      expect(taken).toEqual([])
    },
  )

  it('is no page', async () => {
    expect((await ask({ method: 'GET' })).status).toBe(404)
  })
})

describe('POST /phone', () => {
  const path = '/phone'
  const body = JSON.stringify({ ask: 'answer', wake: '1'.repeat(32), answer: '482' })

  it('hands on what a phone asks, from a desk’s page or a program', async () => {
    for (const headers of [{ origin: desk }, {}]) {
      expect(await ask({ path, headers, body })).toMatchObject({ status: 200, text: '{"type":"right"}' })
    }
    expect(woken).toEqual([JSON.parse(body), JSON.parse(body)])
  })

  it('hands on nothing from another page, of another type, or in another form', async () => {
    const origin = 'http://evil.example'
    expect(await ask({ path, headers: { origin }, body })).toMatchObject({ status: 403, allowed: undefined })
    expect(await ask({ path, headers: { 'content-type': 'text/plain' }, body })).toMatchObject({ status: 415 })
    for (const wrong of [
      '',
      'x',
      '{}',
      '{"ask":"answer","wake":"1","answer":"482"}',
      body.replace('482', '4'.repeat(65)),
    ]) {
      expect(await ask({ path, body: wrong })).toMatchObject({ status: 400, text: expect.stringContaining('"over"') })
    }
    expect(woken).toEqual([])
  })
})
