import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { type Bound, bound } from '#bounds/bound.ts'

const parts = bound('http-body-parts', {
  most: 1024,
  unit: 'parts',
  of: 'the parts in which a body comes that does not say how long it is',
  say: 'That comes in too many parts: say how long it is, or send larger ones.',
})

/** Bounds a request's body, in bytes and in the parts that it comes in: each part costs more than its bytes. */
export const limitBody = (limit: Bound): MiddlewareHandler => {
  const inBytes = bodyLimit({
    maxSize: limit.most,
    onError: (c) => {
      limit.reached()
      return c.text(`${limit.say}\n`, 413)
    },
  })
  return async (c, next) => {
    if (!c.req.raw.headers.has('transfer-encoding')) return inBytes(c, next)
    const whole = await wholeOf(c.req.raw.body, limit)
    // What is left of it is not read: the connection ends.
    if ('reached' in whole) return c.text(`${whole.say}\n`, 413, { connection: 'close' })
    c.req.raw = new Request(c.req.raw, { body: whole.bytes })
    return next()
  }
}

/** A body that does not say how long it is; or the bound that is reached. */
const wholeOf = async (
  body: ReadableStream<Uint8Array> | null,
  limit: Bound,
): Promise<Bound | { readonly bytes: Uint8Array<ArrayBuffer> }> => {
  const read: Uint8Array[] = []
  let length = 0
  const reader = body?.getReader()
  for (let next = await reader?.read(); next && !next.done; next = await reader?.read()) {
    read.push(next.value)
    length += next.value.length
    const full = length > limit.most ? limit : read.length > parts.most ? parts : undefined
    if (!full) continue
    full.reached()
    return full
  }
  return { bytes: new Uint8Array(Buffer.concat(read)) }
}
