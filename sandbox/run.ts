import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import { Faults } from './faults.ts'
import type { Answer, Asked } from './route.ts'

/** What a stand-in is made of: its own answers, over a database that outlives it. */
export type StandIn = {
  /** As the folder is called. */
  readonly name: string
  /**
   * Flags of its own beside `--port` and `--data`: whole numbers, with what each is where it is given neither so nor in the
   * environment (`--speed` is `SANDBOX_SPEED` there).
   */
  readonly numbers?: Readonly<Record<string, number>>
  /** Makes its answers. `credential` is what a client must show. */
  readonly open: (given: Given) => (asked: Asked) => Answer | Promise<Answer>
  /** Makes the credential where there is none yet: a random line, where the vendor has no form of its own for it. */
  readonly makeCredential?: () => string
  /** How the vendor answers with a status of 400 and more, where a test wants it to: see `faults.ts`. */
  readonly failed?: (status: number, path: string) => Answer
}

export type Given = {
  readonly database: DatabaseSync
  readonly credential: string
  /** The line in the file of this name: for who must show more than one, as `credential.token`. */
  readonly credentialIn: (file: string) => string
  readonly numbers: Readonly<Record<string, number>>
}

/** Bytes of a request's body that are read. */
const mostBytes = 1024 * 1024

/**
 * Runs a stand-in as this process, on loopback alone: `--port` 0 takes a free one, `--data` is the folder of its database
 * and of its `credential`, made where it is missing. Says where it listens, to its parent too, and ends with it.
 */
export const run = ({
  name,
  numbers = {},
  open,
  makeCredential = () => randomBytes(24).toString('hex'),
  failed = (status) => ({ status }),
}: StandIn): void => {
  const { port, data, given } = flagsOf(numbers)
  mkdirSync(data, { recursive: true, mode: 0o700 })
  // A test may look into it, or change it, meanwhile.
  const database = new DatabaseSync(join(data, `${name}.sqlite`), { timeout: 5000 })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
  const answer = open({
    database,
    credential: credentialIn(data, 'credential', makeCredential),
    credentialIn: (file) => credentialIn(data, file, () => randomBytes(24).toString('hex')),
    numbers: given,
  })
  const faults = new Faults(failed)
  const server = createServer((request, response) => {
    serve(answer, faults, request, response).catch((error: unknown) => {
      console.error(`sandbox ${name}: ${String(error)}`)
      response.destroy()
    })
  })
  const stop = (): void => {
    server.closeAllConnections()
    server.close(() => {
      database.close()
      process.exit(0)
    })
  }
  for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(event, stop)
  server.once('error', (error) => {
    console.error(`sandbox ${name}: ${error.message}: stop what listens there, or give another port`)
    if (process.send) process.send({ type: 'refused' }, () => process.exit(1))
    else process.exit(1)
  })
  server.listen(port, '127.0.0.1', () => {
    const address = server.address()
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`
    if (process.send) process.send({ type: 'ready', url })
    else console.log(`The sandbox ${name} is listening on ${url}`)
  })
}

const flagsOf = (numbers: Readonly<Record<string, number>>) => {
  const own = Object.fromEntries(Object.keys(numbers).map((name) => [name, { type: 'string' } as const]))
  const { values } = parseArgs({ options: { port: { type: 'string' }, data: { type: 'string' }, ...own } })
  const given: Readonly<Record<string, string | undefined>> = values
  const { port = '0', data } = given
  if (data === undefined) throw new Error('--data DIR says where the sandbox keeps what it knows')
  const numberOf = (name: string, otherwise: number): number => {
    const text = given[name] ?? process.env[`SANDBOX_${name.toUpperCase()}`]
    if (text === undefined) return otherwise
    if (!/^\d{1,9}$/.test(text)) throw new Error(`--${name} takes a whole number, not "${text}"`)
    return Number(text)
  }
  const all = Object.entries(numbers).map(([name, otherwise]) => [name, numberOf(name, otherwise)] as const)
  return { port: Number(port), data, given: Object.fromEntries(all) }
}

const credentialIn = (data: string, name: string, make: () => string): string => {
  const file = join(data, name)
  try {
    writeFileSync(file, `${make()}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFileSync(file, 'utf8').trim()
}

const serve = async (
  answer: (asked: Asked) => Answer | Promise<Answer>,
  faults: Faults,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const url = new URL(request.url ?? '/', 'http://sandbox')
  const raw = await bodyOf(request)
  const body = raw && parsed(new TextDecoder().decode(raw))
  if (faults.ordered(request, body, response)) return
  const befallen = faults.befall(response, url.pathname)
  if (befallen === 'none') return
  const asked = {
    method: request.method ?? 'GET',
    path: url.pathname.replace(/\/$/, ''),
    query: url.searchParams,
    headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    body,
  }
  const own =
    typeof befallen === 'object' ? befallen : raw === undefined ? { status: 413 } : await answer({ ...asked, raw })
  if (befallen === 'lost') response.destroy()
  else send(response, own)
}

const send = (response: ServerResponse, { status, headers, body, raw }: Answer): void => {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(raw ?? (body === undefined ? undefined : JSON.stringify(body)))
}

/** `undefined` where it is too large. */
const bodyOf = async (request: IncomingMessage): Promise<Uint8Array | undefined> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= mostBytes) chunks.push(chunk)
  }
  return bytes > mostBytes ? undefined : Buffer.concat(chunks)
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
