import { Hono } from 'hono'
import { bound } from '#bounds/bound.ts'
import type { Doors } from '#engine/doors.ts'
import type { App } from './app.ts'

/** The door for what systems post. Whoever posts proves nothing here: the runner that holds the secret says whose it is. */
export type Hear = Doors['hear']

export const postedBytes = bound('webhook-body', {
  most: 256 * 1024,
  unit: 'bytes',
  of: 'the body of what a system posts to a webhook',
  say: 'That is too large.',
})
/** Seconds after which a system may try again. */
const later = { 'retry-after': '30' }

/** `POST /hooks/<path>`: raw bytes and headers go on as they came. What is answered tells nothing of why. */
export const hooksRoute = (hear: Hear): Hono<App> => {
  const route = new Hono<App>()
  route.post('/:path', async (c) => {
    const body = new Uint8Array(await c.req.arrayBuffer())
    switch (await hear({ path: c.req.param('path'), source: c.env.source, headers: c.req.header(), body })) {
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
