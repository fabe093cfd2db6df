import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { checkDesks } from '#cli/doctor/desk.ts'
import { companyWith } from '#core/policy/small-company.fixture.ts'
import { type Desk, makeDesk } from '#http/desk.ts'
import { deskDigests, deskFiles } from '#processes/desk-files.ts'
import { freePort } from '#processes/free-port.ts'

/** What doctor says of a desk that serves some files, where the bundle lists some digests. */

const running: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of running.splice(0)) await one.close()
})

const deskWith = async (files: ReadonlyMap<string, Uint8Array>): Promise<string> => {
  const port = await freePort()
  const origin = `http://desk.localhost:${port}`
  const desk: Desk = await makeDesk({
    clock: Date.now,
    origin,
    server: 'http://localhost:8080',
    host: '127.0.0.1',
    port,
    files,
  })
  running.push(desk)
  return origin
}

const look = (origin: string, files = deskDigests()) =>
  checkDesks({
    data: '',
    config: '',
    server: '',
    runners: [],
    now: 0,
    company: companyWith('', { desks: new Map([[origin, { tier: 'dangerous', files }]]) }),
  })

describe('doctor, of a desk', () => {
  it('is content where it serves what the bundle lists', async () => {
    const origin = await deskWith(deskFiles())
    const say = `${origin} serves what the bundle lists, ${deskDigests().size} files`
    expect(await look(origin)).toEqual([{ about: 'desk', level: 'ok', say }])
  })

  it('names each file that is another, or is not there', async () => {
    const files = new Map(deskFiles())
    const [first = '', second = ''] = files.keys()
    files.set(first, Buffer.concat([files.get(first) ?? Buffer.of(), Buffer.from(' ')]))
    files.delete(second)
    const [finding] = await look(await deskWith(files))
    expect(finding?.level).toBe('fail')
    expect(finding?.say).toContain(`does not serve what the bundle lists: ${first}, ${second}. Sign nothing there`)
  })

  it('fails what comes without its headers', async () => {
    const files = deskFiles()
    const server = createServer(({ url = '/' }, response) =>
      response.end(files.get(url === '/' ? 'index.html' : url.slice(1))),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    running.push(server)
    const [finding] = await look(`http://desk.localhost:${(server.address() as AddressInfo).port}`)
    expect(finding).toMatchObject({
      level: 'fail',
      say: expect.stringContaining('without its Content-Security-Policy'),
    })
  })

  it('fails a bundle that lists no files, and says where nothing answers', async () => {
    const nowhere = `http://desk.localhost:${await freePort()}`
    expect(await look(nowhere, new Map())).toMatchObject([
      { level: 'fail', say: expect.stringContaining('lists no files') },
    ])
    expect(await look(nowhere)).toMatchObject([{ level: 'warn', say: expect.stringContaining('Nothing answers') }])
  })
})
