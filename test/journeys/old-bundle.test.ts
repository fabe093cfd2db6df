import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apply } from '#cli/bundle/apply.ts'
import { runnersIn } from '#cli/bundle/propose.ts'
import { findSigners } from '#client/find-signer.ts'
import { declaredBy } from '#processes/declared.ts'
import { administratorOf } from '#processes/example.ts'
import { freePort } from '#processes/free-port.ts'
import { readinessOf } from '../operator.fixture.ts'
import { project, run, type Said } from './company.ts'
import { makeMarkedCompany } from './marked-company.ts'

const folder = mkdtempSync(join(tmpdir(), 'foobot-old-bundle-'))
const data = join(folder, 'data')
const children: ChildProcess[] = []
let url = ''

const start = (...args: readonly string[]): void => {
  children.push(spawn(process.execPath, ['bin/foobot', ...args], { cwd: project, stdio: 'ignore' }))
}
const stopAll = async (): Promise<void> => {
  await Promise.all(
    children.splice(0).map(async (child) => {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await gone
    }),
  )
}
const startAll = (): void => {
  start('start', '--data', data, '--port', new URL(url).port)
  start('runner', '--config', join(data, 'runners', 'delivery', 'runner.yaml'))
}
const foobot = (...args: readonly string[]): Promise<Said> =>
  run(process.execPath, ['bin/foobot', ...args], {
    ...process.env,
    FOOBOT_SERVER: url,
    FOOBOT_DATA: data,
    NO_COLOR: '1',
  })
const says = (person: string, text: string): Promise<Said> =>
  foobot('say', '--as', person, '--room', 'devs', `Foobot ${text}`)
const status = async (): Promise<number | undefined> => (await fetch(`${url}/readyz`).catch(() => undefined))?.status
const partOf = async (name: string) => {
  const told = await readinessOf(data).catch(() => undefined)
  return told?.parts.find(({ part }) => part === name)
}

const over =
  /The company's rules \(bundle 1\) ended on .*: until administrators renew them \("foobot apply"\), I take only help/

/** A company whose administrators were on holiday: its one bundle, of a day's life, ended an hour ago. */
describe('a company whose bundle has ended', () => {
  beforeAll(async () => {
    await makeMarkedCompany(data)
    const administrator = administratorOf(data)
    const place = { config: join(data, 'company'), data }
    await apply({
      ...place,
      runners: runnersIn(data),
      days: 1,
      now: Math.floor(Date.now() / 1000) - 25 * 3600,
      declaredBy,
      codesHere: async () => [],
      signers: () => findSigners({ ...administrator, data }),
      print: () => undefined,
      ask: async () => 'yes',
    })
    url = `http://127.0.0.1:${await freePort()}`
    startAll()
  })
  afterAll(async () => {
    await stopAll()
    rmSync(folder, { recursive: true, force: true })
  })

  it('starts, its runner too, and is not ready: it says why', async () => {
    await expect
      .poll(() => partOf('runner delivery'), { timeout: 30_000 })
      .toEqual({ part: 'runner delivery', ok: true })
    expect(await status()).toBe(503)
    expect(await partOf('bundle')).toMatchObject({
      ok: false,
      why: expect.stringMatching(
        /^Bundle 1 ended on .* UTC: nothing runs any more\. Administrators, renew it: foobot apply\.$/,
      ),
    })
    const doctor = await foobot('doctor')
    expect(doctor.stdout).toMatch(/^FAIL {2}bundle +Bundle 1 ended on /m)
  })

  it('lets people in, who have help, and answers all else with one sentence', async () => {
    for (const line of ['mark one', 'git status', 'whoami', 'approve slick', 'auth me push']) {
      const said = await says('jhand', line)
      expect(said.stdout, line).toMatch(over)
      expect(said.code, line).toBe(4)
    }
    const help = await says('jhand', 'help')
    expect(help.stdout).toMatch(over)
    expect(help.stdout).toContain('deny <which>')
    expect(help.code).toBe(0)
  })

  it('has its history and its log, hears no webhook, and takes the removal of a key', async () => {
    expect((await foobot('requests', '--as', 'jhand')).code).toBe(0)
    expect((await foobot('log', 'verify')).code).toBe(0)
    const posted = await fetch(`${url}/hooks/on-call`, { method: 'POST', body: '{}' })
    expect(posted.status).toBe(503)
    const removed = await foobot('key', 'remove', join(data, 'keys', 'fiona.pub'), '--as', 'fiona', '--yes')
    expect(removed).toMatchObject({ code: 0, stdout: expect.stringContaining("Removed for good: fiona's") })
    const added = await foobot('key', 'add', '--as', 'jhand', '--new-key', join(data, 'keys', 'steve.pub'))
    expect(added.code).not.toBe(0)
  })

  it('starts again under it', async () => {
    await stopAll()
    startAll()
    await expect.poll(() => partOf('runner delivery'), { timeout: 30_000 }).toMatchObject({ ok: true })
    expect((await says('jhand', 'mark two')).stdout).toMatch(over)
  })

  it('works again as soon as an administrator has renewed it', async () => {
    const applied = await foobot('apply', '--yes')
    expect(applied.stderr).toBe('')
    expect(applied.stdout).toContain('Version 2 of acme renews version 1, and changes nothing else.')
    expect(applied.code).toBe(0)
    await expect.poll(() => partOf('bundle'), { timeout: 15_000 }).toEqual({ part: 'bundle', ok: true })
    await expect
      .poll(() => partOf('runner delivery'), { timeout: 15_000 })
      .toEqual({ part: 'runner delivery', ok: true })
    const said = await says('jhand', 'mark three')
    expect(said.code).toBe(0)
    expect(readdirSync(join(data, 'marks'))).toEqual(['three'])
  })
})
