import { createReadStream } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { bound } from '#bounds/bound.ts'
import { FoobotError } from '#core/errors.ts'
import { type BackupHead, backupHeader, order } from '#wire/control.ts'

/** Each rejects with a sentence that says why it was not done. */
export type Orders = {
  /** A copy of the database, in a file that `done` takes away again. */
  backup(): Promise<{ readonly head: BackupHead; readonly file: string; done(): Promise<void> }>
  /** Resolves to a sentence that says what was done. */
  resetRunner(name: string): Promise<string>
  loseRunner(name: string): Promise<string>
}

const orderBytes = bound('operator-order', {
  most: 8 * 1024,
  unit: 'bytes',
  of: 'what the operator asks of a running server',
  say: 'That is too large.',
})
/** Milliseconds that a backup waits for somebody who takes nothing of it. */
const patience = 60_000

/**
 * The operator's server, for a Unix socket that only the server's own user may open: who can open that owns the data
 * folder already. It changes nothing that policy decides, and writes nothing where the operator names a place: who asks
 * for a backup is handed its bytes, and writes them with their own rights.
 * @param failed told of what broke; the caller hears only that something did
 */
export const makeControl = (orders: Orders, failed: (error: unknown) => void): Server =>
  createServer((request, response) => {
    carryOut(orders, request, response).catch((error: unknown) => {
      failed(error)
      if (response.headersSent) response.destroy()
      else response.writeHead(400).end(sentenceOf(error))
    })
  })

const carryOut = async (orders: Orders, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const asked = order.parse(JSON.parse(await bodyOf(request)))
  switch (asked.order) {
    case 'backup':
      return handOver(orders, response)
    case 'reset-runner':
      response.writeHead(200).end(await orders.resetRunner(asked.runner))
      return
    case 'lose-runner':
      response.writeHead(200).end(await orders.loseRunner(asked.runner))
  }
}

/** Streams the copy as fast as it is taken. Where it is cut, the other side sees that bytes are missing. */
const handOver = async (orders: Orders, response: ServerResponse): Promise<void> => {
  const { head, file, done } = await orders.backup()
  try {
    response.setTimeout(patience, () => response.destroy(new Error('nobody takes the backup')))
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': head.size,
      [backupHeader]: Buffer.from(JSON.stringify(head)).toString('base64'),
    })
    await pipeline(createReadStream(file), response)
  } finally {
    await done()
  }
}

const sentenceOf = (error: unknown): string => {
  if (error instanceof FoobotError) return error.say
  return error instanceof Error ? error.message : String(error)
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > orderBytes.most) {
      orderBytes.reached()
      throw new Error(orderBytes.say)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
