import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Fault, orderFaults, sentenceOf } from '../../test/faults.fixture.ts'
import { handlersOf } from '../../test/plugin.fixture.ts'
import { type Sandbox, startSandbox } from '../../test/sandbox.fixture.ts'
import { startVendor } from '../../test/vendor.fixture.ts'
import { Inventory } from './client.ts'
import servers from './commands.ts'

/** What the room hears where the inventory does not do what it is asked. */

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox('servers', '--speed', '400')
})
afterAll(() => sandbox?.stop())

const connected = () =>
  handlersOf(servers, { baseUrl: sandbox.url, token: { file: sandbox.credentialFile }, timeLimit: 1 })
const toDb = { person: 'bianca', resource: 'prod-db' }

describe('looking', () => {
  it.each<[Fault, number, RegExp]>([
    [401, 1, /^The inventory does not take our credential: tell an administrator to renew it\./],
    [403, 1, /^The inventory does not let us do that: tell an administrator to look at our rights\./],
    [404, 1, /^There is no resource prod-db\.$/],
    [429, 1, /^The inventory takes no more requests from us now: say it again in 90 s\.$/],
    [500, 3, /^The inventory fails \(500\)\. Say it again later\./],
    ['cut', 3, /^I cannot reach the inventory\. Say it again later\.$/],
    ['hang', 1, /^The inventory did not answer within 1 s\. Say it again later\.$/],
  ])('%s', async (fault, times, said) => {
    const { inspect } = await connected()
    await orderFaults(sandbox, ...Array.from({ length: times }, () => fault))
    expect(await sentenceOf(inspect('acl add', toDb), [sandbox.credential])).toMatch(said)
    expect(await inspect('acl add', toDb)).toMatchObject({ id: 'prod-db' })
  })
})

describe('a change', () => {
  it.each<[Fault, string]>([
    [500, 'The inventory fails (500).'],
    ['cut', 'I cannot reach the inventory.'],
    ['hang', 'The inventory did not answer within 1 s.'],
  ])('that meets %s is not made again by itself', async (fault, said) => {
    const { inspect, run } = await connected()
    const resource = await inspect('acl add', toDb)
    // The second waits for a second request: it is still there when somebody looks.
    await orderFaults(sandbox, fault, 403)
    const sentence = await sentenceOf(run('acl add', toDb, { resource }), [sandbox.credential])
    expect(sentence).toContain(`${said} It may have happened or not: look there before you say it again.`)
    await expect(inspect('acl add', toDb)).rejects.toThrow('does not let us')
    expect(await inspect('acl add', toDb)).toMatchObject({ id: 'prod-db' })
  })

  it('that takes long is looked after while looks fail, and ends where the inventory knows nothing of it', async () => {
    const { run } = await connected()
    const asWeb = { server: 'svr-1827', role: 'web' }
    // Two looks before it, its beginning, and the first looks after it.
    await orderFaults(sandbox, 'pass', 'pass', 'pass', 500, 'cut', 429, 'hang')
    expect((await run('rebuild', asWeb)).answer).toBe('svr-1827 successfully rebuilt as role web!')
    await orderFaults(sandbox, 'pass', 'pass', 'pass', 404)
    await expect(run('rebuild', { ...asWeb, role: 'dba' })).rejects.toThrow(
      /^The inventory knows nothing of work \d+ any more\. It was begun, and may be done by now: look there/,
    )
  })
})

it('believes no access that is told for something else', async () => {
  const { at } = await startVendor(() => ({ body: { resource: 'prod-db', person: 'steve' } }))
  const inventory = new Inventory({ baseUrl: at }, () => 'token')
  const { signal } = new AbortController()
  await inventory.admit('prod-db', 'steve', signal)
  const other = inventory.admit('prod-db', 'bianca', signal)
  await expect(other).rejects.toThrow('and not for bianca and prod-db: look there at once.')
})
