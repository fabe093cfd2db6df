import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import type { Root } from '#core/bundle/company.ts'
import { isLoopback, longestSocket, seenFrom } from './address.ts'
import { refuseIfAny } from './complaint.ts'
import { readConfigFile } from './config-file.ts'
import { deployment, fieldsOf, filePath, listOf, lowest, root, textLike } from './fields.ts'
import { host, originLike, portFrom, proxy } from './listener-fields.ts'

/** Whose pushes reach Chrome, Firefox, Safari and Edge. */
const knownServices = [
  'fcm.googleapis.com',
  'updates.push.services.mozilla.com',
  '*.push.apple.com',
  '*.notify.windows.com',
] as const

const push = fieldsOf({
  /** This server's own pair of keys; made where it is missing. */
  key: filePath.default('push-key.json'),
  /** The hosts of the push services that phones may be reached through; `*.push.apple.com` is every host below that. */
  services: listOf(
    textLike(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a host, as fcm.googleapis.com'),
    'hosts of push services',
  ).default(() => [...knownServices]),
  /** Plain http on this machine too: for trying out. */
  loopback: z.boolean({ error: 'write true or false' }).default(false),
})

/** Where runners of other machines come in. */
const runners = fieldsOf({
  host,
  port: portFrom(1),
  /** The origin that those runners dial, with https instead of wss. */
  publicUrl: z.exactOptional(originLike('https://runners.acme.example')),
  proxy,
})

const file = fieldsOf({
  deployment,
  /** Who may sign the first bundle that this server takes. */
  root,
  /** The lowest version of the bundle that this server takes. */
  lowest,
  /** The private key of the log. */
  logKey: filePath.default('log.key'),
  /** The Unix socket that runners on this machine dial. */
  socket: filePath.default('runners.sock'),
  host,
  port: portFrom(0).default(8080),
  proxy,
  /** Where runners beyond this machine dial. Absent: none can. */
  runners: z.exactOptional(runners),
  /** Where the operator reads metrics and what is not ready: a Unix socket, or a port of this machine. */
  metrics: z
    .union([fieldsOf({ socket: filePath }), fieldsOf({ port: portFrom(1) })], {
      error: 'write either a socket, as { socket: metrics.sock }, or a port of this machine, as { port: 9464 }',
    })
    .default(() => ({ socket: 'metrics.sock' })),
  /** Waking phones by Web Push. */
  push: push.default(() => ({ key: 'push-key.json', services: [...knownServices], loopback: false })),
  /** One-time codes: the key that the bundle lists under `attesting.totp`, and where secrets lie. Absent: none are taken. */
  totp: z.exactOptional(fieldsOf({ key: filePath, secrets: filePath.default('totp-secrets.json') })),
  /** The origin that people's browsers and terminals know, where a proxy stands before the server. */
  publicUrl: z.exactOptional(originLike('https://foobot.acme.example')),
})

/** What a server knows by itself, and takes from no message. Paths are absolute. */
export type ServerConfig = Omit<z.output<typeof file>, 'root'> & { readonly root: Root }

/**
 * Reads a server's own configuration file, `<data>/server/server.yaml`.
 * @throws FoobotError `config-malformed`
 */
export const readServerConfig = (path: string): ServerConfig => {
  const read = readConfigFile(path, file)
  const folder = resolve(dirname(path))
  const { push, totp, metrics } = read
  const config = {
    ...read,
    logKey: seenFrom(folder, read.logKey),
    socket: seenFrom(folder, read.socket),
    metrics: 'socket' in metrics ? { socket: seenFrom(folder, metrics.socket) } : metrics,
    push: { ...push, key: seenFrom(folder, push.key) },
    ...(totp && { totp: { key: seenFrom(folder, totp.key), secrets: seenFrom(folder, totp.secrets) } }),
  }
  const sockets = [config.socket, ...('socket' in config.metrics ? [config.metrics.socket] : [])]
  refuseIfAny('config-malformed', [
    ...[config, ...(config.runners ? [config.runners] : [])]
      .filter(({ host, publicUrl }) => !isLoopback(host) && !publicUrl?.startsWith('https:'))
      .map(({ host }) => ({
        file: path,
        text: `host ${host} is heard by other machines: put a proxy before it, and write its publicUrl`,
      })),
    ...sockets
      .filter((socket) => Buffer.byteLength(socket) > longestSocket)
      .map((socket) => ({
        file: path,
        text: `socket ${socket} is longer than ${longestSocket} bytes: write a shorter one`,
      })),
  ])
  return config
}
