import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sshString } from '#core/signature/ssh-wire.ts'
import { explain } from './failure.ts'
import { addPolicy } from './policy.ts'

let data: string
let draft: string

const raw = (): Buffer => {
  const { publicKey } = generateKeyPairSync('ed25519')
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
}
const ssh = () => `ssh-ed25519 ${Buffer.concat([sshString('ssh-ed25519'), sshString(raw())]).toString('base64')}`
const machine = () => `ed25519 ${raw().toString('base64')}`

const listed = (command: string, tier: string, template: string, inspects: boolean) => ({
  runner: 'main',
  tier,
  manifest: {
    plugin: 'tools',
    command,
    template,
    summary: 'Does it',
    tier,
    inspects,
    exclusive: false,
    cancellable: false,
    timeLimit: 60,
  },
})

const files = (accepted: string, policy: string): Readonly<Record<string, string>> => ({
  'company.yaml': `deployment: acme
name: Acme
zone: America/Denver
dateOrder: month-first
root: { threshold: 1, administrators: [{ person: jane, key: ${ssh()} }] }
log: { key: ${machine()} }
runners: { main: { key: ${machine()}, zone: tools } }
owners: { backend: Devs }
accepted: ${accepted}
`,
  'people/jane.yaml': `name: Jane Doe\nkeys: [${ssh()}]\n`,
  'people/joe.yaml': `name: Joe\nkeys: [${ssh()}]\n`,
  'people/sue.yaml': 'name: Sue\n',
  'groups.yaml': 'Devs: [jane, joe]\nSales: [sue]\n',
  'rooms.yaml': 'devs: { groups: [Devs] }\neveryone: { groups: everybody }\n',
  'commands.json': JSON.stringify([
    listed('push', 'member', 'push', false),
    listed('rebuild', 'dangerous', 'rebuild <server:word> role=<role:word>', true),
  ]),
  'plugins.json': JSON.stringify([{ plugin: 'tools', code: ['a'.repeat(64)] }]),
  'policy/devs.cedar': policy,
})

const write = (folder: string, contents: Readonly<Record<string, string>>) => {
  for (const [path, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

const permits = `permit (principal in Group::"Devs", action == Action::"push", resource);
permit (principal in Group::"Devs", action == Action::"rebuild", resource is Server)
when { resource.facts has role && resource.facts.role != "db" };`

const allAccepted = '{ one administrator: trying out, software keys: trying out }'

beforeEach(() => {
  const folder = mkdtempSync(join(tmpdir(), 'foobot-policy-'))
  data = join(folder, 'data')
  draft = join(folder, 'draft')
  write(join(data, 'bundle', '9'), files('{}', 'permit (principal, action == Action::"push", resource);'))
  write(join(data, 'bundle', '10'), {
    ...files(allAccepted, permits),
    'bundle.json': JSON.stringify({ payloadType: 'a', payload: '', signatures: [{ keyid: '', sig: '' }] }),
  })
  write(draft, files('{}', permits))
})

afterEach(() => {
  rmSync(dirname(data), { recursive: true })
  process.exitCode = undefined
  vi.restoreAllMocks()
})

const run = (...args: string[]): { out: string; err: string; code: number } => {
  const out: string[] = []
  const err: string[] = []
  vi.spyOn(console, 'log').mockImplementation((line) => out.push(String(line)))
  const quiet = (command: Command): void => {
    command.exitOverride().configureOutput({ writeErr: (text) => err.push(text) })
    command.commands.forEach(quiet)
  }
  const program = new Command('foobot')
  addPolicy(program)
  quiet(program)
  let code: number | undefined
  try {
    program.parse(['policy', ...args], { from: 'user' })
  } catch (error) {
    const { line, exit } = explain(error)
    err.push(line)
    code = exit
  }
  return { out: out.join('\n'), err: err.join(''), code: code ?? Number(process.exitCode ?? 0) }
}

test('check reads the newest bundle, and passes where each soft spot is accepted', () => {
  const { out, code } = run('check', '--data', data)
  expect(out).toMatch(/^member +push +jane, joe$/m)
  expect(out).toMatch(
    /^dangerous +rebuild +jane, joe +their consent \(tier dangerous\), 1 of Devs \(tier dangerous\)$/m,
  )
  expect(out).toMatch(/^the server +all 1 +– +member$/m)
  expect(out).toMatch(/^one administrator +all 1 ! +all 1 ! +nothing$/m)
  expect(out).toMatch(/^one administrator: One administrator alone .* Accepted: trying out\.$/m)
  expect(out).toContain('Nobody alone reaches further')
  expect(code).toBe(0)
})

test('check of a draft names each soft spot that is not accepted, and fails', () => {
  const { out, code } = run('check', '--config', draft)
  expect(out).toContain('software keys: Keys that are files count')
  expect(out).toContain('write it under "accepted" in company.yaml')
  expect(code).toBe(1)
  const report = JSON.parse(run('check', '--config', draft, '--json').out.split('\n').at(-1) ?? '')
  expect(report).toMatchObject({ passed: false, softSpots: [{ name: 'one administrator' }, { name: 'software keys' }] })
  expect(report.parties).toContainEqual({
    party: 'the server',
    upTo: 'member',
    tiers: [
      { tier: 'member', commands: 1, reached: ['push'] },
      { tier: 'dangerous', commands: 1, reached: [] },
    ],
  })
})

test('check fails on a policy that must not be signed, and says which', () => {
  write(draft, { 'policy/devs.cedar': 'permit (principal in Group::"Nobody", action, resource);' })
  const { out, code } = run('check', '--config', draft)
  expect(out).toContain('policy/devs.cedar#1: It names Group::"Nobody"')
  expect(code).toBe(1)
})

test('why explains a command for a target as it is described', () => {
  const asked = ['why', '--data', data, '--as', 'jane', '--room', 'devs', 'Foobot rebuild svr-1 role=web']
  const refused = run(...asked)
  expect(refused.out).toContain('It is refused')
  expect(refused.out).toContain('say what it would find with --target, --owner and --fact')
  const target = ['--target', 'Server:svr-1', '--owner', 'backend']
  const { out, code } = run(...asked, ...target, '--fact', 'role=web')
  expect(out).toMatch(/It runs once what is owed is given\. \(policy\/devs\.cedar#2\)/)
  expect(out).toContain('Owed: 1 of Devs, by a software key or better (tier dangerous): Joe.')
  expect(code).toBe(0)
  expect(run(...asked, ...target, '--fact', 'role=db').out).toContain('It is refused: No policy permits jane')
})

test.each([
  [['why', '--as', 'eve', '--room', 'devs', 'push'], 'There is no person eve: the company has jane, joe, sue.'],
  [['why', '--as', 'jane', '--room', 'ops', 'push'], 'There is no room ops'],
  [['why', '--as', 'sue', '--room', 'devs', 'push'], 'sue is not in devs'],
  [['why', '--as', 'jane', '--room', 'devs', 'psh'], 'The company has no command "psh". Did you mean push?'],
  [['why', '--as', 'jane', '--room', 'devs', 'rebuild svr-1'], 'rebuild <server> role=<role>'],
  [['why', '--as', 'jane', '--room', 'devs', '--target', 'svr-1', 'push'], 'write its type and id'],
])('%j is refused', (args, say) => {
  const { err, code } = run(...args, '--data', data)
  expect(err).toContain(say)
  expect(code).toBe(2)
})

test('a fact must have a name, and a data folder a bundle', () => {
  const { err } = run('why', '--as', 'jane', '--room', 'devs', '--fact', 'role', 'push', '--data', data)
  expect(err).toContain('Write it as role=web.')
  expect(run('check', '--data', draft).err).toMatch(/There is no bundle in .* --data DIR/)
})
