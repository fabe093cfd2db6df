import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { complain, print } from '#cli/tell.ts'
import { line } from '#cli/terminal/clean.ts'
import { FoobotError } from '#core/errors.ts'
import { type Child, keepRunning } from './child.ts'
import { administratorOf, deskFile, makeExample, pointDeskAt } from './example.ts'
import { freePort } from './free-port.ts'
import { stopWith, type ToParent } from './lifecycle.ts'
import { registerPhones } from './register-phones.ts'
import { startSandbox } from './sandbox.ts'
import { signBundle } from './sign-bundle.ts'

/**
 * `npm start`: the example company, all parts as siblings of one user. Makes the company on first use, keeps its bundle
 * signed, and starts the server, the stand-ins of its systems and its runners; a part that dies is started again.
 */
const up = async (data: string, port: string): Promise<void> => {
  if (!existsSync(join(data, 'server', 'server.yaml'))) {
    await makeExample(data, await deskPortBeside(Number(port)))
    print(line`Made the example company in ${data}: its keys are for trying out only.`)
  }
  const administrator = administratorOf(data)
  const version = await signBundle(data, Date.now(), administrator)
  if (version !== undefined) {
    print(
      line`Signed bundle ${version} with the key of ${administrator.person}: one administrator alone is for trying out.`,
    )
  }

  const runners = readdirSync(join(data, 'runners')).sort()
  const children: Child[] = []
  let url: string | undefined
  let stopping = false
  const sandbox = startSandbox(data, Number(port), (name, wasRefused, how, pause) => {
    if (wasRefused && !stopping) process.exit(1)
    return died(name)(how, pause)
  })
  stopWith(
    async () => {
      stopping = true
      // The runners first: what they are doing ends, and its receipts reach a server that still listens.
      await Promise.all(children.slice(1).map((child) => child.stop()))
      await children[0]?.stop()
      await sandbox.stop()
    },
    (error) => complain(String(error)),
  )
  let refused = false
  const hears = (message: ToParent): void => {
    if (message.type === 'refused') refused = true
    if (url !== undefined || message.type === 'refused') return
    url = message.url
    if (existsSync(deskFile(data))) {
      pointDeskAt(data, url)
      children.push(keepRunning(() => ['desk', '--config', deskFile(data)], nothing, died('desk')))
    }
    sandbox.ready
      .then(() => sandbox.point(message.url))
      .then(() => {
        for (const name of runners) {
          const file = join(data, 'runners', name, 'runner.yaml')
          children.push(keepRunning(() => ['runner', '--config', file], nothing, died(`runner ${name}`)))
        }
        return Promise.all([whenReady(message.url), registerPhones(data, message.url)])
      })
      .then(() => print(...greeting(message.url, data)), fail)
  }
  const died =
    (name: string) =>
    (how: string, pause: number): boolean => {
      // Ctrl-C reaches all parts at once: who is gone already stays so.
      if (stopping) return false
      // It has said what is wrong, and only somebody who reads that can mend it.
      if (name === 'server' && url === undefined && refused) process.exit(1)
      complain(`${name} ended (${how}): starting it again in ${pause / 1000} s`)
      return true
    }
  // Started again, the server listens where its clients know it.
  const listens = (): string => (url === undefined ? port : new URL(url).port)
  children.push(keepRunning(() => ['start', '--data', data, '--port', listens()], hears, died('server')))
}

/** The next one; where the server takes any free one, so does the desk. */
const deskPortBeside = async (port: number): Promise<number> =>
  port === 0 || port === 65_535 ? await freePort() : port + 1

const nothing = (): void => undefined

/** Resolves once the server can do all its work. */
const whenReady = async (url: string): Promise<void> => {
  for (;;) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const greeting = (url: string, data: string): readonly string[] => {
  const server = url === 'http://127.0.0.1:8080' ? '' : ` --server ${url}`
  const place = data === resolve('data') ? '' : ` --data ${/^[\w/.@-]+$/.test(data) ? data : `'${data}'`}`
  const where = `${server}${place}`
  return [
    `Foobot is listening on ${url}`,
    '',
    'Try, in another terminal:',
    `  npx --no foobot say --as jhand --room devs${where} 'Foobot commit -am "bug (5563) fixed"'`,
    `  npx --no foobot say --as jhand --room devs${where} 'Foobot push'`,
    `  npx --no foobot chat --as jhand --room devs${where}`,
    '',
    'Ctrl-C stops it.',
  ]
}

const help = `Usage: npm start -- [options]

Makes a small example company on first use, and starts all its parts on this machine: for trying out.

Options:
  --data DIR   where it lies (default: "./data", env: FOOBOT_DATA)
  --port N     the server's port; the desk takes the next, the systems those from the tenth; 0 takes free ones (default: 8080)
  -h, --help   show help

Examples:
  npm start
  npm start -- --data /tmp/acme --port 9080`

const flags = (): { data: string; port: string } => {
  const { values } = parseArgs({
    options: { data: { type: 'string' }, port: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) {
    print(...help.split('\n'))
    process.exit(0)
  }
  const port = values.port ?? '8080'
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new Error(`--port takes a number from 0 to 65535, not "${port}"`)
  return { data: resolve(values.data ?? process.env.FOOBOT_DATA ?? 'data'), port }
}

const fail = (error: unknown): never => {
  const text = error instanceof FoobotError ? error.say : error instanceof Error ? error.message : String(error)
  complain(text)
  process.exit(1)
}

try {
  const { data, port } = flags()
  await up(data, port)
} catch (error) {
  fail(error)
}
