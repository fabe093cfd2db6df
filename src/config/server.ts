import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import type { Root } from '#core/bundle/company.ts'
import { isLoopback, isSafeOrigin, longestSocket, seenFrom } from './address.ts'
import { refuseIfAny } from './complaint.ts'
import { readConfigFile } from './config-file.ts'
import { deployment, fieldsOf, filePath, listOf, lowest, root, textLike } from './fields.ts'

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
  /** The address to listen on. */
  host: z.string({ error: 'write an address to listen on, as 127.0.0.1' }).min(1).default('127.0.0.1'),
  port: z
    .int({ error: 'write a port, from 0 (any free one) to 65535' })
    .min(0, { error: 'write a port, from 0 (any free one) to 65535' })
    .max(65_535, { error: 'write a port, from 0 (any free one) to 65535' })
    .default(8080),
  /** Waking phones by Web Push. */
  push: push.default(() => ({ key: 'push-key.json', services: [...knownServices], loopback: false })),
  /** One-time codes: the key that the bundle lists under `attesting.totp`, and where secrets lie. Absent: none are taken. */
  totp: z.exactOptional(fieldsOf({ key: filePath, secrets: filePath.default('totp-secrets.json') })),
  /** The origin that people's browsers and terminals know, where a proxy stands before the server. */
  publicUrl: z.exactOptional(
    z
      .string({ error: 'write an origin, as https://foobot.acme.example' })
      .refine((text) => isSafeOrigin(text, 'http'), {
        error: 'write https and exactly scheme, host and port, as https://foobot.acme.example',
      }),
  ),
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
  const { push, totp } = read
  const config = {
    ...read,
    logKey: seenFrom(folder, read.logKey),
    socket: seenFrom(folder, read.socket),
    push: { ...push, key: seenFrom(folder, push.key) },
    ...(totp && { totp: { key: seenFrom(folder, totp.key), secrets: seenFrom(folder, totp.secrets) } }),
  }
  const heardAround = !isLoopback(config.host) && !config.publicUrl?.startsWith('https:')
  refuseIfAny('config-malformed', [
    ...(heardAround
      ? [
          {
            file: path,
            text: `host ${config.host} is heard by other machines: put a proxy before it, and write its publicUrl`,
          },
        ]
      : []),
    ...(Buffer.byteLength(config.socket) > longestSocket
      ? [{ file: path, text: `socket ${config.socket} is longer than ${longestSocket} bytes: write a shorter one` }]
      : []),
  ])
  return config
}
