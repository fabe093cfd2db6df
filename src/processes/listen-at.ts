import type { Server } from 'node:http'
import { FoobotError } from '#core/errors.ts'

/**
 * Listens on a port of this machine alone.
 * @throws FoobotError `port-busy`
 */
export const listenAt = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const say = `I cannot listen for the operator on port ${port} (${error.code}). Write another under metrics into server.yaml.`
      reject(new FoobotError('port-busy', `${error.code} on 127.0.0.1:${port}`, say))
    })
    server.listen(port, '127.0.0.1', resolve)
  })
