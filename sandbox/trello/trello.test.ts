import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../test/sandbox.fixture.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox('trello')
})
afterAll(() => sandbox?.stop())

const lineOf = (file: string): string => readFileSync(join(sandbox.data, file), 'utf8').trim()
const header = (token: string): string =>
  `OAuth oauth_consumer_key="${lineOf('credential.key')}", oauth_token="${token}"`
const ask = async (path: string, authorization = header(lineOf('credential.token'))) => {
  const response = await fetch(`${sandbox.url}/1/boards/${path}`, { headers: { authorization } })
  return { status: response.status, text: await response.text() }
}
const cards = async (query: string): Promise<{ id: string; name?: string }[]> =>
  JSON.parse((await ask(`cOnTeNt1/cards?fields=name&${query}`)).text)

describe('the Trello sandbox', () => {
  it('answers nobody without key and token, and takes them in the address too', async () => {
    expect(await ask('cOnTeNt1', '')).toEqual({ status: 401, text: 'invalid key' })
    expect(await ask('cOnTeNt1', header('wrong'))).toEqual({ status: 401, text: 'invalid app token' })
    const query = `key=${lineOf('credential.key')}&token=${lineOf('credential.token')}`
    expect((await ask(`cOnTeNt1?${query}`, '')).status).toBe(200)
  })

  it('gives the fields that are asked for, and says what it does not find', async () => {
    expect(JSON.parse((await ask('cOnTeNt1?fields=name')).text)).toEqual({ id: expect.any(String), name: 'Content' })
    expect((await ask('nothing')).status).toBe(404)
  })

  it('gives the newest cards first, and those before an id', async () => {
    const [first, second, third] = await cards('limit=3')
    expect((await cards(`limit=1&before=${first?.id}`))[0]).toEqual(second)
    expect((await cards(`limit=2&before=${first?.id}`))[1]).toEqual(third)
  })
})
