import { secret } from 'foobot'
import { expect, it } from 'vitest'
import { startVendor } from '../../../test/vendor.fixture.ts'
import { X } from './x.ts'

const key = secret().parse({ env: 'PATH' })
const keys = { consumerKey: key, consumerSecret: key, token: key, tokenSecret: key }
const { signal } = new AbortController()
const link = 'https://www.brighttalk.com/webcast/1/5'

const finding = async (timeline: object) => {
  const { at } = await startVendor(({ url }) => ({
    body: url.startsWith('/2/users/me') ? { data: { id: '1' } } : timeline,
  }))
  return new X({ baseUrl: at, ...keys }, 1).find(link, new Date(0), signal)
}

it('finds a post of ours, or none', async () => {
  const entities = { urls: [{ expanded_url: link }] }
  expect(await finding({ data: [{ id: '7', entities }] })).toEqual({ url: 'https://x.com/i/web/status/7' })
  expect(await finding({ meta: { result_count: 0 } })).toBeUndefined()
})

it('does not take for none what X could not read', async () => {
  const asked = finding({ errors: [{ title: 'Not Found Error', detail: 'Could not find it' }] })
  await expect(asked).rejects.toThrow('X answered in a form that I do not know')
})
