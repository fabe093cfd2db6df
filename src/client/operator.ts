import { request } from 'node:http'

/** Where a server's operator reads: a Unix socket, or a port of this machine. */
export type OperatorPlace = { readonly socket: string } | { readonly port: number }

/** Milliseconds to wait for an answer. */
const patience = 5_000

/**
 * Asks the operator's listener of a server on this machine.
 * @param path `/readyz` or `/metrics`
 * @returns the body; undefined where nothing listens there
 * @throws where it may not be opened, or does not answer
 */
export const askOperator = (place: OperatorPlace, path: '/readyz' | '/metrics'): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const where = 'socket' in place ? { socketPath: place.socket } : { host: '127.0.0.1', port: place.port }
    const asking = request({ ...where, path, timeout: patience }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (more: string) => {
        text += more
      })
      response.on('end', () => resolve(text))
    })
    asking.on('timeout', () => asking.destroy(new Error('the operator’s listener does not answer')))
    asking.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' || error.code === 'ECONNREFUSED' ? resolve(undefined) : reject(error),
    )
    asking.end()
  })
