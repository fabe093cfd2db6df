import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Registry } from 'prom-client'
import { type Hear, hooksRoute, mostPosted } from './hooks.ts'
import { type AskedByPhone, phoneRoute } from './phone.ts'
import { type Present, presentRoute } from './present.ts'

/** Whether each part of the server does its work. */
export type Health = {
  readonly ok: boolean
  readonly parts: readonly { readonly part: string; readonly ok: boolean; readonly why?: string }[]
}

export type AppOptions = {
  readonly companyName: () => string
  readonly health: () => Health
  readonly metrics: Registry
  /** Asked for by a name of this machine: only then details of the inside are told. */
  readonly isLocal: (host: string | undefined) => boolean
  /** Takes what somebody signed. */
  readonly present: Present
  /** Takes what a system posted to a webhook. */
  readonly hear?: Hear
  /** Answers a phone that was woken. */
  readonly phone?: AskedByPhone
  /** Origins whose pages may hand in what was signed there: the desks of the bundle in force. */
  readonly deskOrigins: () => readonly string[]
}

/** Bytes of a request's body, at most. */
const mostBody = 64 * 1024

/** The routes. What people say comes by the WebSocket, never by a route; what they signed may come here. */
export const makeApp = (options: AppOptions): Hono => {
  const { companyName, health, metrics, isLocal, present, phone, hear, deskOrigins } = options
  const app = new Hono()
  const limit = (maxSize: number) => bodyLimit({ maxSize, onError: (c) => c.text('That is too large.\n', 413) })
  const [small, posted] = [limit(mostBody), limit(mostPosted)]
  app.use((c, next) => (c.req.path.startsWith('/hooks/') ? posted(c, next) : small(c, next)))

  app.get('/', (c) => c.text(`This is Foobot of ${companyName()}. Talk to it: npx --no foobot chat --as PERSON\n`))
  app.get('/healthz', (c) => c.json({ ok: true }))
  app.get('/readyz', (c) => {
    const { ok, parts } = health()
    return c.json(isLocal(c.req.header('host')) ? { ok, parts } : { ok }, ok ? 200 : 503)
  })
  app.get('/metrics', async (c) => {
    if (!isLocal(c.req.header('host'))) return c.notFound()
    return c.text(await metrics.metrics(), 200, { 'content-type': metrics.contentType })
  })
  app.route('/present', presentRoute(present, deskOrigins))
  if (hear) app.route('/hooks', hooksRoute(hear))
  if (phone) app.route('/phone', phoneRoute(phone, deskOrigins))

  app.notFound((c) => c.text('There is nothing here.\n', 404))
  app.onError((_, c) => c.text('Something broke on my side. Please tell an administrator.\n', 500))
  return app
}
