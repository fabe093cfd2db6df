import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { Connection } from '../src/client/connection.ts'
import type { Frame } from '../src/client/dial.ts'
import { readKeyFile } from '../src/client/key-file.ts'
import { room } from './company.ts'
import { floods, insider, type Target } from './flood/floods.ts'
import { quantile } from './measure.ts'
import { question, remark, table, time } from './table.ts'
import { temporaryFolder } from './way.ts'
import { lineOf, runner, writeCompany } from './whole-way/company.ts'

question('What does a colleague notice while somebody floods at ten times a bound?')

/** Milliseconds of one flood, and of one look without. */
const lasts = 4_000
const rounds = 3
/** Milliseconds between two calls: within what one person may say. */
const pause = 60
const colleague = 'person-0'
/** Milliseconds more than without a flood that a median call may take. */
const allowed = 50

const program = join(import.meta.dirname, '../src/cli/main.ts')
const data = temporaryFolder()
const runnerFile = await writeCompany(data, 10, [colleague, insider])
const quiet = { ...process.env, FOOBOT_LOG: 'error' }
const children: ChildProcess[] = []
const part = (...args: readonly string[]): ChildProcess => {
  const child = fork(program, [...args], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], env: quiet })
  children.push(child)
  return child
}

const server = part('start', '--data', data, '--port', '0')
const [{ url }] = await once(server, 'message')
part('runner', '--config', runnerFile)
const target: Target = { data, url, socket: join(data, 'server', 'runners.sock'), room, lasts }
while (!(await fetch(`${url}/readyz`)).ok) await after(50)

/** A person's client, whose lines can be waited for. */
const voice = async (person: string) => {
  const { signer } = readKeyFile(join(data, 'keys', person))
  if (!signer) throw new Error(`no key of ${person}`)
  const waiting = new Map<string, (state: string) => void>()
  const nothing = (): void => undefined
  const connection = new Connection({
    server: url,
    person,
    signers: [signer],
    clock: Date.now,
    newId: () => randomBytes(8).toString('hex'),
    keepTrying: 60_000,
    ears: {
      heard: (frame: Frame) => {
        if (frame.type !== 'request' || frame.request.state === 'running') return
        waiting.get(frame.message)?.(frame.request.state)
      },
      lost: nothing,
      back: nothing,
      gone: nothing,
    },
  })
  await connection.open()
  const say = (text: string): Promise<string> =>
    new Promise((resolve) => waiting.set(connection.say(room, text, false), resolve))
  return { say, close: () => connection.close() }
}

const { say, close } = await voice(colleague)
let said = 0
/** Calls within the time: the milliseconds of each, from the line to its end. */
const calls = async (forMilliseconds: number): Promise<readonly number[]> => {
  const end = performance.now() + forMilliseconds
  const took: number[] = []
  while (performance.now() < end) {
    const begun = performance.now()
    const state = await say(lineOf(said++, 10))
    if (state !== 'done') throw new Error(`a colleague's command ended as ${state}`)
    took.push(performance.now() - begun)
    await after(pause)
  }
  return took
}

const during = async (name: string): Promise<readonly number[]> => {
  const attacker = fork(join(import.meta.dirname, 'flood/attacker.ts'), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  await once(attacker, 'message')
  attacker.send({ name, target })
  const took = await calls(lasts)
  if (attacker.exitCode === null) await once(attacker, 'exit')
  if (attacker.exitCode !== 0) throw new Error(`the flood of ${name} broke off`)
  return took
}

await calls(lasts)
const rows = []
const late: string[] = []
for (const { name, bound } of floods) {
  const without: number[] = []
  const within: number[] = []
  for (let round = 0; round < rounds; round++) {
    without.push(...(await calls(lasts / 4)))
    within.push(...(await during(name)))
  }
  const half = (took: readonly number[]): number =>
    quantile(
      took.toSorted((a, b) => a - b),
      0.5,
    )
  const more = half(within) - half(without)
  if (more > allowed) late.push(name)
  rows.push([
    name,
    bound,
    time(half(without) * 1e6),
    time(half(within) * 1e6),
    `${more.toFixed(1)} ms`,
    more > allowed ? 'missed' : 'met',
  ])
}
table(['flood at ten times', 'the bound', 'without', 'meanwhile', 'more', `at most ${allowed} ms`], rows)
remark('')
remark(
  `The median of a colleague’s calls, from the line to its end, by way of the runner ${runner}. All on this machine’s cores, the flood too.`,
)
close()
for (const child of children.toReversed()) {
  if (child.exitCode !== null) continue
  child.kill('SIGTERM')
  await once(child, 'exit')
}
if (late.length > 0) process.exitCode = 1
