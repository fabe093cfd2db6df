import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Counter, Registry } from 'prom-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeOperator } from '#http/operator.ts'

const parts = [{ part: 'runner delivery', ok: false, why: 'away since 02:14' }]
const registry = new Registry()
new Counter({ name: 'foobot_test_total', help: 'A test', registers: [registry] }).inc(3)
const operator = makeOperator(() => ({ ok: false, parts }), registry)
let port = 0
beforeAll(async () => {
  await new Promise<void>((resolve) => operator.listen(0, '127.0.0.1', resolve))
  port = (operator.address() as AddressInfo).port
})
afterAll(() => void operator.close())

const ask = (path: string, host: string, method = 'GET') =>
  new Promise<{ status: number; text: string }>((resolve, reject) => {
    const asked = request({ port, path, method, headers: { host } }, (answer) => {
      let text = ''
      answer.on('data', (chunk) => {
        text += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
    })
    asked.on('error', reject)
    asked.end()
  })

describe('the operator’s listener', () => {
  it.each(['localhost', '127.0.0.1:9464', '[::1]:9464'])(
    'tells what is counted and what is not ready to %s',
    async (host) => {
      expect(await ask('/metrics', host)).toMatchObject({
        status: 200,
        text: expect.stringContaining('foobot_test_total 3'),
      })
      expect(await ask('/readyz', host)).toEqual({ status: 503, text: JSON.stringify({ ok: false, parts }) })
    },
  )

  it.each(['evil.example', 'localhost.evil.example', 'foobot.acme.example:9464', '10.0.0.1'])(
    'tells a page that goes by %s nothing',
    async (host) => {
      expect((await ask('/metrics', host)).status).toBe(421)
      expect((await ask('/readyz', host)).text).not.toContain('delivery')
    },
  )

  it('is only read, and has nothing else', async () => {
    expect((await ask('/metrics', 'localhost', 'POST')).status).toBe(405)
    expect((await ask('/', 'localhost')).status).toBe(404)
  })
})
