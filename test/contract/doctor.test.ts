import { appendFileSync, chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { writeBundle } from '#config/bundle-folder.ts'
import { demoMark } from '#config/demo-keys.ts'
import { administratorOf, makeExample } from '../../src/processes/example.ts'
import { signBundle } from '../../src/processes/sign-bundle.ts'
import { ann, bob, folder, root, signed } from '../attacks/company-folder.fixture.ts'
import { foobot } from './cli.fixture.ts'

const home = mkdtempSync(join(tmpdir(), 'foobot-doctor-'))
const day = 86_400_000
/** A port where nobody listens. */
const nobody = 9
const whole = join(home, 'whole')
beforeAll(async () => {
  await makeExample(whole, nobody)
  await signBundle(whole, Date.now(), administratorOf(whole))
})
afterAll(() => rmSync(home, { recursive: true }))

const open: { close(): unknown }[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.close()
})

/** What stands where the server should: it says of itself what a test wants. */
const answering = (answer: object, date: Date) => {
  const server = createServer((_, response) => {
    response.setHeader('date', date.toUTCString())
    response.end(JSON.stringify(answer))
  })
  open.push(server)
  return server
}
const standIn = async (answer: object, date = new Date()): Promise<string> => {
  const server = answering(answer, date)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

type Findings = readonly { readonly about: string; readonly level: string; readonly say: string }[]

const doctor = async (
  data: string,
  server: string,
): Promise<{ readonly exit: number | null; readonly findings: Findings }> => {
  const { exit, out } = await foobot(['doctor', '--data', data, '--server', server, '--json'])
  return { exit, findings: JSON.parse(out).findings }
}
const ofKind = (findings: Findings, about: string) => findings.filter((one) => one.about === about)

/** A copy of the example company in which something is not as it should be. */
const companyWith = (name: string, breaks: (data: string) => void): string => {
  const data = join(home, name)
  cpSync(whole, data, { recursive: true })
  breaks(data)
  return data
}

describe('foobot doctor', () => {
  it('finds nothing where two administrators sign, parts are apart and the server is ready', async () => {
    const data = join(home, 'healthy')
    mkdirSync(join(data, 'server'), { recursive: true })
    writeFileSync(join(data, 'server', 'server.yaml'), stringify({ deployment: 'acme', root, lowest: 1 }))
    const now = Math.floor(Date.now() / 1000)
    writeBundle(data, signed(folder(), [ann, bob], { iat: now, exp: now + 30 * 86_400 }))
    const server = await standIn({ ok: true, parts: [{ part: 'log', ok: true }] })
    const { exit, out } = await foobot(['doctor', '--data', data, '--server', server])
    expect(out).not.toMatch(/^FAIL/m)
    expect(out).toMatch(/^ok {4}server +ready at http/m)
    expect(out).toMatch(/^ok {4}clock +within 30 s/m)
    expect(out).toMatch(/^ok {4}bundle +version 1, in force until \d{4}-\d\d-\d\d$/m)
    expect(out).toMatch(/^ok {4}keys +no demo keys here$/m)
    expect(out).toMatch(/^ok {4}soft spots +none$/m)
    expect(exit).toBe(0)
  })

  it('fails the example company, and says why in one line each', async () => {
    const server = await standIn({ ok: true, parts: [] })
    const { exit, out, err } = await foobot(['doctor', '--data', whole, '--server', server])
    expect(exit).toBe(1)
    expect(err).toBe('')
    const failed = out.split('\n').filter((line) => line.startsWith('FAIL'))
    expect(failed).toEqual([
      expect.stringMatching(/keys +Demo keys of .*jhand.*administrator mansel.* lie in \S+keys: .*"foobot init"/),
      expect.stringMatching(/users +server[ ,].*runner delivery.* are one user, .*\(accepted: .*Give each a user/),
      expect.stringMatching(/desk +The desk http:\/\/desk\.localhost:9 is on the server’s machine/),
      expect.stringMatching(/soft spot +one administrator \(accepted: .*\): One administrator alone can sign/),
      expect.stringMatching(
        /soft spot +attested factors \(accepted: .*\): What the server attests .*totp up to sensitive/,
      ),
      expect.stringMatching(/soft spot +software keys \(accepted: .*\): Keys that are files count from sensitive up/),
    ])
    expect(out.trimEnd().split('\n').at(-1)).toMatch(/^6 to mend/)
  })

  it('knows demo keys without their mark', async () => {
    const data = companyWith('unmarked', (data) => rmSync(join(data, 'keys', demoMark)))
    const { findings } = await doctor(data, await standIn({ ok: true }))
    expect(ofKind(findings, 'keys')).toMatchObject([{ level: 'fail', say: expect.stringContaining('Private keys of') }])
  })

  it('names files of the company’s folder that are not as they were signed', async () => {
    const data = companyWith('draft', (data) => {
      appendFileSync(join(data, 'company', 'groups.yaml'), '\n# more\n')
      writeFileSync(join(data, 'company', 'policy', 'more.cedar'), 'permit (principal, action, resource);\n')
      rmSync(join(data, 'company', 'people', 'sam.yaml'))
    })
    const { findings } = await doctor(data, await standIn({ ok: true }))
    const [draft] = ofKind(findings, 'draft')
    expect(draft?.level).toBe('warn')
    expect(draft?.say).toContain('change nothing: groups.yaml, people/sam.yaml, policy/more.cedar.')
  })

  it('fails where a signed file was changed', async () => {
    const data = companyWith('signed', (data) => appendFileSync(join(data, 'bundle', '1', 'rooms.yaml'), '\n'))
    const { findings } = await doctor(data, await standIn({ ok: true }))
    expect(ofKind(findings, 'bundle')).toMatchObject([
      { level: 'fail', say: expect.stringContaining('rooms.yaml is not as it was signed') },
    ])
  })

  it.each([
    [80, 'warn', [/^Bundle 1 is fresh until .*, for \d+ \w+ more/]],
    [91, 'fail', [/^Bundle 1 was fresh until .*: no command from sensitive up runs any more\./]],
    [390, 'fail', [/^Bundle 1 was fresh until/, /^Bundle 1 ends on .*, in \d+ \w+: after that, nothing runs/]],
    [401, 'fail', [/^Bundle 1 ended on .*: nothing runs any more\. Administrators, renew it: foobot apply\.$/]],
  ])('tells the ends of a bundle of %i days ago', async (days, level, says) => {
    const data = join(home, `days-${days}`)
    await makeExample(data, nobody)
    await signBundle(data, Date.now() - days * day, administratorOf(data))
    const { findings } = await doctor(data, await standIn({ ok: true }))
    expect(ofKind(findings, 'bundle')).toEqual(
      says.map((say) => ({ about: 'bundle', level, say: expect.stringMatching(say) })),
    )
  })

  it('names what others could read or open', async () => {
    const data = companyWith('open', (data) => {
      chmodSync(join(data, 'server', 'log.key'), 0o640)
      chmodSync(join(data, 'runners', 'delivery', 'runner.key'), 0o604)
      chmodSync(join(data, 'keys', 'jhand'), 0o644)
      chmodSync(join(data, 'server'), 0o777)
    })
    const { findings } = await doctor(data, await standIn({ ok: true }))
    expect(ofKind(findings, 'permissions').map(({ say }) => say)).toEqual([
      expect.stringMatching(/log\.key: others may read it\. Run: chmod 600 \S+log\.key$/),
      expect.stringMatching(/keys\/jhand: others may read it/),
      expect.stringMatching(/runner\.key: others may read it/),
      expect.stringMatching(/server: others may put files there\. Run: chmod go-w/),
    ])
  })

  it('tells whether the server is there, what it lacks, and how far its clock is off', async () => {
    const parts = [
      { part: 'runner delivery', ok: false, why: 'its clock is 45 s behind mine: set the one that is wrong' },
      { part: 'log files', ok: false, why: 'ENOSPC: no space left on device, write' },
      { part: 'log', ok: true },
    ]
    const operator = answering({ ok: false, parts }, new Date())
    await new Promise<void>((resolve) => operator.listen(join(whole, 'server', 'metrics.sock'), resolve))
    const lacking = await doctor(whole, await standIn({ ok: false }, new Date(Date.now() - 300_000)))
    expect(ofKind(lacking.findings, 'server').map(({ level, say }) => `${level} ${say}`)).toEqual([
      'fail runner delivery: its clock is 45 s behind mine: set the one that is wrong.',
      'fail log files: ENOSPC: no space left on device, write.',
    ])
    expect(ofKind(lacking.findings, 'clock')).toMatchObject([
      { level: 'fail', say: expect.stringMatching(/^The clock here is 3\d\d s ahead of the server’s/) },
    ])
    const away = await doctor(whole, 'http://127.0.0.1:1')
    expect(ofKind(away.findings, 'server')).toMatchObject([
      { level: 'fail', say: expect.stringContaining('Nothing answers at http://127.0.0.1:1: start the server') },
    ])
    const other = await doctor(whole, await standIn({ hello: 'world' }))
    expect(ofKind(other.findings, 'server')).toMatchObject([
      { level: 'fail', say: expect.stringContaining('no Foobot') },
    ])
  })

  it('fails a desk on the server’s machine and what the bundle allows beyond the rule', async () => {
    const data = join(home, 'desk')
    await makeExample(data, nobody)
    await signBundle(data, Date.now(), administratorOf(data))
    const { findings } = await doctor(data, await standIn({ ok: true }))
    expect(ofKind(findings, 'desk')).toMatchObject([
      { level: 'fail', say: expect.stringContaining('http://desk.localhost:9 is on the server’s machine') },
      { level: 'warn', say: expect.stringContaining('Nothing answers at the desk http://desk.localhost:9') },
    ])
    expect(ofKind(findings, 'exception').map(({ level, say }) => `${level} ${say}`)).toEqual([
      expect.stringMatching(/^warn The desk http:\/\/desk\.localhost:9 may sign critical commands/),
    ])
  })

  it('says what is missing of a data folder that is none', async () => {
    const { exit, findings } = await doctor(join(home, 'nowhere'), await standIn({ ok: true }))
    expect(exit).toBe(1)
    expect(ofKind(findings, 'bundle')).toMatchObject([
      { level: 'fail', say: expect.stringContaining('server.yaml: is missing') },
    ])
    expect(existsSync(join(home, 'nowhere'))).toBe(false)
  })
})
