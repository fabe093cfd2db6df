import { request } from 'node:http'
import { join } from 'node:path'
import { controlSocket, type Order } from '#wire/control.ts'

/**
 * Asks the server of a data folder on this machine to do something, as its operator.
 * @returns what it did; undefined where no server runs there
 * @throws with the server's sentence where it did not
 */
export const askServer = (data: string, order: Order): Promise<string | undefined> =>
  new Promise((resolve, reject) => {
    const asking = request(
      { socketPath: join(data, 'server', controlSocket), method: 'POST', path: '/' },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (more: string) => {
          text += more
        })
        response.on('end', () => (response.statusCode === 200 ? resolve(text) : reject(new Error(text))))
      },
    )
    asking.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ENOENT' || error.code === 'ECONNREFUSED' ? resolve(undefined) : reject(error),
    )
    asking.end(JSON.stringify(order))
  })
