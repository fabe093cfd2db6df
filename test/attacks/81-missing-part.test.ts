import { spawn } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readBundle, toPack } from '#config/bundle-folder.ts'
import { makeMachineKey } from '#config/machine-key.ts'
import { administratorOf, makeExample } from '../../src/processes/example.ts'
import { signBundle } from '../../src/processes/sign-bundle.ts'

const project = fileURLToPath(new URL('../..', import.meta.url))

let home = ''
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'foobot-attack-81-'))
  const whole = join(home, 'whole')
  await makeExample(whole)
  await signBundle(whole, Date.now(), administratorOf(whole))
})
afterAll(() => rmSync(home, { recursive: true }))

/** A copy of a whole company, with one part missing or broken. */
const companyWithout = (name: string, breaks: (data: string) => void): string => {
  const data = join(home, name.replaceAll(/\W+/g, '-'))
  cpSync(join(home, 'whole'), data, { recursive: true })
  breaks(data)
  return data
}

const change = (file: string, from: RegExp | string, to: string): void => {
  const text = readFileSync(file, 'utf8')
  const changed = text.replace(from, to)
  if (changed === text) throw new Error(`${file} has no ${from}`)
  writeFileSync(file, changed)
}

type Ended = { readonly code: number | null; readonly lines: readonly string[] }

/** What becomes of a process that should refuse to start. One that starts is stopped, and has no exit code. */
const run = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['bin/foobot', ...args], { cwd: project, stdio: ['ignore', 'pipe', 'pipe'] })
    let printed = ''
    const hear = (chunk: Buffer): void => {
      printed += chunk.toString()
      if (/"msg":"(?:listening|the server took me in)"/.test(printed)) child.kill('SIGKILL')
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    const late = setTimeout(() => child.kill('SIGKILL'), 20_000)
    child.once('close', (code) => {
      clearTimeout(late)
      resolve({ code, lines: printed.trim().split('\n') })
    })
  })

const server = (data: string) => join(data, 'server')
const runner = (data: string) => join(data, 'runners', 'delivery')
const bundle = (data: string) => join(data, 'bundle', '1')

describe('a server', () => {
  it('starts where all is there', async () => {
    const { code, lines } = await run(
      'start',
      '--data',
      companyWithout('nothing', () => undefined),
      '--port',
      '0',
    )
    expect(lines.join('\n')).toContain('"msg":"listening"')
    expect(code).toBeNull()
  })

  it.each<readonly [string, (data: string) => void, RegExp]>([
    ['its configuration', (data) => rmSync(join(server(data), 'server.yaml')), /server\.yaml: is missing/],
    [
      'a root',
      (data) => change(join(server(data), 'server.yaml'), /^root:[\s\S]*?(?=^\w+: )/m, ''),
      /server\.yaml: root: write administrators/,
    ],
    [
      'an administrator',
      (data) =>
        change(join(server(data), 'server.yaml'), /administrators:[\s\S]*?(?=^ {2}\w+: )/m, 'administrators: []\n'),
      /write at least one administrator/,
    ],
    [
      'a threshold',
      (data) => change(join(server(data), 'server.yaml'), 'threshold: 1', 'threshold: 0'),
      /root\.threshold: write how many of them must sign/,
    ],
    [
      'a word it knows',
      (data) => change(join(server(data), 'server.yaml'), 'lowest:', 'lowset:'),
      /"lowset" means nothing here/,
    ],
    ['the log’s key', (data) => rmSync(join(server(data), 'log.key')), /log\.key cannot be used: ENOENT/],
    [
      'a log key that nobody else reads',
      (data) => chmodSync(join(server(data), 'log.key'), 0o644),
      /others may read it; run: chmod 600/,
    ],
    [
      'the log key that the bundle names',
      (data) => {
        rmSync(join(server(data), 'log.key'))
        makeMachineKey(join(server(data), 'log.key'))
      },
      /key/,
    ],
    ['a bundle', (data) => rmSync(join(data, 'bundle'), { recursive: true }), /There is no bundle yet/],
    [
      'the signature of its bundle',
      (data) => change(join(bundle(data), 'bundle.json'), /"sig": "[^"]{40}/, `"sig": "${'A'.repeat(40)}`),
      /0 of the 1 administrators/,
    ],
    [
      'a policy as it was signed',
      (data) => writeFileSync(join(bundle(data), 'policy/delivery.cedar'), 'permit (principal, action, resource);'),
      /policy\/delivery\.cedar is not as it was signed/,
    ],
    [
      'the folder of its policies',
      (data) => rmSync(join(bundle(data), 'policy'), { recursive: true }),
      /policy\/\w+\.cedar is missing/,
    ],
    [
      'an administrator that the bundle was signed by',
      (data) => change(join(server(data), 'server.yaml'), /ssh-ed25519\s+\S+/, anotherKey(data)),
      /0 of the 1 administrators/,
    ],
  ])('without %s does not start, and says so, one finding a line', async (name, breaks, line) => {
    const data = companyWithout(`server ${name}`, breaks)
    const { code, lines } = await run('start', '--data', data, '--port', '0')
    expect(lines.length).toBeGreaterThan(0)
    for (const finding of lines) expect(finding).toMatch(/^foobot: /)
    expect(lines[0]).toMatch(line)
    expect(code).toBeGreaterThan(0)
    expect(existsSync(join(server(data), 'runners.sock'))).toBe(false)
  })
})

describe('a runner', () => {
  it.each<readonly [string, (data: string) => void, RegExp]>([
    ['its configuration', (data) => rmSync(join(runner(data), 'runner.yaml')), /runner\.yaml: is missing/],
    [
      'a root',
      (data) => change(join(runner(data), 'runner.yaml'), /^root:[\s\S]*?(?=^\w+: )/m, ''),
      /runner\.yaml: root: write administrators/,
    ],
    ['its key', (data) => rmSync(join(runner(data), 'runner.key')), /runner\.key cannot be used: ENOENT/],
    [
      'a key that nobody else reads',
      (data) => chmodSync(join(runner(data), 'runner.key'), 0o640),
      /others may read it; run: chmod 600/,
    ],
    [
      'its plugin',
      (data) => change(join(runner(data), 'runner.yaml'), /path: \S+/, 'path: nowhere'),
      /cannot be loaded/,
    ],
    [
      'an encrypted line to its server',
      (data) => change(join(runner(data), 'runner.yaml'), /server: \S+/, 'server: ws://foobot.acme.example'),
      /server: write wss/,
    ],
  ])('without %s does not start, and says so in one line', async (name, breaks, line) => {
    const data = companyWithout(`runner ${name}`, breaks)
    const { code, lines } = await run('runner', '--config', join(runner(data), 'runner.yaml'))
    expect(lines).toEqual([expect.stringMatching(/^foobot: /)])
    expect(lines[0]).toMatch(line)
    expect(code).toBeGreaterThan(0)
    expect(existsSync(join(runner(data), 'claims.jsonl'))).toBe(false)
  })

  it('without its plugin’s configuration ends with the bundle by which that plugin may run, and says so', async () => {
    const data = companyWithout('runner its plugin’s configuration', (folder) => {
      change(join(runner(folder), 'runner.yaml'), 'workingCopies', 'workingCopy')
      // It is handed its first bundle past the server.
      mkdirSync(join(runner(folder), 'inbox'))
      writeFileSync(
        join(runner(folder), 'inbox', `${'a'.repeat(32)}.json`),
        JSON.stringify(toPack(readBundle(folder, 1))),
      )
    })
    const first = await run('runner', '--config', join(runner(data), 'runner.yaml'))
    expect(first.lines).toContainEqual(expect.stringMatching(/cannot be loaded: its configuration is not right/))
    expect(first.code).toBe(1)
    const next = await run('runner', '--config', join(runner(data), 'runner.yaml'))
    expect(next.lines).toEqual([expect.stringMatching(/^foobot: .*its configuration is not right/)])
    expect(next.code).toBeGreaterThan(0)
  })
})

/** A key of somebody in the company who is no administrator. */
const anotherKey = (data: string): string =>
  readFileSync(join(data, 'keys', 'fiona.pub'), 'utf8')
    .trim()
    .split(' ')
    .slice(0, 2)
    .join(' ')
