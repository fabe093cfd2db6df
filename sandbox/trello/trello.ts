import { timingSafeEqual } from 'node:crypto'
import { type Answer, type Asked, answerBy, type Route } from '../route.ts'
import type { Given } from '../run.ts'
import { Boards } from './boards.ts'

/** Milliseconds in which requests are counted. */
const window = 10_000
/** Cards in one answer, at most. */
const mostCards = 1000

/** What the vendor answers at these addresses, over the boards of the database. */
export const openTrello = ({ database, credentialIn, numbers }: Given): ((asked: Asked) => Answer) => {
  const [key, token] = [credentialIn('credential.key'), credentialIn('credential.token')]
  const boards = new Boards(database, Date.now())
  boards.add(numbers.cards ?? 0, Date.now())
  const routes = routesOf(boards)
  const taken: number[] = []
  const limit = numbers.limit ?? 0
  return (asked) => {
    const now = Date.now()
    while ((taken[0] ?? now) <= now - window) taken.shift()
    if (taken.length >= limit) return failed(429)
    taken.push(now)
    const shown = shownBy(asked)
    if (!same(shown.key, key)) return text(401, 'invalid key')
    if (!same(shown.token, token)) return text(401, 'invalid app token')
    return answerBy(routes, asked) ?? failed(404)
  }
}

/** A line of text, as the vendor's older errors are; too many requests are told in JSON. */
export const failed = (status: number): Answer => {
  if (status === 429) return { status, body: { error: 'API_TOKEN_LIMIT_EXCEEDED', message: 'Rate limit exceeded' } }
  return text(status, texts[status] ?? 'Something went wrong')
}

const texts: Readonly<Record<number, string>> = {
  400: 'invalid id',
  401: 'invalid app token',
  403: 'unauthorized permission requested',
  404: 'The requested resource was not found.',
}

const text = (status: number, raw: string): Answer => ({ status, raw, headers: { 'content-type': 'text/plain' } })

/** Key and token stand in the header or in the address. */
const shownBy = ({ headers, query }: Asked): { readonly key: string; readonly token: string } => {
  const inHeader = (name: string): string | undefined =>
    /^OAuth /.test(headers.authorization ?? '')
      ? new RegExp(`[ ,]${name}="([^"]*)"`).exec(headers.authorization ?? '')?.[1]
      : undefined
  return {
    key: inHeader('oauth_consumer_key') ?? query.get('key') ?? '',
    token: inHeader('oauth_token') ?? query.get('token') ?? '',
  }
}

const same = (shown: string, wanted: string): boolean =>
  shown.length === wanted.length && timingSafeEqual(Buffer.from(shown), Buffer.from(wanted))

const routesOf = (boards: Boards): readonly Route[] => {
  const on =
    (give: (id: string, query: URLSearchParams) => unknown): Route['handler'] =>
    ({ board = '' }, { query }) => {
      const found = boards.board(board)
      return found ? { status: 200, body: give(found.id, query) } : failed(404)
    }
  return [
    { method: 'GET', path: '/1/boards/:board', handler: on((id, query) => only(boards.board(id) ?? {}, query)) },
    {
      method: 'GET',
      path: '/1/boards/:board/members',
      handler: on((id, query) => boards.members(id).map((one) => only(one, query))),
    },
    {
      method: 'GET',
      path: '/1/boards/:board/labels',
      handler: on((id, query) => boards.labels(id).map((one) => only(one, query))),
    },
    {
      method: 'GET',
      path: '/1/boards/:board/cards',
      handler: on((id, query) => {
        const limit = Math.min(mostCards, Math.max(1, Number(query.get('limit') ?? mostCards) || mostCards))
        return boards.cards(id, limit, query.get('before') ?? undefined).map((one) => only(one, query))
      }),
    },
  ]
}

/** The fields that are asked for; the id is always there. */
const only = (whole: Readonly<Record<string, unknown>>, query: URLSearchParams): Record<string, unknown> => {
  const wanted = query.get('fields')?.split(',')
  return Object.fromEntries(
    Object.entries(whole).filter(
      ([name]) => name === 'id' || !wanted || wanted.includes('all') || wanted.includes(name),
    ),
  )
}
