import { createServer, type IncomingMessage, type Server } from 'node:http'
import { type Order, order } from '#wire/control.ts'

/** Each resolves to a sentence that says what was done, or rejects with one that says why not. */
export type Orders = {
  backup(to: string): Promise<string>
  resetRunner(name: string): Promise<string>
  loseRunner(name: string): Promise<string>
}

const mostBody = 8 * 1024

/**
 * The operator's server, for a Unix socket that only the server's own user may open: who can open that owns the data
 * folder already. It changes nothing that policy decides.
 * @param failed told of what broke; the caller hears only that something did
 */
export const makeControl = (orders: Orders, failed: (error: unknown) => void): Server =>
  createServer((request, response) => {
    bodyOf(request)
      .then((body) => carryOut(orders, order.parse(JSON.parse(body))))
      .then(
        (say) => response.writeHead(200).end(say),
        (error: unknown) => {
          failed(error)
          response.writeHead(400).end(error instanceof Error ? error.message : String(error))
        },
      )
  })

const carryOut = (orders: Orders, asked: Order): Promise<string> => {
  switch (asked.order) {
    case 'backup':
      return orders.backup(asked.to)
    case 'reset-runner':
      return orders.resetRunner(asked.runner)
    case 'lose-runner':
      return orders.loseRunner(asked.runner)
  }
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > mostBody) throw new Error('That is too large.')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
