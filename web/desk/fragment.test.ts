import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readFragment } from './fragment.ts'

const file = new URL('../../test/contract/vectors/formats.json', import.meta.url)
const [vector] = JSON.parse(readFileSync(file, 'utf8')).statements
const consent = Buffer.from(vector.payload, 'base64').toString('base64url')
const good = { consent, server: 'http://localhost:8080', person: 'bianca', as: 'approver', group: 'Backend' }
const link = (fields: Record<string, string>): string => new URLSearchParams(fields).toString()

it('reads who is asked for a yes, and to what', async () => {
  expect(await readFragment(link(good))).toMatchObject({
    kind: 'consent',
    code: vector.code,
    role: { person: 'bianca', as: 'approver', group: 'Backend' },
    server: 'http://localhost:8080',
    asked: { statement: { text: 'rebuild svr-1827 role=web' } },
  })
  const { group: _, ...own } = { ...good, as: 'requester', person: 'mansel' }
  expect(await readFragment(link(own))).toMatchObject({ role: { person: 'mansel', as: 'requester' } })
})

it('reads whose new key it is', async () => {
  const fields = { 'key-add': Buffer.alloc(16, 1).toString('base64url'), deployment: 'acme', person: 'bianca' }
  expect(await readFragment(link(fields))).toMatchObject({
    kind: 'key',
    owner: { deployment: 'acme', person: 'bianca' },
  })
  await expect(readFragment(link({ ...fields, server: 'http://localhost:8080' }))).rejects.toThrow('server')
})

it('finds nothing in nothing', async () => {
  expect(await readFragment('')).toEqual({ kind: 'nothing' })
})

it.each(Object.keys(good))('refuses a link without %s', async (name) => {
  const fields = Object.entries(good).filter(([field]) => field !== name)
  await expect(readFragment(new URLSearchParams(fields).toString())).rejects.toThrow()
})

it.each(Object.keys(good))('refuses a link with %s twice', async (name) => {
  await expect(readFragment(`${link(good)}&${name}=x`)).rejects.toThrow('twice')
})

it.each([
  ['server', 'http://localhost:8080/'],
  ['server', 'javascript:alert(1)'],
  ['server', 'http://a@localhost:8080'],
  ['person', 'mansel'],
  ['person', 'bianca '],
  ['person', 'bi\u0430nca'],
  ['group', 'Back\u200bend'],
  ['as', 'administrator'],
  ['as', 'requester'],
  ['consent', `${consent}=`],
  ['consent', consent.slice(0, -4)],
])('refuses %s %j', async (name, value) => {
  await expect(readFragment(link({ ...good, [name]: value }))).rejects.toThrow()
})
