import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../test/sandbox.fixture.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox('networks')
})
afterAll(() => sandbox?.stop())

const bearer = (name: string) => ({
  authorization: `Bearer ${readFileSync(join(sandbox.data, `credential.${name}`), 'utf8').trim()}`,
})
const ask = async (path: string, headers: Record<string, string> = {}, body?: unknown) => {
  const content = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
  const response = await fetch(sandbox.url + path, { headers, ...content })
  const text = await response.text()
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text), headers: response.headers }
}

describe('the networks sandbox', () => {
  it('answers nobody without a credential, each network in its own form', async () => {
    expect(await ask('/x/2/users/me')).toMatchObject({ status: 401, body: { title: 'Unauthorized', status: 401 } })
    expect(await ask('/facebook/v25.0/1/published_posts')).toMatchObject({
      status: 401,
      body: { error: { code: 190 } },
    })
    expect(await ask('/linkedin/rest/posts')).toMatchObject({ status: 401, body: { serviceErrorCode: 65_600 } })
    expect(await ask('/mastodon/api/v1/statuses')).toMatchObject({ status: 401, body: { error: expect.any(String) } })
    expect((await ask('/myspace/posts')).status).toBe(404)
  })

  it('wants a version of LinkedIn, and a text whose signs are escaped', async () => {
    const headers = { ...bearer('linkedin'), 'x-restli-protocol-version': '2.0.0' }
    expect((await ask('/linkedin/rest/posts', headers)).body).toMatchObject({ code: 'NONEXISTENT_VERSION' })
    const post = (commentary: string) =>
      ask(
        '/linkedin/rest/posts',
        { ...headers, 'linkedin-version': '202609' },
        {
          author: 'urn:li:organization:5515715',
          commentary,
          visibility: 'PUBLIC',
          lifecycleState: 'PUBLISHED',
          content: { article: { source: 'https://example.com', title: 'A title' } },
        },
      )
    expect((await post('Hello (all)')).status).toBe(422)
    expect((await post('Hello \\(all\\)')).headers.get('x-restli-id')).toMatch(/^urn:li:share:\d+$/)
  })

  it('makes one status of a key on Mastodon', async () => {
    const post = async (key: string) =>
      (await ask('/mastodon/api/v1/statuses', { ...bearer('mastodon'), 'idempotency-key': key }, { status: 'Hi' })).body
        .id
    expect(await post('a')).toBe(await post('a'))
    expect(await post('b')).not.toBe(await post('a'))
  })
})
