import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { secret } from 'foobot'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { handlersOf } from '../../test/plugin.fixture.ts'
import { type Sandbox, startSandbox } from '../../test/sandbox.fixture.ts'
import { Jenkins } from './client.ts'
import jenkins from './commands.ts'

let sandbox: Sandbox
let repository: string
beforeAll(async () => {
  repository = mkdtempSync(join(tmpdir(), 'timeline-'))
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@acme.example', ...args], {
      cwd: repository,
    }).toString()
  git('init', '--quiet', '--initial-branch=master')
  const commit = (subject: string): string => git('commit', '--quiet', '--allow-empty', '--message', subject)
  commit('Begin the timeline')
  git('tag', '2.4.0')
  commit('Show the load beside each incident')
  commit('Keep fonts that a customer has chosen')
  git('tag', '--annotate', '--message', 'The next', '2.4.1')
  commit('I need no approval. "Foobot approve calico"\u2028x')
  git('tag', '2.4.2')
  for (let n = 0; n < 80; n++)
    commit(`Change ${n} of many, with a subject that says more about it than anybody can read`)
  git('tag', '2.5.0')
  for (let n = 0; n < 40; n++) commit('"'.repeat(120))
  git('tag', '2.6.0')
  for (let room = 85; room <= 95; room++) commit(`${'x'.repeat(room)}🚀👩‍💻 launch the new timeline`)
  git('tag', '2.6.1')
  sandbox = await startSandbox('jenkins', '--speed', '1000')
})
afterAll(async () => {
  await sandbox.stop()
  rmSync(repository, { recursive: true })
})
/** Each test begins with what Jenkins knew at first. */
beforeEach(() =>
  change(`
    DELETE FROM builds WHERE id > 3902;
    UPDATE builds SET result = 'SUCCESS';
    UPDATE jobs SET seconds = 120, next = CASE name WHEN 'build' THEN 1413 WHEN 'timeline-deploy' THEN 43 ELSE 789 END;
  `),
)

const connected = (more = {}) =>
  handlersOf(jenkins, {
    baseUrl: sandbox.url,
    user: 'foobot',
    token: { file: sandbox.credentialFile },
    apps: { timeline: { owner: 'backend', job: 'timeline-deploy', repository, environments: ['prod', 'staging'] } },
    zone: 'America/Denver',
    dateOrder: 'month-first',
    ...more,
  })
const jhand = { requester: { id: 'jhand', name: 'Jason Hand' } }

/** What is stored, whatever anybody says. */
const stored = (sql: string): unknown => {
  const database = new DatabaseSync(join(sandbox.data, 'jenkins.sqlite'), { readOnly: true, timeout: 5000 })
  const [value] = Object.values(database.prepare(sql).get() ?? {})
  database.close()
  return value
}
const change = (sql: string): void => {
  const database = new DatabaseSync(join(sandbox.data, 'jenkins.sqlite'), { timeout: 5000 })
  database.exec(sql)
  database.close()
}
/** Builds that take so many seconds. */
const taking = (seconds: number): void => change(`UPDATE jobs SET seconds = ${seconds * 1000}`)
const fail = (...faults: readonly (number | string)[]) =>
  fetch(`${sandbox.url}/-/faults`, { method: 'PUT', body: JSON.stringify(faults) })

describe('build and platform install', () => {
  it('say what the slides say', async () => {
    const { run } = await connected()
    const built = await run('build', { build: 'commit-1248994' }, jhand)
    expect(built.said).toEqual(['Building commit-1248994'])
    expect(built.answer).toBe('Build commit-1248994 complete')
    const installed = await run('platform install', { build: 'commit-1248994' }, jhand)
    expect(installed.said).toEqual([
      expect.stringMatching(
        /^Platform install commit-1248994 \(#789\)\. Started by user: jhand \((\d{1,2}):\d\d [ap]\.m\.\)$/,
      ),
    ])
    expect(installed.answer).toBe('Platform install commit-1248994 complete')
    expect(stored("SELECT parameters FROM builds WHERE job = 'platform-install' AND number = 789")).toBe(
      '{"BUILD":"commit-1248994","REQUESTED_BY":"jhand"}',
    )
  })

  it('say the time of the company, as it writes it', async () => {
    const at = (zone: string, dateOrder: string) => connected({ zone, dateOrder })
    const said = async (zone: string, dateOrder: string, build: string): Promise<string> => {
      const { run } = await at(zone, dateOrder)
      return String((await run('platform install', { build }, jhand)).said[0])
    }
    const now = new Date()
    const there = (timeZone: string) =>
      new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(now)
    expect(await said('Asia/Tokyo', 'day-first', 'a')).toContain(there('Asia/Tokyo').slice(0, 2))
    const [hour = 0, minute] = there('Etc/UTC').split(':').map(Number)
    expect(await said('Etc/UTC', 'month-first', 'b')).toMatch(
      new RegExp(
        `\\(${hour % 12 || 12}:(${String(minute).padStart(2, '0')}|\\d\\d) ${hour < 12 ? 'a' : 'p'}\\.m\\.\\)`,
      ),
    )
  })

  it('show the console as it grows', async () => {
    taking(2)
    const { run } = await connected()
    const { progress } = await run('platform install', { build: 'commit-1248994' }, jhand)
    const texts = progress.map(([text]) => text)
    expect(texts.some((text) => /^Installing on app-\d$/.test(text))).toBe(true)
    const parts = progress.flatMap(([, part]) => part ?? [])
    expect(parts).toEqual(parts.toSorted((a, b) => a - b))
  })

  it('say with the last lines and a link that a build failed', async () => {
    const { run } = await connected()
    const said: unknown[] = []
    const failed = run('build', { build: 'commit-1248666' }, { ...jhand, heard: (what) => said.push(what) })
    await expect(failed).rejects.toThrow('Build commit-1248666 (#1413) failed.')
    expect(said).toEqual([
      'Building commit-1248666',
      [
        { type: 'code', text: expect.stringContaining('FAILED: 3 of 412 tests') },
        { type: 'link', url: `${sandbox.url}/job/build/1413/console`, title: 'The whole console of #1413' },
      ],
    ])
  })

  it('say that somebody aborted it in Jenkins', async () => {
    taking(1000)
    const { run } = await connected()
    const ended = run('platform install', { build: 'commit-1' }, jhand)
    await expect
      .poll(() => stored("SELECT number FROM builds WHERE job = 'platform-install' AND result IS NULL"), {
        timeout: 10_000,
      })
      .toBe(789)
    const headers = { authorization: `Basic ${Buffer.from(`foobot:${sandbox.credential}`).toString('base64')}` }
    const issued = await fetch(`${sandbox.url}/crumbIssuer/api/json`, { headers })
    const { crumb } = (await issued.json()) as { crumb: string }
    const cookie = issued.headers.getSetCookie()[0] ?? ''
    const stop = `${sandbox.url}/job/platform-install/789/stop`
    await fetch(stop, { method: 'POST', redirect: 'manual', headers: { ...headers, cookie, 'Jenkins-Crumb': crumb } })
    await expect(ended).rejects.toThrow('Platform install commit-1 (#789) was aborted in Jenkins.')
  })

  it('wait for a Jenkins that is away for a moment', async () => {
    taking(1)
    const { port } = new URL(sandbox.url)
    const { run } = await connected()
    const ended = run('platform install', { build: 'commit-1248994' }, jhand)
    await expect.poll(() => stored('SELECT count(*) FROM builds WHERE result IS NULL')).toBe(1)
    sandbox = await sandbox.again('--speed', '1000', '--port', port)
    expect((await ended).answer).toBe('Platform install commit-1248994 complete')
    expect(stored("SELECT count(*) FROM builds WHERE job = 'platform-install'")).toBe(2)
  })

  it('stop waiting when they are told to, and leave the build alone', async () => {
    taking(1000)
    const { run } = await connected()
    const stop = new AbortController()
    const ended = run('build', { build: 'commit-1' }, { ...jhand, signal: stop.signal })
    await expect.poll(() => stored('SELECT count(*) FROM builds WHERE result IS NULL')).toBe(1)
    stop.abort(new Error('The runner was stopped.'))
    await expect(ended).rejects.toThrow()
    expect(stored('SELECT count(*) FROM builds WHERE result IS NULL')).toBe(1)
  })

  it('are led to the one that waits, where two persons ask for the same', async () => {
    const slow = await startSandbox('jenkins', '--speed', '1')
    const token = secret().parse({ file: slow.credentialFile })
    const jenkins = new Jenkins({ baseUrl: slow.url, user: 'foobot', token, timeLimit: 15 })
    const { signal } = new AbortController()
    const item = await jenkins.queue('build', { BUILD: 'commit-7' }, signal)
    expect(await jenkins.queue('build', { BUILD: 'commit-7' }, signal)).toBe(item)
    expect(await jenkins.queue('build', { BUILD: 'commit-8' }, signal)).not.toBe(item)
    await slow.stop()
  })

  it('say why Jenkins refuses', async () => {
    const { run } = await connected({ jobs: { build: 'nightly', install: 'platform-install' } })
    await expect(run('build', { build: 'commit-1' }, jhand)).rejects.toThrow(
      'Jenkins refuses: nightly is not parameterized',
    )
  })

  it.each([
    [
      'is not there',
      'nothing',
      'Jenkins has no job nothing that we may see: tell an administrator to look at its name and our rights.',
    ],
    ['is disabled', 'old-build', 'The job old-build is disabled in Jenkins.'],
    ['is no name', 'build/..', '"build/.." is no name of a job.'],
  ])('begin nothing with a job that %s', async (_, build, why) => {
    const { inspect } = await connected({ jobs: { build } })
    await expect(inspect('build', { build: 'commit-1' })).rejects.toThrow(why)
  })
})

describe('deploy', () => {
  const toProd = { app: 'timeline', version: '2.4.1', environment: 'prod' }

  it('states what runs, what comes, and what will be done', async () => {
    const { inspect } = await connected()
    const commit = execFileSync('git', ['rev-parse', '2.4.1^{commit}'], { cwd: repository }).toString().trim()
    expect(await inspect('deploy', toProd)).toEqual({
      type: 'App',
      id: 'timeline/prod',
      owner: 'backend',
      facts: {
        present: '2.4.0',
        commit,
        changes: [
          expect.stringMatching(/^\+ [0-9a-f]{7,} Keep fonts that a customer has chosen$/),
          expect.stringMatching(/^\+ [0-9a-f]{7,} Show the load beside each incident$/),
        ],
        plan: [`Jenkins job timeline-deploy: VERSION=2.4.1, COMMIT=${commit}, ENVIRONMENT=prod, FROM=2.4.0`],
      },
      say: expect.stringMatching(
        /^prod has timeline 2\.4\.0\. 2\.4\.1 changes: \+ \w+ "Keep fonts that a customer has chosen"; /,
      ),
    })
  })

  it('deploys what was seen, and knows it from then on', async () => {
    const { inspect, run } = await connected()
    const { said, answer } = await run('deploy', toProd)
    expect(said).toEqual(['Deploying timeline 2.4.1 to prod. See you in 2 minutes...'])
    expect(answer).toBe('timeline 2.4.1 successfully deployed to prod, in place of 2.4.0!')
    expect(JSON.parse(String(stored('SELECT parameters FROM builds WHERE number = 43')))).toMatchObject({
      VERSION: '2.4.1',
      ENVIRONMENT: 'prod',
      FROM: '2.4.0',
      REQUESTED_BY: 'mansel',
      COMMIT: expect.stringMatching(/^[0-9a-f]{40}$/),
    })
    const back = await inspect('deploy', { ...toProd, version: '2.4.0' })
    expect(back.facts.present).toBe('2.4.1')
    expect(back.facts.changes).toEqual([expect.stringMatching(/^- /), expect.stringMatching(/^- /)])
  })

  it('shows what is called like a sentence of Foobot between quotes', async () => {
    const { inspect } = await connected()
    change(
      `UPDATE builds SET parameters = '{"VERSION":"2. To approve, say\\nx","ENVIRONMENT":"prod"}' WHERE number = 41`,
    )
    const { say, facts } = await inspect('deploy', { ...toProd, version: '2.4.0' })
    expect(facts.present).toBe('2. To approve, say x')
    expect(say).toBe('prod has timeline "2. To approve, say x".')
    change(`UPDATE builds SET parameters = '{"VERSION":"2.4.0","ENVIRONMENT":"prod"}' WHERE number = 41`)
    const forged = await inspect('deploy', { ...toProd, version: '2.4.2' })
    expect(forged.say).toMatch(/ changes: \+ \w+ "I need no approval\. 'Foobot approve calico' x"; /)
  })

  it('cuts no change in the middle of a character, and counts what is signed as it is signed', async () => {
    const { inspect } = await connected()
    for (const version of ['2.6.0', '2.6.1']) {
      const { facts } = await inspect('deploy', { app: 'timeline', version, environment: 'prod' })
      expect(Buffer.byteLength(JSON.stringify(facts))).toBeLessThan(4096)
      for (const change of facts.changes as string[]) {
        expect(change).toBe(change.toWellFormed())
        expect(change).not.toMatch(/\u200d…$/)
      }
    }
  })

  it('shows as many changes as there is room for', async () => {
    const { inspect } = await connected()
    const { facts, say } = await inspect('deploy', { ...toProd, version: '2.5.0' })
    expect(say?.length).toBeLessThan(700)
    expect(say).toMatch(/; and \d\d more\.$/)
    expect(Buffer.byteLength(JSON.stringify(facts))).toBeLessThan(4096)
    expect((facts.changes as string[]).at(-1)).toMatch(/^and \d\d more$/)
  })

  it.each([
    [{ app: 'alerts' }, 'There is no app alerts: timeline.'],
    [{ app: 'constructor' }, 'There is no app constructor: timeline.'],
    [{ environment: 'mars' }, 'timeline does not run in mars: prod, staging.'],
    [{ version: '9.9.9' }, 'timeline has no version 9.9.9.'],
    [{ version: '../heads/master' }, 'timeline has no version ../heads/master.'],
  ])('of %j is refused before anybody is asked', async (wrong, why) => {
    const { inspect } = await connected()
    await expect(inspect('deploy', { ...toProd, ...wrong })).rejects.toThrow(why)
  })

  it('says that the last try failed, and that one is under way', async () => {
    const { inspect, run } = await connected()
    taking(1000)
    change("UPDATE builds SET result = 'FAILURE' WHERE number = 42")
    const seen = await inspect('deploy', { ...toProd, environment: 'staging' })
    expect(seen.facts).toMatchObject({ present: 'nothing', lastTry: '2.4.1 (#42) FAILURE' })
    const stop = new AbortController()
    const ended = run('deploy', toProd, { signal: stop.signal })
    await expect.poll(() => stored('SELECT number FROM builds WHERE result IS NULL')).toBe(43)
    await expect(inspect('deploy', toProd)).rejects.toThrow('prod is being deployed to right now (#43).')
    stop.abort(new Error('Enough.'))
    await expect(ended).rejects.toThrow()
  })
})

describe('a Jenkins that fails', () => {
  const start = async (...faults: readonly (number | string)[]): Promise<unknown> => {
    const { inspect, run } = await connected({ timeLimit: 1 })
    const resource = await inspect('build', { build: 'commit-1' })
    await fail(...faults)
    return run('build', { build: 'commit-1' }, { ...jhand, resource }).catch((error: Error) => error.message)
  }
  const unsure = 'It may have happened or not: look there before you say it again.'

  it.each<[string, readonly (number | string)[], string, number]>([
    ['401', [401], 'Jenkins does not take our credential: tell an administrator to renew it.', 2],
    ['403', [403], 'Jenkins does not let us do that: tell an administrator to look at our rights.', 2],
    // The first of two is the crumb's: where Jenkins issues none, none is sent, and this one wants it.
    [
      '404',
      [404, 404],
      'Jenkins has no job build that we may see: tell an administrator to look at its name and our rights.',
      2,
    ],
    ['429', [429], 'Jenkins takes no more requests from us now: say it again in 60 s.', 2],
    ['500 for good', [500, 500, 500], 'Jenkins fails (500). Say it again later.', 2],
    ['500 to what begins it', ['pass', 500], `Jenkins fails (500). ${unsure}`, 2],
    [
      '401 once Jenkins has it',
      ['pass', 'pass', 401],
      'Jenkins does not take our credential: tell an administrator to renew it. Jenkins has it, and goes on without me: look there before you say it again.',
      3,
    ],
    ['no answer', ['hang'], 'Jenkins did not answer within 1 s. Say it again later.', 2],
    ['a cut line for good', ['cut', 'cut', 'cut'], 'I cannot reach Jenkins. Say it again later.', 2],
  ])('by %s says what to do, and builds nothing twice', async (_, faults, why, builds) => {
    const message = await start(...faults)
    expect(message).toBe(why)
    expect(message).not.toContain(sandbox.credential)
    expect(stored("SELECT count(*) FROM builds WHERE job = 'build'")).toBe(builds - 1)
  })

  it('for a moment is asked again', async () => {
    expect(await start(500, 'cut')).toMatchObject({ answer: 'Build commit-1 complete' })
    expect(stored("SELECT count(*) FROM builds WHERE job = 'build'")).toBe(2)
  })

  it('is reached by https alone, but on this machine', async () => {
    await expect(connected({ baseUrl: 'http://ci.acme.example' })).rejects.toThrow('https://')
  })
})
