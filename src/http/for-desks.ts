import type { MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'

/**
 * Routes that a desk's pages may post JSON to, and no others: not that they would tell a secret, but nobody's page may hand
 * in anything in the name of whoever looks at it. Programs, which have no origin, may.
 * @param desks exact origins, asked for at each request
 * @param body what a refusal looks like here
 */
export const forDesks = (desks: () => readonly string[], body: (say: string) => object): MiddlewareHandler => {
  const shared = cors({
    origin: (origin) => (desks().includes(origin) ? origin : null),
    allowMethods: ['POST'],
    allowHeaders: ['content-type'],
  })
  return (c, next) =>
    shared(c, async () => {
      const origin = c.req.header('origin')
      if (origin !== undefined && !desks().includes(origin)) {
        c.res = c.json(body('This page is no desk of the company.'), 403)
        return
      }
      // Exactly this type: a page of anybody's can send others without asking first.
      if (c.req.method === 'POST' && c.req.header('content-type') !== 'application/json') {
        c.res = c.json(body('Hand it in as application/json.'), 415)
        return
      }
      await next()
    })
}
