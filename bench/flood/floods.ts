import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import type { Bound } from '../../src/bounds/bound.ts'
import { Connection } from '../../src/client/connection.ts'
import { readKeyFile } from '../../src/client/key-file.ts'
import { mostEntries, mostLine } from '../../src/wire/native.ts'
import { lineOf } from '../whole-way/company.ts'

/** Where to, and for how long: every flood talks to this machine alone, and stops by itself. */
export type Target = {
  readonly data: string
  readonly url: string
  readonly socket: string
  readonly room: string
  /** Milliseconds. */
  readonly lasts: number
}

export type Flood = {
  readonly name: string
  /** The bound that it goes ten times beyond; its name. */
  readonly bound: string
  /** Resolves when it is over, with how much was tried. */
  readonly run: (target: Target, bound: Pick<Bound, 'most' | 'perSecond'>) => Promise<number>
}

const times = 10

/** Opens so many connections a second, within the time, and holds those that are not ended. */
const connections = async (perSecond: number, lasts: number, open: (n: number) => Socket): Promise<number> => {
  const held = new Set<Socket>()
  const opened = await repeated(perSecond, lasts, (n) => {
    const socket = open(n)
    held.add(socket)
    socket.on('error', () => undefined)
    socket.resume()
    socket.once('close', () => held.delete(socket))
  })
  for (const socket of held) socket.destroy()
  return opened
}

/** Does something so often a second, within the time, whatever comes of it. */
const repeated = async (perSecond: number, lasts: number, once: (n: number) => void): Promise<number> => {
  const begun = performance.now()
  let done = 0
  while (performance.now() < begun + lasts) {
    const due = Math.floor(((performance.now() - begun) * perSecond) / 1000)
    while (done < due) once(done++)
    await after(5)
  }
  return done
}

const portOf = (url: string): number => Number(new URL(url).port)

const upgrade = (url: string): string =>
  `GET /native HTTP/1.1\r\nHost: ${new URL(url).host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`

const post = (url: string, body: string, headers: Readonly<Record<string, string>>): void => {
  fetch(url, { method: 'POST', body, headers }).then(
    (answer) => answer.arrayBuffer(),
    () => undefined,
  )
}

/** Three signatures by keys that nobody has, over what is no consent of anything. */
const forged = (): string => {
  const signature = () => ({ keyid: randomBytes(32).toString('hex'), sig: randomBytes(200).toString('base64') })
  return JSON.stringify({
    payloadType: 'application/vnd.foobot.key-remove.v2+json',
    payload: randomBytes(300).toString('base64'),
    signatures: [signature(), signature(), signature()],
  })
}

/** Somebody of the company, with a key of theirs. */
const connected = async ({ data, url }: Target, person: string): Promise<Connection> => {
  const { signer } = readKeyFile(join(data, 'keys', person))
  if (!signer) throw new Error(`no key of ${person}`)
  const nothing = (): void => undefined
  const connection = new Connection({
    server: url,
    person,
    signers: [signer],
    clock: Date.now,
    newId: () => randomBytes(8).toString('hex'),
    keepTrying: 60_000,
    ears: { heard: nothing, lost: nothing, back: nothing, gone: nothing },
  })
  await connection.open()
  return connection
}

/** Who floods from inside. */
export const insider = 'person-1'

export const floods: readonly Flood[] = [
  {
    name: 'connections that say nothing',
    bound: 'strangers-source',
    run: ({ url, lasts }, { most }) =>
      connections(times * most, lasts, () => connect({ port: portOf(url), host: '127.0.0.1' })),
  },
  {
    name: 'connections of 200 sources that say nothing',
    bound: 'strangers',
    run: ({ url, lasts }, { most }) =>
      connections(times * most, lasts, (n) =>
        connect({ port: portOf(url), host: '127.0.0.1', localAddress: `127.0.1.${1 + (n % 200)}` }),
      ),
  },
  {
    name: 'WebSockets that sign nobody in',
    bound: 'http-requests',
    run: ({ url, lasts }, { perSecond = 0 }) =>
      repeated(times * perSecond, lasts, () => {
        const socket = connect({ port: portOf(url), host: '127.0.0.1' })
        socket.on('error', () => undefined)
        socket.resume()
        socket.write(upgrade(url))
        setTimeout(() => socket.destroy(), 500)
      }),
  },
  {
    name: 'pages',
    bound: 'http-requests',
    run: ({ url, lasts }, { perSecond = 0 }) =>
      repeated(times * perSecond, lasts, () => {
        fetch(url).then(
          (answer) => answer.arrayBuffer(),
          () => undefined,
        )
      }),
  },
  {
    name: 'forged signatures handed in',
    bound: 'http-posts',
    run: ({ url, lasts }, { perSecond = 0 }) =>
      repeated(times * perSecond, lasts, () =>
        post(`${url}/present`, forged(), { 'content-type': 'application/json' }),
      ),
  },
  {
    name: 'forged webhooks',
    bound: 'http-requests',
    run: ({ url, lasts }, { perSecond = 0 }) =>
      repeated(times * perSecond, lasts, () =>
        post(`${url}/hooks/idle`, 'x'.repeat(2000), { 'x-signature': randomBytes(32).toString('hex') }),
      ),
  },
  {
    name: 'connections at the runners’ socket',
    bound: 'runner-strangers',
    run: ({ socket, lasts }, { most }) => connections(times * most, lasts, () => connect(socket)),
  },
  {
    name: 'a person who talks without end',
    bound: 'native-frames',
    run: (target, { perSecond = 0 }) => byInsider(target, times * perSecond, (say, n) => say(`so I said ${n}`)),
  },
  {
    name: 'a person who says what is no command',
    bound: 'native-frames',
    run: (target, { perSecond = 0 }) =>
      byInsider(target, times * perSecond, (say, n) => say(`Foobot no-such-thing ${n}`)),
  },
  {
    name: 'a person who says commands without end',
    bound: 'native-frames',
    run: (target, { perSecond = 0 }) =>
      byInsider(target, times * perSecond, (say, n) => say(lineOf(n + 1_000_000, 10))),
  },
  {
    name: 'a person who says lines of 64 KiB',
    bound: 'native-bytes',
    run: (target, { perSecond = 0 }) =>
      byInsider(target, (times * perSecond) / mostLine, (say, n) => say(`${n}`.padEnd(mostLine, ' so I said'))),
  },
  {
    name: 'a person who reads the history without end',
    bound: 'native-pages',
    run: async (target, { perSecond = 0 }) => {
      const connection = await connected(target, insider)
      const read = (): void => connection.join(target.room, mostEntries)
      return repeated(times * perSecond, target.lasts, read).finally(() => connection.close())
    },
  },
]

const byInsider = async (
  target: Target,
  perSecond: number,
  act: (say: (text: string) => void, n: number) => void,
): Promise<number> => {
  const connection = await connected(target, insider)
  try {
    return await repeated(perSecond, target.lasts, (n) => act((text) => connection.say(target.room, text, false), n))
  } finally {
    connection.close()
  }
}
