import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shownLines } from '#cli/bundle/show.ts'
import { completeLine } from '#cli/chat/complete-line.ts'
import { reportLines } from '#cli/policy-report.ts'
import { paintWith } from '#cli/terminal/paint.ts'
import { eventKind, type LogEvent } from '#core/log/event.ts'
import { foobot as cli } from '../contract/cli.fixture.ts'
import { type LogFolder, makeLogFolder, now, runFoobot } from '../contract/log-folder.fixture.ts'
import { Door } from '../contract/native-door.fixture.ts'
import { idOf } from '../contract/records.fixture.ts'

/**
 * Text of a runner, a vendor or a server, a name in a file or a file's own name stands in what an auditor reads on a
 * terminal. It clears lines, turns their direction, hides in them, and adds lines and columns that nobody wrote.
 */

// DEFENCE src/cli/terminal/paint.ts
// - const uncoloured = ({ text }: Span): string => inOneLine(text)
// + const uncoloured = ({ text }: Span): string => text

// DEFENCE src/cli/terminal/clean.ts
// - clean(text.replace(/[\t\n\r]/g, escaped)).replace(/(?<=\p{Zs})\p{Zs}|\u3000/gu, escaped)
// + clean(text)

// DEFENCE src/cli/terminal/clean.ts
// - const unsafe = new RegExp(`(?!\\n|${working})(?:${hidden}|${loose})`, 'gu')
// + const unsafe = new RegExp('(?![\\n\\u200c\\u200d])\\p{Cc}', 'gu')

// DEFENCE src/core/text/json-line.ts
// - export const jsonLine = (value: unknown): string => escapedJson(JSON.stringify(value))
// + export const jsonLine = (value: unknown): string => JSON.stringify(value)

// DEFENCE src/processes/log.ts
// - visible(pino.destination({ dest: 2, sync: true })),
// + pino.destination({ dest: 2, sync: true }),

// DEFENCE src/processes/child.ts
// - forward(child.stderr, printAside)
// + child.stderr?.pipe(process.stderr)

// DEFENCE src/core/bundle/difference.ts
// - .replaceAll('\n', '\n      | ')

// DEFENCE src/cli/chat/complete-line.ts
// - return found.filter(isPlain).map((whole) => head + begun + whole.slice(begun.length))
// + return found.map((whole) => head + begun + whole.slice(begun.length))

const steering = [
  '\u001b[2J',
  '\u001b]0;title\u0007',
  '\u009b8m',
  '\u202egnp',
  '\u2066x\u2069',
  'a\rFORGED',
  'a\nFORGED leaf',
  'a\r\nFORGED leaf',
  'a\u0085FORGED',
  'a\u2028FORGED',
  'a\u2029FORGED',
  'a\vFORGED',
  'a   FORGED  column',
  'a\tFORGED',
  'a\u3000\u3000FORGED',
  'a\u00a0\u00a0FORGED',
  'a\u200bb',
  'a\u200db',
  'a\ufe0fb',
  'a\u{e0041}',
  'a\ufeffb',
  'a\u3164b',
  'a\u2800b',
  'a\u0378b',
  'a\ue000b',
  'a\b\b\u007f',
  '\u0301a',
] as const
/** All of them, as long as a name may be. */
const names = Array.from({ length: Math.ceil(steering.length / 4) }, (_, at) =>
  steering.slice(4 * at, 4 * at + 4).join(' '),
)

/** Whatever a terminal would obey, or nobody would see. */
const obeyed = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cn}\p{Co}\p{Default_Ignorable_Code_Point}\u2800]/u
/** A line that we did not begin, a column, and a mark that draws over what stands before it. */
const forged = { line: /^\s*FORGED/m, column: /(?:\s{2}|[\t\u3000]|\u00a0\s)FORGED|(?<![^\s])\p{M}/u } as const

const isInert = (text: string): void => {
  expect(text).not.toMatch(obeyed)
  expect(text).not.toMatch(forged.line)
  expect(text).not.toMatch(forged.column)
}

const folder = mkdtempSync(join(tmpdir(), 'foobot-101-'))
let log: LogFolder
let door: Door
beforeAll(async () => {
  log = await makeLogFolder()
  const events: Partial<LogEvent>[] = names.flatMap((name) => [
    { what: 'alarm', why: name, runner: name.slice(0, 120) },
    { what: 'denied', person: name.slice(0, 120), command: name, request: idOf(99) },
    { what: 'failed', why: name, request: idOf(99) },
  ])
  const leaves = events.map((event) => ({
    leaf: {
      bytes: eventKind.pae(eventKind.encode({ v: 2, deployment: 'acme', at: now, what: 'alarm', ...event })),
    },
  }))
  await log.storage.records.commit(leaves, log.note)
  await log.storage.files.flush()
  door = await Door.open({
    requests: () =>
      names.map((name) => ({
        state: 'pending',
        id: 'a'.repeat(32),
        code: name,
        command: name,
        person: name,
        room: name,
        owes: [{ kind: 'approval', group: name, count: 1, word: name, say: name, because: name, from: [name] }],
      })),
  })
})
afterAll(async () => {
  await door.close()
  await log.storage.close()
  rmSync(log.data, { recursive: true })
  rmSync(folder, { recursive: true })
})

const jsonLines = (text: string): unknown[] => {
  expect(text).not.toMatch(obeyed)
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

describe('the log', () => {
  it('tail has one line a leaf, and show none that it did not begin', async () => {
    const tail = cliFor(['log', 'tail', '--lines', '500', '--data', log.data])
    const { out } = await tail
    expect(out.trimEnd().split('\n')).toHaveLength(log.storage.log.size)
    for (const line of out.trimEnd().split('\n')) expect(line).toMatch(/^ +\d+ {2}2027-/)
    isInert(out)
    const shown = await runFoobot('log', 'show', log.code, '--data', log.data)
    expect(shown.out).toContain('FORGED')
    for (const line of shown.out.trimEnd().split('\n')) expect(line).toMatch(/^(Leaf \d+: | {2}[a-z])/)
    isInert(shown.out)
  })

  it('a name does not pass for more of a sentence', async () => {
    const event = { v: 2, deployment: 'acme', at: now, what: 'denied', request: idOf(99) } as const
    const bytes = eventKind.pae(eventKind.encode({ ...event, person: 'eve, by mansel' }))
    await log.storage.records.commit([{ leaf: { bytes } }], log.note)
    await log.storage.files.flush()
    const { out } = await runFoobot('log', 'show', log.code, '--data', log.data)
    expect(out).toContain('by "eve, by mansel"')
  })

  it('is one line of JSON a leaf, with all that there is', async () => {
    const { out } = await runFoobot('log', 'show', log.code, '--data', log.data, '--json')
    expect(JSON.stringify(jsonLines(out))).toContain(JSON.stringify(names[1]))
  })
})

/** What never ends by itself is ended once it has printed all. */
const cliFor = async (args: readonly string[]): Promise<{ readonly out: string }> => {
  const program = fileURLToPath(new URL('../../bin/foobot', import.meta.url))
  const run = promisify(execFile)(process.execPath, [program, ...args], { timeout: 6_000 })
  return run.then(
    ({ stdout }) => ({ out: stdout }),
    (error: { readonly stdout: string }) => ({ out: error.stdout }),
  )
}

describe('what waits', () => {
  it('is one line each, and inert', async () => {
    const args = ['requests', '--as', 'steve', '--server', door.http.url, '--data', door.folder]
    const { out, err } = await cli(args)
    expect(err).toBe('')
    expect(out.trimEnd().split('\n')).toHaveLength(names.length + 1)
    isInert(out)
    const { out: json } = await cli([...args, '--json'])
    expect(jsonLines(json)).toHaveLength(names.length)
    expect(jsonLines(json)[0]).toMatchObject({ person: names[0], command: names[0] })
  })
})

describe('a bundle and its policy', () => {
  it('show each change as a change, and each further line of a text as one', () => {
    const changes = names.flatMap(
      (name) =>
        [
          { part: 'policies', label: `policy/a.cedar\npermit (principal, action, resource);\n${name}` },
          { part: 'people', label: 'eve', before: name, after: name },
        ] as const,
    )
    const shown = shownLines({
      deployment: names.join(),
      version: 2,
      digest: 'd'.repeat(64),
      iat: 1,
      exp: 2,
      signed: [...names],
      threshold: 1,
      changes,
    })
    const plain = paintWith(false)
    const lines = shown.map((text) => plain([{ text }]))
    for (const line of lines.slice(6)) expect(line).toMatch(/^(people|policies| {2}[~+] | {6}\| )/)
    expect(lines.join('\n')).not.toMatch(obeyed)
    expect(lines.join('\n')).not.toMatch(forged.line)
    const report = reportLines(
      {
        possibilities: [],
        parties: [],
        softSpots: names.map((name) => ({ name, say: name, accepted: name })),
        complaints: names.map((name) => ({ policy: name, say: name, weight: 'wrong' as never })),
        notes: [...names],
        passed: true,
      },
      Number.POSITIVE_INFINITY,
    )
    expect(report.map(plain)).toHaveLength(3 * names.length + 7)
  })
})

describe('a complaint', () => {
  const evil = 'x\u001b[2J\u202e\nFORGED\u2028FORGED'
  it.each([
    ['a folder that is missing', ['log', 'verify', '--data', evil]],
    ['a bundle that is missing', ['bundle', 'show', '--data', evil]],
    ['a draft that is missing', ['policy', 'check', '--config', evil]],
    ['a proof that is missing', ['verify', evil, '--root', evil]],
    ['an option that there is none', ['log', `--${evil}`]],
    ['a subcommand that there is none', [evil]],
    ['a configuration that is missing', ['runner', '--config', evil]],
    ['a server that is nowhere', ['requests', '--as', evil, '--server', `http://${evil}`]],
  ])('is one line, and inert: %s', async (_, args) => {
    const { out, err, exit } = await cli(args)
    expect(exit).not.toBe(0)
    isInert(`${out}${err}`)
    expect(err).toMatch(/^foobot: .*\n$/)
  })

  it('of a file names a place in it, and no line that the file wrote', async () => {
    const company = join(folder, 'company')
    mkdirSync(company)
    writeFileSync(
      join(company, 'company.yaml'),
      `"${JSON.stringify(evil).slice(1, -1)}": 1\nzone: "a\\e[2J\\nFORGED"\n`,
    )
    const { err } = await cli(['policy', 'check', '--config', company])
    expect(err).toContain('company.yaml')
    isInert(err)
    const { out } = await cli(['doctor', '--data', join(folder, evil.replace('/', '')), '--config', company, '--json'])
    jsonLines(out)
  })
})

describe('what the terminal completes', () => {
  it('is what could be typed', async () => {
    const offered = ['push', ...steering.filter((one) => !/^\p{M}/u.test(one)).map((one) => `push${one}`)]
    const completing = { rooms: [], alone: true, ask: async () => offered }
    expect(await completeLine('pu', completing)).toEqual(['push'])
  })
})

describe('a process', () => {
  const run = async (script: string) => {
    const file = join(folder, `${Math.random()}.mjs`.replace('0.', 'x'))
    writeFileSync(file, script)
    return promisify(execFile)(process.execPath, [file], { env: { ...process.env, FOOBOT_LOG: 'info' } })
  }
  const source = (path: string): string => JSON.stringify(fileURLToPath(new URL(`../../src/${path}`, import.meta.url)))

  it('logs one line of JSON each, that steers nothing', async () => {
    const { stderr } = await run(`
      const { makeLog } = await import(${source('processes/log.ts')})
      const log = makeLog('x')
      for (const why of ${JSON.stringify(names)}) log.warn({ why }, why)`)
    expect(jsonLines(stderr)).toMatchObject(names.map((why) => ({ why, msg: why })))
  })

  it('that is kept running prints through who started it', async () => {
    const child = join(folder, 'child.mjs')
    writeFileSync(
      child,
      `for (const one of ${JSON.stringify(steering)}) { console.log('out ' + one); console.error('err ' + one) }`,
    )
    const { stdout, stderr } = await run(`
      const { keepRunning } = await import(${source('processes/child.ts')})
      keepRunning(() => [], () => undefined, () => false, ${JSON.stringify(child)})`)
    for (const text of [stdout, stderr]) {
      expect(text).toContain('\\u{1b}[2J')
      expect(text).not.toMatch(obeyed)
    }
  })
})
