import type { HttpBindings } from '@hono/node-server'
import { Hono } from 'hono'
import type { Doors } from '#engine/doors.ts'

/** The door for what systems post. Whoever posts proves nothing here: the runner that holds the secret says whose it is. */
export type Hear = Doors['hear']

/** Bytes that a system may post, at most. */
export const mostPosted = 256 * 1024
/** Seconds after which a system may try again. */
const later = { 'retry-after': '30' }

/** `POST /hooks/<path>`: raw bytes and headers go on as they came. What is answered tells nothing of why. */
export const hooksRoute = (hear: Hear): Hono<{ Bindings: HttpBindings }> => {
  const route = new Hono<{ Bindings: HttpBindings }>()
  route.post('/:path', async (c) => {
    const body = new Uint8Array(await c.req.arrayBuffer())
    const source = c.env.incoming.socket.remoteAddress ?? ''
    switch (await hear({ path: c.req.param('path'), source, headers: c.req.header(), body })) {
      // A system that was not told of its success tries again: for it, once and twice are the same.
      case 'taken':
      case 'repeated':
        return c.text('Taken.\n', 200)
      case 'refused':
        return c.text('That is not signed as it must be.\n', 401)
      case 'unknown':
        return c.text('There is nothing here.\n', 404)
      case 'away':
        return c.text('Whoever hears this is away: try again later.\n', 503, later)
      case 'busy':
        return c.text('That is too much at once: try again later.\n', 429, later)
    }
  })
  return route
}
