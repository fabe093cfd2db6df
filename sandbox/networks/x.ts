import type { Answer } from '../route.ts'
import type { Network } from './networks.ts'
import { isSigned } from './oauth.ts'
import { field, linkIn, type Post } from './posts.ts'

/** The company's account. */
const user = { id: '2244994945', name: 'Acme', username: 'acme' }
const day = 24 * 3600_000

const failed = (status: number, detail = texts[status]?.[1] ?? 'Something went wrong.'): Answer => {
  const reset = Math.ceil(Date.now() / 1000) + 900
  const headers = { 'x-rate-limit-limit': '100', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': String(reset) }
  const body = { title: texts[status]?.[0] ?? 'Error', detail, type: 'about:blank', status }
  return { status, body, ...(status === 429 && { headers }) }
}

const texts: Readonly<Record<number, readonly [title: string, detail: string]>> = {
  400: ['Invalid Request', 'One or more parameters to your request was invalid.'],
  401: ['Unauthorized', 'Unauthorized'],
  403: ['Forbidden', 'You are not permitted to perform this action.'],
  404: ['Not Found Error', 'Could not find what was asked for.'],
  429: ['Too Many Requests', 'Too Many Requests'],
  500: ['Internal Server Error', 'Something is broken.'],
  503: ['Service Unavailable', 'Service Unavailable'],
}

const shown = ({ id, text, link, at }: Post) => ({
  id,
  text: text.replace(link, `https://t.co/${id.slice(-10)}`),
  created_at: new Date(at).toISOString(),
  ...(link !== '' && { entities: { urls: [{ url: `https://t.co/${id.slice(-10)}`, expanded_url: link }] } }),
})

/** X API v2, as far as it is needed. */
export const x: Network = {
  failed,
  open: ({ credentialIn }, posts) => {
    const keys = {
      consumerKey: credentialIn('credential.x-consumer-key'),
      consumerSecret: credentialIn('credential.x-consumer-secret'),
      token: credentialIn('credential.x-token'),
      tokenSecret: credentialIn('credential.x-token-secret'),
    }
    const nonces = new Set<string>()
    return {
      refusal: (asked) => {
        const address = `http://${asked.headers.host}/x${asked.path}`
        return isSigned(asked, address, keys, nonces, Date.now() / 1000) ? undefined : failed(401)
      },
      routes: [
        {
          method: 'POST',
          path: '/2/tweets',
          handler: (_, { body }) => {
            const text = String(field(body, 'text') ?? '')
            if (text === '' || weightOf(text) > 280) return failed(400, 'Your Tweet text is too long or empty.')
            if (posts.has('x', text, Date.now() - day))
              return failed(403, 'You are not allowed to create a Tweet with duplicate content.')
            const { id } = posts.add('x', text, linkIn(text))
            return { status: 201, body: { data: { id, text, edit_history_tweet_ids: [id] } } }
          },
        },
        { method: 'GET', path: '/2/users/me', handler: () => ({ status: 200, body: { data: user } }) },
        {
          method: 'GET',
          path: '/2/users/:user/tweets',
          handler: (params, { query }) => {
            if (params.user !== user.id) return failed(404)
            const since = Date.parse(query.get('start_time') ?? '') || 0
            const data = posts.since('x', since, Number(query.get('max_results') ?? 10)).map(shown)
            const meta = { result_count: data.length }
            return { status: 200, body: data.length === 0 ? { meta } : { data, meta } }
          },
        },
      ],
    }
  },
}

const weightOf = (text: string): number => text.replace(/https?:\/\/\S+/g, 'x'.repeat(23)).length
