import { type ChildProcess, spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseDocument, stringify } from 'yaml'
import { firstRunner, found } from '#cli/init/found.ts'
import { entriesOf, logsOf, openLog } from '#cli/log-folder.ts'
import { tell } from '#cli/log-story.ts'
import { makeKeyFile } from '#client/make-key.ts'
import { makeMachineKey } from '#config/machine-key.ts'
import { keyid } from '#core/signature/key.ts'
import { codeOf } from '#core/statement/statement.ts'
import { freePort } from '#processes/free-port.ts'
import { readinessOf } from '../operator.fixture.ts'
import { project, run, type Said } from './company.ts'

/**
 * The disk is gone. Plays what docs/recovery.md says, command by command and word for word, but for the paths: on a copy
 * that is older than what the runner `delivery` has seen, while the disk of `operations` is gone, too.
 */
const folder = mkdtempSync(join(tmpdir(), 'foobot-recovery-'))
const at = (...path: readonly string[]): string => join(folder, ...path)
const data = at('foobot')
const config = at('company')
const port = await freePort()
const server = `http://127.0.0.1:${port}`
const children = new Map<string, ChildProcess>()
const printed = new Map<string, string>()

/** Milliseconds that a part may take: a runner that was left alone dials again after up to 23 seconds. */
const patience = 100_000

afterAll(async () => {
  await Promise.all([...children.keys()].map(stop))
  rmSync(folder, { recursive: true, force: true })
})

const runnerConfig = (name: string): string => at('machines', name, 'runner.yaml')

/** What the units start. */
const start = (unit: string): void => {
  const [, name] = /^foobot-runner@(.*)$/.exec(unit) ?? []
  const args = name === undefined ? ['start', '--data', data] : ['runner', '--config', runnerConfig(name)]
  const child = spawn(process.execPath, ['bin/foobot', ...args], { cwd: project, stdio: ['ignore', 'ignore', 'pipe'] })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    printed.set(unit, (printed.get(unit) ?? '') + text)
  })
  children.set(unit, child)
}

const stop = async (unit: string): Promise<void> => {
  const child = children.get(unit)
  children.delete(unit)
  if (!child || child.exitCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGTERM')
  await ended
}

const kill = async (unit: string): Promise<void> => {
  const child = children.get(unit)
  children.delete(unit)
  const ended = new Promise((resolve) => child?.once('exit', resolve))
  child?.kill('SIGKILL')
  await ended
}

const ready = () => readinessOf(data).catch(() => ({ ok: false, parts: [] }))

/** What the operator is told of one part. */
const part = async (name: string) => (await ready()).parts.find((one) => one.part === name)

const foobot = (...args: readonly string[]): Promise<Said> =>
  run(process.execPath, ['bin/foobot', ...args], { ...process.env, NO_COLOR: '1' })

const say = (person: string, text: string, ...flags: readonly string[]): Promise<Said> =>
  foobot('say', '--as', person, '--room', 'devs', '--server', server, '--key', at('keys', person), ...flags, text)

const done = async (said: Promise<Said>): Promise<string> => {
  const { code, stdout, stderr } = await said
  expect(code, stdout + stderr).toBe(0)
  return stdout
}

const bundle = async (): Promise<void> => {
  const where = ['--data', data, '--config', config]
  const runners = ['delivery', 'operations'].flatMap((name) => ['--runner', runnerConfig(name)])
  await done(foobot('bundle', 'propose', ...where, ...runners))
  await done(foobot('bundle', 'sign', ...where, ...runners, '--yes', '--key', at('keys', 'administrator')))
  await done(foobot('bundle', 'activate', ...where))
}

/** A company of two runners, each on a machine of its own. */
const makeCompany = async (): Promise<void> => {
  for (const name of ['keys', 'backups', 'marks', 'bells', 'machines']) mkdirSync(at(name))
  const key = (name: string) => makeKeyFile(at('keys', name), name)
  const administrator = { id: 'root', name: 'Root', key: key('administrator') as never }
  found(
    { deployment: 'acme', name: 'Acme', groups: ['Devs'], administrator },
    { folder: config, data, zone: 'Etc/UTC' },
  )
  renameSync(join(data, 'runners', firstRunner), at('machines', firstRunner))
  cpSync(at('machines', firstRunner), at('machines', 'operations'), { recursive: true })
  rmSync(at('machines', 'operations', 'runner.key'))

  const plugins = { delivery: ['mark', 'marks'], operations: ['ring', 'bells'] } as const
  for (const [name, [plugin, place]] of Object.entries(plugins)) {
    const file = parseDocument(readFileSync(runnerConfig(name), 'utf8'))
    file.set('name', name)
    file.set('server', join(data, 'server', 'runners.sock'))
    const path = join(project, 'test/journeys/plugins', plugin)
    file.set('plugins', file.createNode([{ path, config: { folder: at(place) } }]))
    writeFileSync(runnerConfig(name), file.toString())
  }
  const company = parseDocument(readFileSync(join(config, 'company.yaml'), 'utf8'))
  const operations = { key: makeMachineKey(at('machines', 'operations', 'runner.key')), zone: 'bells' }
  company.setIn(['runners', 'operations'], company.createNode(operations))
  writeFileSync(join(config, 'company.yaml'), company.toString({ lineWidth: 0 }))
  const people = { jhand: [key('jhand'), key('jhand-stolen')], mansel: [key('mansel')] }
  for (const [id, keys] of Object.entries(people))
    writeFileSync(join(config, 'people', `${id}.yaml`), stringify({ name: id, keys }))
  writeFileSync(join(config, 'groups.yaml'), 'Devs: [jhand, mansel]\n')
  const permits = ['mark', 'hold', 'ring'].map(
    (command) => `permit (principal in Group::"Devs", action == Action::"${command}", resource);`,
  )
  const owed = '@owes("approval Devs")\nforbid (principal, action == Action::"ring", resource);'
  writeFileSync(join(config, 'policy', 'company.cedar'), [...permits, owed, ''].join('\n'))
  const settings = parseDocument(readFileSync(join(data, 'server', 'server.yaml'), 'utf8'))
  settings.set('port', port)
  writeFileSync(join(data, 'server', 'server.yaml'), settings.toString())
}

/** Where the page's places are in this test. */
const places: Readonly<Record<string, string>> = {
  '/etc/foobot/runners': at('machines'),
  '/var/lib/foobot': data,
  '/srv/company': config,
  '/backups': at('backups'),
  '/tmp': folder,
  '~/.ssh/foobot_administrator': at('keys', 'administrator'),
}

/** The commands of the page, in order. */
const commandsOfThePage = (): readonly string[] =>
  [...readFileSync(join(project, 'docs/recovery.md'), 'utf8').matchAll(/^```sh\n([\s\S]*?)^```$/gm)]
    .flatMap(([, block = '']) => block.trim().split('\n'))
    .map((command) =>
      command.replaceAll(new RegExp(Object.keys(places).join('|'), 'g'), (place) => places[place] ?? ''),
    )

/** Plays the next command of the page, which must begin so; gives what it printed. */
const commands = commandsOfThePage()
const play = async (beginning: string): Promise<string> => {
  const command = commands.at(played++) ?? ''
  expect(command.startsWith(beginning), `the page says "${command}" where "${beginning}" is played`).toBe(true)
  const [, unit] = /^sudo systemctl start (\S+)$/.exec(command) ?? []
  if (unit !== undefined) {
    if (!children.has(unit)) start(unit)
    return ''
  }
  // Whoever signs is asked, and says yes.
  const { code, stdout, stderr } = await run('sh', ['-c', `echo yes | ${command}`], { ...process.env, NO_COLOR: '1' })
  expect(code, `${command}\n${stdout}${stderr}`).toBe(0)
  return stdout
}
let played = 0

describe('a disk that dies', () => {
  let denied = ''

  beforeAll(async () => {
    await makeCompany()
    await bundle()
    for (const unit of ['foobot-server', 'foobot-runner@delivery', 'foobot-runner@operations']) start(unit)
  })

  it('leaves a copy of yesterday, and runners who know more', async () => {
    await expect.poll(async () => (await ready()).ok, { timeout: patience, interval: 200 }).toBe(true)
    await done(say('jhand', 'Foobot mark before'))
    const asked = await say('jhand', 'Foobot ring later')
    expect(asked.code, asked.stdout + asked.stderr).toBe(3)
    denied = /[0-9A-F]{4}-[0-9A-F]{4}/.exec(asked.stdout)?.[0] ?? ''
    await done(foobot('backup', at('backups', 'foobot.db'), '--data', data))

    // What the copy does not know: a denied request, one that ran, a key that was removed, a newer bundle.
    await done(say('mansel', `Foobot deny ${denied}`))
    await done(say('jhand', 'Foobot mark after'))
    const stolen = readFileSync(at('keys', 'jhand-stolen.pub'), 'utf8').trim().split(' ').slice(0, 2).join(' ')
    const mine = ['--as', 'jhand', '--key', at('keys', 'jhand'), '--server', server]
    await done(foobot('key', 'remove', keyid(stolen as never).slice(0, 8), '--yes', ...mine))
    writeFileSync(join(config, 'groups.yaml'), 'Devs: [jhand, mansel]\nOps: [mansel]\n')
    await bundle()
    const taken = (name: string) => existsSync(at('machines', name, 'bundle', '2'))
    await expect.poll(() => taken('delivery') && taken('operations'), { timeout: 30_000, interval: 200 }).toBe(true)
    await done(say('jhand', 'Foobot mark last'))

    // An administrator keeps the configuration. The rest is gone, with the whole disk.
    await kill('foobot-server')
    await stop('foobot-runner@operations')
    cpSync(join(data, 'server', 'server.yaml'), at('server.yaml'))
    for (const gone of [data, config]) rmSync(gone, { recursive: true })
  })

  it('is gone on from as the page says: the rules come from the runners', async () => {
    expect(await play('npx --no foobot runner bundle')).toContain('version 2')
    expect(await play('npx --no foobot runner bundle')).toContain('version 2')
    for (const name of ['claims.jsonl', 'bundle', 'kept'])
      rmSync(at('machines', 'operations', name), { recursive: true, force: true })
  })

  it('a copy alone starts nothing', async () => {
    mkdirSync(join(data, 'server'), { recursive: true })
    cpSync(at('server.yaml'), join(data, 'server', 'server.yaml'))
    const told = await play('npx --no foobot restore')
    expect(told).toContain('log 1, as it was at ')
    expect(told).toContain('1 requests that were open in it are ended')
    const early = await foobot('start', '--data', data)
    expect(early.code).toBe(1)
    expect(early.stderr).toContain('A copy was restored here as log 2, and bundle 2 names log 1')
  })

  it('administrators see the new log, and sign it', async () => {
    const applied = await play('npx --no foobot apply')
    expect(applied).toMatch(/^ {2}~ number: 1 -> 2$/m)
    expect(applied).toMatch(/^ {2}~ key: ed25519 \S+ -> ed25519 \S+$/m)
    expect(applied).toMatch(/^ {2}\+ after: acme\/log$/m)
    expect(applied).toContain('Version 3 is in')
  })

  it('nobody signs in before every runner has handed in what it knows, or is named as lost', async () => {
    for (const _ of [1, 2, 3]) await play('sudo systemctl start')
    // The one whose disk lives has handed in; the other one has nothing left, and nobody takes its word for that.
    const closed = /nobody signs in before operations handed in/
    await expect
      .poll(async () => (await part('restored log'))?.why, { timeout: patience, interval: 200 })
      .toMatch(closed)
    expect((await part('runner delivery'))?.ok).toBe(true)
    expect(await play('curl')).toMatch(closed)
    const refused = await say('mansel', 'Foobot mark closed')
    expect(refused.code).toBe(4)
    expect(refused.stderr).toContain('nobody signs in until every runner has handed in what it knows')
    expect(await play('npx --no foobot runner reset operations --lost')).toContain('is named as lost')
    await expect.poll(async () => (await ready()).ok, { timeout: patience, interval: 200 }).toBe(true)
  })

  it('commands run again, on both runners, and nothing that was over comes back', async () => {
    await done(say('jhand', 'Foobot mark again'))
    const stolen = await foobot(
      ...['say', '--as', 'jhand', '--room', 'devs', '--server', server, '--key', at('keys', 'jhand-stolen')],
      'Foobot mark stolen',
    )
    expect(stolen.code).toBe(4)
    expect((await say('mansel', `Foobot approve ${denied}`)).stdout).toContain('Nothing waits for your yes')
    const asked = await say('jhand', 'Foobot ring again')
    const code = /[0-9A-F]{4}-[0-9A-F]{4}/.exec(asked.stdout)?.[0] ?? ''
    await done(
      foobot(
        'approve',
        code,
        '--as',
        'mansel',
        '--key',
        at('keys', 'mansel'),
        '--server',
        server,
        '--expect',
        'ring again',
        '--yes',
      ),
    )
    await expect.poll(() => readdirSync(at('bells')), { timeout: 15_000 }).toEqual(['again'])
    expect(readdirSync(at('marks')).sort()).toEqual(['after', 'again', 'before', 'last'])
  })

  it('the log says what was lost, for ever', async () => {
    const verified = await play('npx --no foobot log verify')
    expect(verified).toMatch(/^Log 2 of \d+ leaves is whole\./m)
    expect(verified).toMatch(/^The log of \d+ leaves is whole\./m)
    const [, copied, had, lost, recovered] =
      /ended there at (\d+) leaves, and had (\d+) when it was lost\. Its last (\d+) leaves are gone for ever; runners handed in (\d+)/.exec(
        verified,
      ) ?? []
    expect(Number(lost)).toBe(Number(had) - Number(copied))
    // Two orders with their receipts, the removed key, the bundle that came after the copy.
    expect(Number(recovered)).toBe(6)
    const shown = await foobot('log', 'show', denied, '--data', data)
    expect(shown.stdout).toContain('cancelled')
    expect(await play('npx --no foobot backup')).toContain('Wrote')
    expect(played).toBe(commands.length)
  })

  it('old and new commands are proven, each under its log', async () => {
    writeFileSync(at('root.yaml'), readFileSync(at('server.yaml'), 'utf8'))
    for (const [name, log] of [
      ['before', 1],
      ['again', 2],
    ] as const) {
      const file = at(`${name}.json`)
      await done(foobot('log', 'proof', codeOfOrder(`mark ${name}`), '--data', data, '--out', file))
      expect(readFileSync(file, 'utf8')).toContain(
        log === 1 ? '"checkpoint": "acme/log\\n' : '"checkpoint": "acme/log/2\\n',
      )
      expect(await done(foobot('verify', file, '--root', at('root.yaml')))).toContain("The runner's receipt says: done")
    }
  })
})

/** The code of the one order of a text, in whichever log. */
const codeOfOrder = (text: string): string => {
  for (const log of logsOf(data, undefined)) {
    for (const entry of entriesOf(openLog(data, log))) {
      const told = tell(entry)
      if (told.kind === 'warrant' && told.stated.statement.text === text) return codeOf(told.stated.digest)
    }
  }
  throw new Error(`no order "${text}"`)
}
