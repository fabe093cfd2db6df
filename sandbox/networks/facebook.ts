import type { Answer } from '../route.ts'
import type { Network } from './networks.ts'
import { field, type Post } from './posts.ts'

/** The company's page. */
const page = '102030405060708'

const failed = (status: number): Answer => {
  const [type, code, message] = texts[status] ?? [
    'OAuthException',
    2,
    'An unexpected error has occurred. Please retry later.',
  ]
  return { status, body: { error: { message, type, code, fbtrace_id: 'AbCdEfGhIjKlMnOpQrStUv' } } }
}

const texts: Readonly<Record<number, readonly [type: string, code: number, message: string]>> = {
  400: ['OAuthException', 100, '(#100) Invalid parameter'],
  401: ['OAuthException', 190, 'Error validating access token: the session has been invalidated.'],
  403: ['OAuthException', 200, '(#200) The page token lacks pages_manage_posts.'],
  404: ['GraphMethodException', 100, 'Unsupported request. Object does not exist.'],
  429: ['OAuthException', 32, '(#32) Page request limit reached'],
}

const shown = ({ id, text, link, at }: Post) => ({
  id: `${page}_${id}`,
  message: text,
  created_time: new Date(at).toISOString().replace(/\.\d+Z$/, '+0000'),
  permalink_url: `https://www.facebook.com/${page}_${id}`,
  attachments: { data: [{ unshimmed_url: link }] },
})

/** Facebook's Pages API, as far as it is needed. */
export const facebook: Network = {
  failed,
  open: ({ credentialIn }, posts) => {
    const token = credentialIn('credential.facebook')
    return {
      // The token stands in the body, in a header, or in the address.
      refusal: ({ headers, query, body }) => {
        const bearer = headers.authorization?.replace(/^(Bearer|OAuth) /, '')
        return [field(body, 'access_token'), bearer, query.get('access_token')].includes(token)
          ? undefined
          : failed(401)
      },
      routes: [
        {
          method: 'POST',
          path: '/:version/:page/feed',
          handler: (params, { body }) => {
            if (params.page !== page) return failed(404)
            const [message, link] = [String(field(body, 'message') ?? ''), String(field(body, 'link') ?? '')]
            if (message === '' && link === '') return failed(400)
            return { status: 200, body: { id: `${page}_${posts.add('facebook', message, link).id}` } }
          },
        },
        {
          method: 'GET',
          path: '/:version/:page/published_posts',
          handler: (params, { query }) => {
            if (params.page !== page) return failed(404)
            const since = Number(query.get('since') ?? 0) * 1000
            const data = posts.since('facebook', since, Number(query.get('limit') ?? 25)).map(shown)
            return { status: 200, body: { data, paging: {} } }
          },
        },
      ],
    }
  },
}
