import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { metricsOf, readinessOf } from '../operator.fixture.ts'
import { type Company, project, run, startCompany } from './company.ts'
import { makeMarkedCompany } from './marked-company.ts'

/** What who operates Foobot does to it, and what happens to it, against the real processes. */
const folder = mkdtempSync(join(tmpdir(), 'foobot-operating-'))
const data = join(folder, 'data')
const backups = join(folder, 'backups')
const marks = join(data, 'marks')
beforeAll(() => makeMarkedCompany(data))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const foobot = (...args: readonly string[]) => run(process.execPath, ['bin/foobot', ...args])
/** The lines of a process that did not start. */
const linesOf = ({ stdout, stderr }: { stdout: string; stderr: string }) => (stdout + stderr).trim().split('\n')

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

describe('a company that runs', () => {
  let company: Company
  beforeAll(async () => {
    company = await startCompany({ data })
  })
  afterAll(() => company?.stop())

  const ready = () => fetch(`${company.url}/readyz`)

  it('tells that it lives, that it is ready, and what it counts', async () => {
    expect(await (await fetch(`${company.url}/healthz`)).json()).toEqual({ ok: true })
    const answer = await ready()
    expect(answer.status).toBe(200)
    const needed = ['platform native', 'runner delivery', 'log', 'bundle', 'log files']
    expect(await answer.json()).toEqual({ ok: true })
    expect(await readinessOf(data)).toEqual({
      ok: true,
      parts: expect.arrayContaining(needed.map((part) => ({ part, ok: true }))),
    })
    expect((await company.say('jhand', 'devs', 'Foobot mark counted')).code).toBe(0)
    const metrics = await metricsOf(data)
    expect(metrics).toMatch(/^foobot_requests_ended_total\{state="done",tier="member"\} 1$/m)
    expect(metrics).toMatch(/^foobot_messages_for_us_total 1$/m)
    expect(metrics).toMatch(/^foobot_bundle_end_timestamp_seconds 1\d{9}$/m)
    expect(metrics).toMatch(/^foobot_log_leaves [1-9]\d*$/m)
  })

  it('is looked at by the doctor, who fails it for what an example is', async () => {
    const { code, stdout } = await company.foobot('doctor')
    expect(code).toBe(1)
    const of = (level: string) => stdout.split('\n').filter((line) => line.startsWith(level))
    expect(of('FAIL').map((line) => line.split(/ {2,}/)[1])).toEqual(
      expect.arrayContaining(['keys', 'users', 'soft spot']),
    )
    expect(of('FAIL').join()).not.toMatch(/ (server|clock|bundle|log|permissions) {2}/)
    expect(of('ok').map((line) => line.split(/ {2,}/)[1])).toEqual(
      expect.arrayContaining(['server', 'clock', 'bundle', 'draft', 'log', 'permissions']),
    )
  })

  it('tells the room when a runner dies in the middle of a command, repeats nothing, and starts the runner again', async () => {
    const held = company.say('jhand', 'devs', 'Foobot hold h1', '--json')
    await expect.poll(() => existsSync(join(marks, 'h1')), { timeout: 15_000 }).toBe(true)
    const runner = company.parts().delivery
    process.kill(runner, 'SIGKILL')
    await company.prints('runner delivery ended (SIGKILL): starting it again in 0.5 s')
    await expect.poll(async () => (await ready()).status, { interval: 20 }).toBe(503)
    expect(await readinessOf(data)).toMatchObject({
      ok: false,
      parts: expect.arrayContaining([{ part: 'runner delivery', ok: false, why: 'it is away' }]),
    })
    await expect.poll(async () => (await ready()).status, { timeout: 20_000 }).toBe(200)

    const { code, stdout } = await held
    expect(code).toBe(5)
    expect(stdout).toContain('This may or may not have happened: look at mark before you say it again.')
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ type: 'end', state: 'interrupted' })
    expect(readdirSync(marks).filter((name) => name.startsWith('h1'))).toEqual(['h1'])

    const next = company.parts().delivery
    expect(next).not.toBe(runner)
    process.kill(next, 'SIGKILL')
    await company.prints('starting it again in 1 s')
    await expect.poll(async () => (await ready()).status, { timeout: 20_000 }).toBe(200)
    expect((await company.say('jhand', 'devs', 'Foobot mark after')).code).toBe(0)
  })

  it('shares its data folder with no second server', async () => {
    const second = await foobot('start', '--data', data, '--port', '0')
    expect(second.code).toBe(1)
    expect(linesOf(second)).toEqual([expect.stringMatching(/^foobot: Another Foobot server uses this data folder\./)])
    expect((await ready()).status).toBe(200)
  })

  it('is backed up while it runs', async () => {
    const old = await company.foobot('backup', join(backups, 'old.db'))
    expect(old.stderr).toMatch(/^foobot: /)
    expect(old.code).not.toBe(0)
    mkdirSync(backups)
    expect(await company.foobot('backup', join(backups, 'old.db'))).toMatchObject({ code: 0, stderr: '' })
    expect(readFileSync(join(backups, 'old.db.checkpoint'), 'utf8')).toContain('acme/log')
    expect((await company.say('jhand', 'devs', 'Foobot mark later')).code).toBe(0)
    expect((await company.foobot('backup', join(backups, 'new.db'))).code).toBe(0)
  })
})

describe('restoring', () => {
  const database = join(data, 'server', 'foobot.db')
  const restore = (copy: string): void => {
    for (const end of ['', '-wal', '-shm']) rmSync(`${database}${end}`, { force: true })
    cpSync(join(backups, copy), database)
  }

  it('an old copy is refused: the log would fork', async () => {
    restore('old.db')
    const refused = await foobot('start', '--data', data, '--port', '0')
    expect(refused.code).toBe(1)
    expect(linesOf(refused)).toEqual([
      expect.stringMatching(/^foobot: The log files hold more than the database: an old copy was restored\./),
    ])
  })

  it('an old copy stops the server at the first runner that has seen more, where the log’s files are gone too', async () => {
    const without = join(folder, 'without')
    cpSync(data, without, { recursive: true })
    rmSync(join(without, 'log'), { recursive: true })
    const server = foobot('start', '--data', without, '--port', '0')
    await expect.poll(() => existsSync(join(without, 'server', 'runners.sock')), { timeout: 15_000 }).toBe(true)
    const runner = spawn(
      process.execPath,
      ['bin/foobot', 'runner', '--config', join(without, 'runners', 'delivery', 'runner.yaml')],
      { cwd: project, stdio: 'ignore' },
    )
    const { code, stderr } = await server
    runner.kill('SIGKILL')
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^foobot: A runner has seen more of the log than the database holds: an old copy was restored\./m,
    )
  })

  it('the newest copy works', async () => {
    restore('new.db')
    const company = await startCompany({ data })
    expect((await company.say('jhand', 'devs', 'Foobot mark restored')).code).toBe(0)
    expect((await company.foobot('log', 'verify')).code).toBe(0)
    await company.stop()
  })
})

describe('a start that cannot be', () => {
  const busy = createServer()
  beforeAll(() => new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve)))
  afterAll(() => busy.close())

  const start = (...args: readonly string[]) => run(process.execPath, ['src/processes/up.ts', ...args])

  it('ends with one line where the port is busy', async () => {
    const { port } = busy.address() as AddressInfo
    const { code, stdout, stderr } = await start('--data', data, '--port', String(port))
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(linesOf({ stdout, stderr })).toEqual([
      `foobot: I cannot listen on port ${port}: another program uses it. Stop that one, or give another with --port.`,
    ])
  })

  it.each<readonly [string, (copy: string) => void, RegExp]>([
    [
      'the configuration is broken',
      (copy) => writeFileSync(join(copy, 'server', 'server.yaml'), 'port: many\n'),
      /server\.yaml/,
    ],
    ['the log’s key is missing', (copy) => rmSync(join(copy, 'server', 'log.key')), /log\.key cannot be used: ENOENT/],
    ['its folder is something else', (copy) => rmSync(join(copy, 'server'), { recursive: true }), /no Foobot company/],
  ])('ends with one line for each finding where %s', async (name, breaks, line) => {
    const copy = join(folder, name.replaceAll(/\W+/g, '-'))
    cpSync(data, copy, { recursive: true })
    breaks(copy)
    const ended = await start('--data', copy, '--port', '0')
    expect(ended.code).toBe(1)
    for (const finding of linesOf(ended)) expect(finding).toMatch(/^foobot: /)
    expect(linesOf(ended)[0]).toMatch(line)
  })
})

it('a server that dies while it starts is started again', async () => {
  const up = spawn(process.execPath, ['src/processes/up.ts', '--data', data, '--port', '0'], { cwd: project })
  let said = ''
  for (const stream of [up.stdout, up.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  const children = `/proc/${up.pid}/task/${up.pid}/children`
  const serverOf = (): number | undefined =>
    readFileSync(children, 'utf8')
      .trim()
      .split(' ')
      .filter((pid) => pid !== '')
      .map(Number)
      .find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('start'))
  await expect.poll(serverOf, { timeout: 20_000, interval: 5 }).toBeGreaterThan(0)
  process.kill(serverOf() ?? 0, 'SIGKILL')
  await expect.poll(() => said, { timeout: 60_000 }).toContain('Foobot is listening on')
  expect(said).toContain('server ended (SIGKILL): starting it again in 0.5 s')
  const ended = new Promise((resolve) => up.once('exit', resolve))
  up.kill('SIGTERM')
  expect(await ended).toBe(0)
})

describe('stopping', () => {
  /** What a terminal does to everything in its foreground. */
  const all = (pids: readonly number[], signal: NodeJS.Signals): void => {
    for (const pid of pids) process.kill(pid, signal)
  }

  it.each<readonly [string, (up: number, parts: readonly number[]) => void, number]>([
    ['Ctrl-C', (up, parts) => all([up, ...parts], 'SIGINT'), 0],
    ['SIGTERM to the parent', (up) => all([up], 'SIGTERM'), 0],
    ['the death of the parent', (up) => all([up], 'SIGKILL'), 128],
  ])('by %s leaves no process behind, and a folder that starts again', async (how, stop, code) => {
    const company = await startCompany({ data })
    const parts = company.parts().all
    expect(parts.every(isAlive)).toBe(true)
    const name = how.replaceAll(/\W+/g, '-')
    const client = spawn(
      process.execPath,
      [
        'bin/foobot',
        'say',
        '--as',
        'jhand',
        '--room',
        'devs',
        '--server',
        company.url,
        '--data',
        data,
        `Foobot hold ${name}`,
      ],
      { cwd: project, stdio: 'ignore' },
    )
    await expect.poll(() => existsSync(join(marks, name)), { timeout: 15_000 }).toBe(true)

    stop(company.pid, parts)
    expect(await company.ended).toBe(code)
    await expect.poll(() => parts.filter(isAlive), { timeout: 15_000 }).toEqual([])
    expect(existsSync(join(data, 'server', 'runners.sock'))).toBe(false)
    // It would go on dialling for a minute.
    client.kill('SIGKILL')
    await company.stop()
  })
})
