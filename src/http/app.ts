import { Hono, type MiddlewareHandler } from 'hono'
import { bound } from '#bounds/bound.ts'
import { Line } from '#bounds/line.ts'
import type { Clock } from '#core/clock.ts'
import { type Hear, hooksRoute, postedBytes } from './hooks.ts'
import { limitBody } from './limit-body.ts'
import { type AskedByPhone, phoneRoute } from './phone.ts'
import { type Present, presentRoute } from './present.ts'

/** What is known of whoever asks. */
export type Visitor = { readonly source: string }

/** The routes' environment. */
export type App = { Bindings: Visitor }

export type AppOptions = {
  readonly clock: Clock
  readonly companyName: () => string
  /** Whether the server can do its work: which part cannot is for its operator alone. */
  readonly ready: () => boolean
  /** Takes what somebody signed, at `POST /present`. */
  readonly present: Present
  /** Takes what systems post, at `POST /hooks/<path>`. Absent: there is no such address. */
  readonly hear?: Hear
  /** Answers phones that were woken, at `POST /phone`. Absent: there is no such address. */
  readonly phone?: AskedByPhone
  /** Origins whose pages may hand in what was signed there: the desks of the bundle in force. */
  readonly deskOrigins: () => readonly string[]
}

const bodyBytes = bound('http-body', {
  most: 64 * 1024,
  unit: 'bytes',
  of: 'the body of a request, webhooks apart',
  say: 'That is too large.',
})
const posts = bound('http-posts', {
  most: 60,
  unit: 'posts',
  perSecond: 10,
  of: 'signatures and answers of phones that one source hands in',
  say: 'They wait their turn, whoever came last first.',
})
const waitingPosts = bound('http-posts-waiting', {
  most: 16,
  unit: 'posts',
  of: 'those of one source that wait their turn',
  say: 'That is too much at once: try again in a few seconds.',
})

/** The routes. What people say comes by the WebSocket, never by a route; what they signed may come here. */
export const makeApp = (options: AppOptions): Hono<App> => {
  const { clock, companyName, ready, present, phone, hear, deskOrigins } = options
  const app = new Hono<App>()
  const [small, posted] = [limitBody(bodyBytes), limitBody(postedBytes)]
  app.use((c, next) => (c.req.path.startsWith('/hooks/') ? posted(c, next) : small(c, next)))

  app.get('/', (c) => c.text(`This is Foobot of ${companyName()}. Talk to it: npx --no foobot chat --as PERSON\n`))
  app.get('/healthz', (c) => c.json({ ok: true }))
  app.get('/readyz', (c) => {
    const ok = ready()
    return c.json({ ok }, ok ? 200 : 503)
  })
  const inTurn = limitPosts(clock)
  app.use('/present', inTurn)
  app.use('/phone', inTurn)
  app.route('/present', presentRoute(present, deskOrigins))
  if (hear) app.route('/hooks', hooksRoute(hear))
  if (phone) app.route('/phone', phoneRoute(phone, deskOrigins))

  app.notFound((c) => c.text('There is nothing here.\n', 404))
  app.onError((_, c) => c.text('Something broke on my side. Please tell an administrator.\n', 500))
  return app
}

/** Anybody may post: what that costs is bounded for each source before anything of it is read. */
const limitPosts = (clock: Clock): MiddlewareHandler<App> => {
  const line = new Line(posts, waitingPosts, clock)
  return async (c, next) => {
    const isThere = (): boolean => !c.req.raw.signal.aborted
    if (c.req.method === 'POST' && !(await line.turn(c.env.source, isThere)))
      return c.text(`${waitingPosts.say}\n`, 429, { 'retry-after': '5' })
    return next()
  }
}
