import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../test/sandbox.fixture.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox('salesforce', '--batch', '500')
})
afterAll(() => sandbox?.stop())

const encoded = (part: unknown): string => Buffer.from(JSON.stringify(part)).toString('base64url')
const soon = (): number => Math.floor(Date.now() / 1000) + 120
const fine = () => ({
  iss: 'foobot-consumer-key',
  sub: 'foobot@acme.example',
  aud: 'https://login.salesforce.com',
  exp: soon(),
})
const assertion = (claims: unknown, { alg = 'RS256', key = sandbox.credential } = {}): string => {
  const signed = `${encoded({ alg })}.${encoded(claims)}`
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), createPrivateKey(key)).toString('base64url')}`
}
const signIn = async (given: string, grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer') => {
  const body = new URLSearchParams({ grant_type, assertion: given })
  const response = await fetch(`${sandbox.url}/services/oauth2/token`, { method: 'POST', body })
  return { status: response.status, body: JSON.parse(await response.text()) }
}
const get = async (path: string, token: string) => {
  const response = await fetch(sandbox.url + path, { headers: { authorization: `Bearer ${token}` } })
  return { status: response.status, body: JSON.parse(await response.text()) }
}

it('lets in who signs with the key of the app, for its user', async () => {
  expect(await signIn(assertion(fine()))).toMatchObject({ status: 200, body: { token_type: 'Bearer', scope: 'api' } })
})

it.each([
  [
    'another key',
    { ...fine() },
    { key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey },
    'invalid assertion',
  ],
  ['another app', { ...fine(), iss: 'other' }, {}, 'client identifier invalid'],
  ['another user', { ...fine(), sub: 'admin@acme.example' }, {}, "user hasn't approved this consumer"],
  ['another audience', { ...fine(), aud: 'https://evil.example' }, {}, 'audience is invalid'],
  ['the past', { ...fine(), exp: soon() - 121 }, {}, 'expired authorization code'],
  ['the far future', { ...fine(), exp: soon() + 3600 }, {}, 'expired authorization code'],
  ['no algorithm', fine(), { alg: 'none' }, 'invalid assertion'],
])('refuses %s', async (_, claims, more, error_description) => {
  const key = 'key' in more ? more.key.export({ type: 'pkcs8', format: 'pem' }).toString() : sandbox.credential
  const given = assertion(claims, { key, alg: 'alg' in more ? more.alg : 'RS256' })
  expect(await signIn(given)).toMatchObject({ status: 400, body: { error_description } })
})

it('refuses an altered assertion, another grant, and a token that it did not give', async () => {
  const [head, , signature] = assertion(fine()).split('.')
  const altered = [head, encoded({ ...fine(), sub: 'admin@acme.example' }), signature].join('.')
  expect((await signIn(altered)).body).toMatchObject({ error_description: 'invalid assertion' })
  expect((await signIn('')).status).toBe(400)
  expect((await signIn(assertion(fine()), 'password')).body).toMatchObject({ error: 'unsupported_grant_type' })
  expect(await get('/services/data/v66.0/query?q=SELECT+Id+FROM+Lead', 'stolen')).toMatchObject({
    status: 401,
    body: [{ errorCode: 'INVALID_SESSION_ID' }],
  })
})

it('pages by nextRecordsUrl, and says what is wrong with a query', async () => {
  const token = (await signIn(assertion(fine()))).body.access_token
  let { body } = await get('/services/data/v66.0/query?q=SELECT+Id+FROM+Lead', token)
  const seen = new Set<string>()
  for (;;) {
    for (const { Id } of body.records) seen.add(Id)
    if (body.done) break
    expect(body.records).toHaveLength(500)
    body = (await get(body.nextRecordsUrl, token)).body
  }
  expect(seen.size).toBe(body.totalSize)
  expect(await get("/services/data/v66.0/query?q=SELECT+Id+FROM+Lead+WHERE+'", token)).toMatchObject({
    status: 400,
    body: [{ errorCode: 'MALFORMED_QUERY' }],
  })
})
