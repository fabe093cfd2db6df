import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { administratorOf } from '../../src/processes/example.ts'
import { signBundle } from '../../src/processes/sign-bundle.ts'
import { readinessOf } from '../operator.fixture.ts'
import { project, run } from './company.ts'
import { makeMarkedCompany } from './marked-company.ts'
import { isRight, numbers, Talk } from './talk.fixture.ts'

/**
 * Server and runner are killed in turn, in the middle of whatever they do, while commands go on. Nothing that was
 * acknowledged is lost, and nothing runs twice.
 */
const kills = Number(process.env.FOOBOT_KILLS ?? 20)
const seed = Number(process.env.FOOBOT_SEED ?? randomBytes(4).readUInt32LE())

const folder = mkdtempSync(join(tmpdir(), 'foobot-kill-'))
const data = join(folder, 'data')
const children = new Set<ChildProcess>()
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await after(100)
  rmSync(folder, { recursive: true, force: true })
})

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

const start = (...args: readonly string[]): ChildProcess => {
  const child = spawn(process.execPath, ['bin/foobot', ...args], { cwd: project, stdio: ['ignore', 'ignore', 'pipe'] })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-20_000)
  })
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}
let stderr = ''

const kill = async (child: ChildProcess): Promise<void> => {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

it(`loses nothing and runs nothing twice over ${kills} kills (seed ${seed})`, {
  timeout: 60_000 + kills * 15_000,
}, async () => {
  const { marks } = await makeMarkedCompany(data)
  await signBundle(data, Date.now(), administratorOf(data))
  const port = await freePort()
  const startServer = () => start('start', '--data', data, '--port', String(port))
  const startRunner = () => start('runner', '--config', join(data, 'runners', 'delivery', 'runner.yaml'))
  let server = startServer()
  let runner = startRunner()
  const url = `http://127.0.0.1:${port}`
  await linked()

  const talk = await Talk.begin(url, data)
  const random = numbers(seed)
  for (let killed = 0; killed < kills; killed++) {
    await after(50 + random() * 700)
    if (killed % 2 === 0) {
      await kill(server)
      server = startServer()
    } else {
      await kill(runner)
      runner = startRunner()
    }
    // Commands are under way again before the next one is killed, however slow the machine.
    await linked()
  }
  await talk.end(45_000)

  expect(talk.problems).toEqual([])
  const files = new Set(readdirSync(marks))
  expect([...files].filter((name) => name.endsWith('.twice'))).toEqual([])
  const wrong = [...talk.lines.values()].filter((line) => !isRight(line, files))
  expect(wrong, stderr).toEqual([])
  const ends = [...talk.lines.values()].map(({ states }) => states.at(-1))
  expect(ends.filter((state) => state === 'done').length).toBeGreaterThan(kills)

  await kill(server)
  await kill(runner)
  expect(await run(process.execPath, ['bin/foobot', 'log', 'verify', '--data', data])).toMatchObject({ code: 0 })
})

/** Resolves once the runner of the canary can be sent orders. */
const linked = async (): Promise<void> => {
  for (let tries = 0; tries < 1200; tries++) {
    // Neither listens nor is its socket whole while it is killed.
    const { parts = [] } = await readinessOf(data).catch(() => ({ parts: [] }))
    if (parts.some(({ part, ok }) => part === 'runner delivery' && ok)) return
    await after(50)
  }
  throw new Error(`the runner did not come back:\n${stderr}`)
}
