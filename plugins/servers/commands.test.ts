import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { handlersOf } from '../../test/plugin.fixture.ts'
import { type Sandbox, startSandbox } from '../../test/sandbox.fixture.ts'
import servers from './commands.ts'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox('servers', '--speed', '2000')
})
afterEach(() => sandbox.stop())

const connected = (more = {}) =>
  handlersOf(servers, { baseUrl: sandbox.url, token: { file: sandbox.credentialFile }, ...more })

/** What is stored, whatever anybody says. */
const stored = (sql: string): unknown => {
  const database = new DatabaseSync(join(sandbox.data, 'servers.sqlite'), { readOnly: true, timeout: 5000 })
  const [value] = Object.values(database.prepare(sql).get() ?? {})
  database.close()
  return value
}
const roleOf = () => stored("SELECT role FROM servers WHERE name = 'svr-1827'")

describe('rebuild', () => {
  const asWeb = { server: 'svr-1827', role: 'web' }

  it('names the role that the server has, which owns it', async () => {
    const { inspect } = await connected()
    expect(await inspect('rebuild', asWeb)).toEqual({
      type: 'Server',
      id: 'svr-1827',
      owner: 'backend',
      facts: { role: 'backend' },
      say: 'svr-1827 currently has role backend.',
    })
  })

  it('takes a while, says where it stands, and changes the role', async () => {
    sandbox = await sandbox.again('--speed', '400')
    const { run, inspect } = await connected()
    const { said, progress, answer } = await run('rebuild', asWeb)
    expect(said).toEqual(['Rebuilding svr-1827 as role web. See you in 10 minutes...'])
    expect(progress.length).toBeGreaterThan(2)
    expect(progress[0]?.[0]).toBe('svr-1827: draining')
    const parts = progress.map(([, part]) => part ?? 0)
    expect(parts).toEqual(parts.toSorted((a, b) => a - b))
    expect(answer).toBe('svr-1827 successfully rebuilt as role web!')
    expect(roleOf()).toBe('web')
    expect(await inspect('rebuild', asWeb)).toMatchObject({ owner: 'web', facts: { role: 'web' } })
  })

  it('is not begun where the role is another than the one that was seen', async () => {
    const { run, inspect } = await connected()
    const resource = await inspect('rebuild', asWeb)
    await run('rebuild', { ...asWeb, role: 'dba' }, { resource })
    await expect(run('rebuild', asWeb, { resource })).rejects.toThrow('svr-1827 has role dba, not backend.')
    expect(roleOf()).toBe('dba')
  })

  it('goes on while the inventory is away, and nobody says that it failed', async () => {
    sandbox = await sandbox.again('--speed', '400')
    const { port } = new URL(sandbox.url)
    const { run } = await connected()
    const ended = run('rebuild', asWeb)
    await expect.poll(() => stored('SELECT count(*) FROM jobs')).toBe(1)
    sandbox = await sandbox.again('--speed', '400', '--port', port)
    expect((await ended).answer).toBe('svr-1827 successfully rebuilt as role web!')
  })

  it('stops waiting when it is told to stop', async () => {
    sandbox = await sandbox.again('--speed', '1')
    const { run } = await connected()
    const stop = new AbortController()
    const ended = run('rebuild', asWeb, { signal: stop.signal })
    await expect.poll(() => stored('SELECT count(*) FROM jobs')).toBe(1)
    stop.abort(new Error('The runner was stopped.'))
    await expect(ended).rejects.toThrow()
    expect(roleOf()).toBe('backend')
  })

  it.each([
    [{ server: 'svr-9999' }, 'There is no server svr-9999.'],
    [{ role: 'god' }, 'There is no role god: backend, dba, web.'],
    [{ server: '..' }, '".." is no name of anything.'],
    [{ server: 'svr-1827/../../jobs/1' }, 'There is no server svr-1827/../../jobs/1.'],
    [{ server: '%2e%2e' }, 'There is no server %2e%2e.'],
  ])('of %j is refused before anybody is asked', async (wrong, why) => {
    const { inspect } = await connected()
    await expect(inspect('rebuild', { ...asWeb, ...wrong })).rejects.toThrow(why)
  })
})

describe('acl add', () => {
  const toDb = { person: 'bianca', resource: 'prod-db' }
  const people = () => stored("SELECT group_concat(person) FROM access WHERE resource = 'prod-db'")

  it('says what access is to, and gives it', async () => {
    const { run, inspect } = await connected()
    const { resource, answer } = await run('acl add', toDb)
    expect(resource).toMatchObject({
      id: 'prod-db',
      owner: 'dba',
      facts: { grants: 'read and write every row of the production database' },
    })
    expect(answer).toBe('bianca now has access to prod-db.')
    expect(people()).toContain('bianca')
    await expect(inspect('acl add', toDb)).rejects.toThrow('bianca has access to prod-db already.')
  })

  it('keeps a person one person, whatever the name', async () => {
    const { run } = await connected()
    await run('acl add', { ...toDb, person: 'mallory/../../build-hosts/people/mallory' })
    expect(stored("SELECT count(*) FROM access WHERE resource = 'build-hosts'")).toBe(1)
  })
})

describe('the inventory', () => {
  it('that takes another token is not told what ours is, and one that is away leaves no doubt after a look', async () => {
    const look = { server: 'svr-1827', role: 'web' }
    const other = await connected({ token: { env: 'PATH' } })
    await expect(other.inspect('rebuild', look)).rejects.toThrow(
      'The inventory does not take our credential: tell an administrator to renew it.',
    )
    const away = await connected({ baseUrl: 'http://127.0.0.1:9' })
    await expect(away.inspect('rebuild', look)).rejects.toThrow(/^I cannot reach the inventory\. Say it again later\.$/)
    const { resource } = await (await connected()).run('acl add', { person: 'bianca', resource: 'prod-db' })
    await expect(away.run('acl add', { person: 'x', resource: 'prod-db' }, { resource })).rejects.toThrow(
      'It may have happened or not: look there before you say it again.',
    )
    await expect(connected({ baseUrl: 'http://inventory.example' })).rejects.toThrow('https://')
  })
})
