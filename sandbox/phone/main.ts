import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Phones } from './phones.ts'
import { refusedSender } from './vapid.ts'

/** Bytes of a request's body, at most: a push has 4 KiB. */
const mostBytes = 8 * 1024
/** Milliseconds that a screen is watched in one request. */
const patience = 20_000

type Answer = { readonly status: number; readonly body?: unknown }

const nothingHere: Answer = { status: 404, body: { say: 'There is no such phone here.' } }

const { values } = parseArgs({ options: { port: { type: 'string' }, data: { type: 'string' } } })
const { data, port = '0' } = values
if (data === undefined) throw new Error('--data DIR says where the phones keep what they know')

const phones = new Phones(data)
/** Whoever works a phone shows that they may read its folder. */
const credential = randomBytes(24).toString('hex')
let origin = ''

/** RFC 8030: what a sender hands in for a subscription. */
const push = (person: string, id: string, authorization: string | undefined, body: Buffer): Answer => {
  const sender = phones.senderOf(person, id)
  if (sender === undefined) return { status: 410 }
  const why = refusedSender(authorization, sender, origin, Math.floor(Date.now() / 1000))
  if (why !== undefined) return { status: 403, body: { reason: why } }
  phones.push(person, body)
  return { status: 201 }
}

const answer = async (request: IncomingMessage): Promise<Answer> => {
  const body = await bodyOf(request)
  if (!body) return { status: 413 }
  const { authorization, ttl } = request.headers
  const [, verb, person = '', what = ''] = (request.url ?? '').split('/')
  if (request.method === 'POST' && verb === 'push') {
    return ttl === undefined ? { status: 400 } : push(person, what, authorization, body)
  }
  if (authorization !== `Bearer ${credential}`) return { status: 401 }
  if (!phones.has(person)) return nothingHere
  if (request.method === 'GET' && verb === 'screen') {
    const sheet = await phones.screen(person, what === 'now' ? 0 : patience)
    return { status: 200, body: sheet ? { sheet } : {} }
  }
  if (request.method !== 'POST') return nothingHere
  const said = JSON.parse(body.toString('utf8'))
  switch (verb) {
    case 'subscribe': {
      const { path, ...keys } = phones.subscribe(person, String(said.key))
      return { status: 201, body: { endpoint: `${origin}${path}`, ...keys } }
    }
    case 'answer':
      return { status: 200, body: await phones.answer(person, what, String(said.answer)) }
    case 'refuse':
      return { status: 200, body: await phones.refuse(person, what) }
    default:
      return nothingHere
  }
}

/** `undefined` where it is too large. */
const bodyOf = async (request: IncomingMessage): Promise<Buffer | undefined> => {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= mostBytes) chunks.push(chunk)
  }
  return bytes > mostBytes ? undefined : Buffer.concat(chunks)
}

const answerAll = async (request: IncomingMessage): Promise<Answer> => {
  try {
    return await answer(request)
  } catch (error) {
    console.error(`sandbox phone: ${String(error)}`)
    return { status: 500, body: { say: `The phone could not do that: ${String(error)}` } }
  }
}

const server = createServer((request, response) => {
  void answerAll(request).then(({ status, body }) => {
    response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
    response.end(body === undefined ? undefined : JSON.stringify(body))
  })
})

const stop = (): void => {
  server.closeAllConnections()
  server.close(() => process.exit(0))
}
for (const event of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(event, stop)
server.once('error', (error) => {
  console.error(`sandbox phone: ${error.message}: stop what listens there, or give another port`)
  if (process.send) process.send({ type: 'refused' }, () => process.exit(1))
  else process.exit(1)
})
server.listen(Number(port), '127.0.0.1', () => {
  const address = server.address()
  origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`
  writeFileSync(join(data, 'address.json'), JSON.stringify({ url: origin, credential }), { mode: 0o600 })
  if (process.send) process.send({ type: 'ready', url: origin })
  else console.log(`The sandbox phone is listening on ${origin}`)
})
