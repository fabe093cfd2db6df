import type { Answer } from '../route.ts'
import type { Network } from './networks.ts'
import { field, linkIn, type Post } from './posts.ts'

const account = { id: '109348684', username: 'acme', acct: 'acme' }
/** Milliseconds for which a key is remembered. */
const remembered = 3600_000

const failed = (status: number): Answer => {
  const headers = { 'x-ratelimit-reset': new Date(Date.now() + 300_000).toISOString() }
  return { status, body: { error: texts[status] ?? 'Something went wrong' }, ...(status === 429 && { headers }) }
}

const texts: Readonly<Record<number, string>> = {
  401: 'The access token is invalid',
  403: 'This action is outside the authorized scopes',
  404: 'Record not found',
  422: "Validation failed: Text can't be blank",
  429: 'Too many requests',
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const shown = ({ id, text, link, at }: Post) => {
  const written = escaped(text).replace(escaped(link), `<a href="${escaped(link)}">${escaped(link)}</a>`)
  return {
    id,
    created_at: new Date(at).toISOString(),
    visibility: 'public',
    url: `https://mastodon.example/@${account.acct}/${id}`,
    content: `<p>${written.replaceAll('\n', '<br />')}</p>`,
    account,
  }
}

/** Mastodon's API, as far as it is needed. */
export const mastodon: Network = {
  failed,
  open: ({ credentialIn }, posts) => {
    const token = credentialIn('credential.mastodon')
    return {
      refusal: ({ headers }) => (headers.authorization === `Bearer ${token}` ? undefined : failed(401)),
      routes: [
        {
          method: 'POST',
          path: '/api/v1/statuses',
          handler: (_, { headers, body }) => {
            const key = headers['idempotency-key']
            const before = key === undefined ? undefined : posts.named('mastodon', key, Date.now() - remembered)
            if (before) return { status: 200, body: shown(before) }
            const text = String(field(body, 'status') ?? '')
            if (text === '' || text.length > 600) return failed(422)
            return { status: 200, body: shown(posts.add('mastodon', text, linkIn(text), key)) }
          },
        },
        { method: 'GET', path: '/api/v1/accounts/verify_credentials', handler: () => ({ status: 200, body: account }) },
        {
          method: 'GET',
          path: '/api/v1/accounts/:account/statuses',
          handler: (params, { query }) => {
            if (params.account !== account.id) return failed(404)
            return { status: 200, body: posts.since('mastodon', 0, Number(query.get('limit') ?? 20)).map(shown) }
          },
        },
      ],
    }
  },
}
