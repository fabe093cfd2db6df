import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

export type Request = { readonly method: string; readonly url: string; readonly body: string }
type Answered = { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: unknown }

/**
 * A vendor that answers just what a test wants it to, for what no stand-in does. It ends with its test.
 * @returns its address, and the requests that it got
 */
export const startVendor = async (answer: (request: Request, at: string) => Answered) => {
  const requests: Request[] = []
  const server = createServer(async (asked, response) => {
    const request = { method: asked.method ?? '', url: asked.url ?? '', body: await textOf(asked) }
    requests.push(request)
    const { status = 200, headers = {}, body } = answer(request, at)
    response.writeHead(status, headers).end(body === undefined ? undefined : JSON.stringify(body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { at, requests }
}

const textOf = async (asked: IncomingMessage): Promise<string> => {
  const pieces: Buffer[] = []
  for await (const piece of asked) pieces.push(piece as Buffer)
  return Buffer.concat(pieces).toString()
}
