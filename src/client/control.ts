import { type IncomingMessage, request } from 'node:http'
import { join } from 'node:path'
import { FoobotError } from '#core/errors.ts'
import { type BackupHead, backupHead, backupHeader, controlSocket, type Order } from '#wire/control.ts'

/** A copy of the database on its way here. */
export type ComingBackup = {
  readonly head: BackupHead
  readonly bytes: AsyncIterable<Uint8Array>
  /** Takes no more of it. */
  close(): void
}

/**
 * Asks the server of a data folder on this machine to do something, as its operator.
 * @returns what it did; undefined where no server runs there
 * @throws with the server's sentence where it did not; FoobotError `not-writable` where its socket is closed to this user
 */
export const askServer = async (
  data: string,
  order: Exclude<Order, { order: 'backup' }>,
): Promise<string | undefined> => {
  const answer = await ask(data, order)
  return answer && textOf(answer)
}

/**
 * Asks the server of a data folder on this machine for a copy of its database.
 * @returns undefined where no server runs there
 * @throws as `askServer`
 */
export const askForBackup = async (data: string): Promise<ComingBackup | undefined> => {
  const answer = await ask(data, { order: 'backup' })
  if (!answer) return undefined
  const head = backupHead.parse(JSON.parse(Buffer.from(String(answer.headers[backupHeader]), 'base64').toString()))
  return { head, bytes: answer, close: () => void answer.destroy() }
}

const ask = (data: string, order: Order): Promise<IncomingMessage | undefined> =>
  new Promise((resolve, reject) => {
    const socketPath = join(data, 'server', controlSocket)
    const asking = request({ socketPath, method: 'POST', path: '/' }, (answer) => {
      if (answer.statusCode === 200) resolve(answer)
      else textOf(answer).then((text) => reject(new Error(text)), reject)
    })
    asking.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') resolve(undefined)
      else if (error.code === 'EACCES') reject(closed(socketPath))
      else reject(error)
    })
    asking.end(JSON.stringify(order))
  })

const closed = (path: string): FoobotError =>
  new FoobotError(
    'not-writable',
    `${path}: EACCES`,
    `${path} is closed to you: run this as the server’s own user, or as root, with sudo.`,
  )

const textOf = async (answer: IncomingMessage): Promise<string> => {
  let text = ''
  for await (const more of answer.setEncoding('utf8')) text += more
  return text
}
