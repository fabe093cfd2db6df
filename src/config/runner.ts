import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import type { Root } from '#core/bundle/company.ts'
import { isSafeOrigin, longestSocket, seenFrom } from './address.ts'
import { refuseIfAny } from './complaint.ts'
import { readConfigFile } from './config-file.ts'
import { deployment, fieldsOf, filePath, listOf, lowest, machineName, root } from './fields.ts'

const file = fieldsOf({
  deployment,
  name: machineName,
  /** The runner's private key. */
  key: filePath.default('runner.key'),
  /** Where the server is: the path of its socket on this machine, or its origin, as `wss://runners.acme.example`. */
  server: z
    .string({ error: 'write the path of the server’s socket, or its origin, as wss://runners.acme.example' })
    .min(1, { error: 'write the path of the server’s socket, or its origin, as wss://runners.acme.example' })
    .refine((text) => !text.includes('://') || isSafeOrigin(text, 'ws'), {
      error: 'write wss and exactly scheme, host and port, as wss://runners.acme.example',
    }),
  /** Who may sign the first bundle that this runner takes. */
  root,
  /** The lowest version of the bundle that this runner takes. */
  lowest,
  /** Where claims and bundle are kept. */
  folder: filePath.default('.'),
  plugins: listOf(
    fieldsOf({ path: filePath, config: z.exactOptional(z.unknown()) }),
    'plugins, each with its path and, where it needs one, its config',
  ),
})

/** What a runner knows by itself, and takes from no message. Paths are absolute. */
export type RunnerConfig = Omit<z.output<typeof file>, 'root'> & {
  readonly root: Root
  /** What is dialled: `ws+unix:<path>`, `wss://…`, or `ws://…` on this machine. */
  readonly server: string
}

/**
 * Reads a runner's own configuration file.
 * @throws FoobotError `config-malformed`
 */
export const readRunnerConfig = (path: string): RunnerConfig => {
  const read = readConfigFile(path, file)
  const folder = resolve(dirname(path))
  return {
    ...read,
    key: seenFrom(folder, read.key),
    server: read.server.includes('://') ? read.server : `ws+unix:${socketAt(path, seenFrom(folder, read.server))}`,
    folder: seenFrom(folder, read.folder),
    plugins: read.plugins.map((plugin) => ({ ...plugin, path: seenFrom(folder, plugin.path) })),
  }
}

const socketAt = (file: string, socket: string): string => {
  const wrong =
    Buffer.byteLength(socket) > longestSocket
      ? `is longer than ${longestSocket} bytes: write a shorter one`
      : /[:?#%]/.test(socket)
        ? 'has one of : ? # % in it: write another'
        : undefined
  refuseIfAny('config-malformed', wrong === undefined ? [] : [{ file, text: `the socket ${socket} ${wrong}` }])
  return socket
}
