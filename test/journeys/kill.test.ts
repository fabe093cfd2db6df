import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { afterAll, expect, it } from 'vitest'
import { Connection } from '../../src/client/connection.ts'
import { findSigners } from '../../src/client/find-signer.ts'
import { administratorOf } from '../../src/processes/example.ts'
import { signBundle } from '../../src/processes/sign-bundle.ts'
import { project, run } from './company.ts'
import { makeMarkedCompany } from './marked-company.ts'

/**
 * Server and runner are killed in turn, in the middle of whatever they do, while commands go on. Nothing that was
 * acknowledged is lost, and nothing runs twice.
 */
const kills = Number(process.env.FOOBOT_KILLS ?? 20)
const seed = Number(process.env.FOOBOT_SEED ?? randomBytes(4).readUInt32LE())
/** Commands in flight at each moment. */
const inFlight = 24
const people = ['jhand', 'mansel', 'steve', 'irishwarhammer', 'bianca', 'dora', 'dean', 'sam', 'fiona']

const folder = mkdtempSync(join(tmpdir(), 'foobot-kill-'))
const data = join(folder, 'data')
const children = new Set<ChildProcess>()
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await after(100)
  rmSync(folder, { recursive: true, force: true })
})

/** Numbers from 0 to 1 that a seed gives again. */
const numbers = (state: number) => (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 32
}

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

type Line = { readonly name: string; readonly states: string[]; readonly texts: string[] }

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
  await linked(url)

  const lines = new Map<string, Line>()
  const open = new Set<string>()
  let wake = (): void => undefined
  const connections = await Promise.all(
    people.map(async (person) => {
      const connection = new Connection({
        server: url,
        person,
        signers: await findSigners({ person, data }),
        clock: Date.now,
        newId: () => randomBytes(12).toString('hex'),
        keepTrying: 120_000,
        ears: {
          heard: (frame) => {
            if (frame.type === 'message' && frame.answers !== undefined)
              lines.get(frame.answers)?.texts.push(textOf(frame.chat))
            if (frame.type === 'problem') throw new Error(`${person}: ${frame.say}`)
            if (frame.type !== 'request') return
            lines.get(frame.message)?.states.push(frame.request.state)
            if (['running', 'pending', 'asking'].includes(frame.request.state)) return
            open.delete(frame.message)
            wake()
          },
          lost: () => undefined,
          back: () => undefined,
          gone: (error) => {
            throw error
          },
        },
      })
      await connection.open()
      return connection
    }),
  )

  let going = true
  let count = 0
  const talking = (async () => {
    while (going || open.size > 0) {
      while (going && open.size < inFlight) {
        const connection = connections[count % connections.length]
        const name = `m${count++}`
        const id = connection?.say('everyone', `Foobot mark ${name}`, false) ?? ''
        lines.set(id, { name, states: [], texts: [] })
        open.add(id)
      }
      await Promise.race([
        new Promise<void>((resolve) => {
          wake = resolve
        }),
        after(250),
      ])
    }
  })()

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
    await linked(url)
  }
  going = false
  await Promise.race([talking, after(45_000)])
  for (const connection of connections) connection.close()

  const files = new Set(readdirSync(marks))
  expect([...files].filter((name) => name.endsWith('.twice'))).toEqual([])
  const wrong = [...lines.values()].filter((line) => !isRight(line, files))
  expect(wrong, stderr).toEqual([])
  const ends = [...lines.values()].map(({ states }) => states.at(-1))
  expect(ends.filter((state) => state === 'done').length).toBeGreaterThan(kills)

  await kill(server)
  await kill(runner)
  expect(await run(process.execPath, ['bin/foobot', 'log', 'verify', '--data', data])).toMatchObject({ code: 0 })
})

/** Each line has an end, and its file is there or not as the end says. */
const isRight = ({ name, states }: Line, files: ReadonlySet<string>): boolean => {
  switch (states.at(-1)) {
    case 'done':
      return files.has(name)
    case 'interrupted':
      return true
    case 'failed':
    case 'expired':
    case 'refused':
      return !files.has(name)
    default:
      return false
  }
}

const textOf = ({ text, blocks }: { readonly text: string; readonly blocks: readonly object[] }): string =>
  [text, ...blocks.map((block) => ('text' in block ? String(block.text) : ''))].join('\n')

/** Resolves once the runner of the canary can be sent orders. */
const linked = async (url: string): Promise<void> => {
  for (let tries = 0; tries < 1200; tries++) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined)
    const { parts = [] } = answer ? ((await answer.json()) as { parts?: { part: string; ok: boolean }[] }) : {}
    if (parts.some(({ part, ok }) => part === 'runner delivery' && ok)) return
    await after(50)
  }
  throw new Error(`the runner did not come back:\n${stderr}`)
}
