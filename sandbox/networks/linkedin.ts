import type { Answer } from '../route.ts'
import type { Network } from './networks.ts'
import { field, type Post } from './posts.ts'

/** The company. */
const author = 'urn:li:organization:5515715'
/** Versions that are taken. */
const versions = /^20(2[5-9]|3\d)(0[1-9]|1[0-2])$/

const failed = (status: number): Answer => {
  const [serviceErrorCode, code, message] = texts[status] ?? [0, 'INTERNAL_SERVER_ERROR', 'Internal Server Error']
  return { status, body: { message, serviceErrorCode, code, status } }
}

const texts: Readonly<Record<number, readonly [serviceErrorCode: number, code: string, message: string]>> = {
  400: [100, 'ILLEGAL_ARGUMENT', 'Syntax exception in the request'],
  401: [65_600, 'INVALID_ACCESS_TOKEN', 'Invalid access token'],
  403: [100, 'ACCESS_DENIED', 'Not enough permissions to access: partnerApiPostsExternal.CREATE'],
  404: [0, 'RESOURCE_NOT_FOUND', 'No virtual resource found'],
  422: [0, 'UNPROCESSABLE_ENTITY', 'The input has one or more errors'],
  426: [0, 'NONEXISTENT_VERSION', 'Requested version is not active'],
  429: [101, 'TOO_MANY_REQUESTS', 'Resource level throttle limit reached'],
}

/** A sign of the text format that is not escaped. */
const bare = /(?<!\\)(?:\\\\)*[|{}@[\]()<>#*_~]/

const shown = ({ id, text, link, at }: Post) => ({
  id: `urn:li:share:${id}`,
  author,
  commentary: text,
  createdAt: at,
  publishedAt: at,
  lifecycleState: 'PUBLISHED',
  content: { article: { source: link } },
})

/** LinkedIn's Posts API, as far as it is needed. */
export const linkedIn: Network = {
  failed,
  open: ({ credentialIn }, posts) => {
    const token = credentialIn('credential.linkedin')
    return {
      refusal: ({ headers }) => {
        if (headers.authorization !== `Bearer ${token}`) return failed(401)
        if (headers['x-restli-protocol-version'] !== '2.0.0') return failed(400)
        return versions.test(headers['linkedin-version'] ?? '') ? undefined : failed(426)
      },
      routes: [
        {
          method: 'POST',
          path: '/rest/posts',
          handler: (_, { body }) => {
            if (field(body, 'author') !== author) return failed(403)
            const text = String(field(body, 'commentary') ?? '')
            const article = field(body, 'content', 'article')
            const [source, title] = [field(article, 'source'), field(article, 'title')]
            const isWhole = field(body, 'visibility') === 'PUBLIC' && field(body, 'lifecycleState') === 'PUBLISHED'
            if (!isWhole || bare.test(text) || typeof source !== 'string' || typeof title !== 'string')
              return failed(422)
            const { id } = posts.add('linkedin', text, source)
            return { status: 201, headers: { 'x-restli-id': `urn:li:share:${id}` } }
          },
        },
        {
          method: 'GET',
          path: '/rest/posts',
          handler: (_, { headers, query }) => {
            if (headers['x-restli-method'] !== 'FINDER' || query.get('q') !== 'author') return failed(400)
            if (query.get('author') !== author) return failed(403)
            const elements = posts.since('linkedin', 0, Number(query.get('count') ?? 10)).map(shown)
            return { status: 200, body: { paging: { start: 0, count: elements.length, links: [] }, elements } }
          },
        },
      ],
    }
  },
}
