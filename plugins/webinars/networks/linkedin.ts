import { cut, type Secret, secret, Vendor, VendorError, vendorUrl, z } from 'foobot'
import { missing, type Network, type Post, type Posted, textOf } from './network.ts'

/**
 * LinkedIn's Posts API: https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api (creating, and finding by
 * author), with text in the form of …/shares/little-text-format.
 */
const urn = z.string().regex(/^urn:li:(share|ugcPost):\d+$/)
const byAuthor = z.object({
  elements: z.array(
    z.object({
      id: urn,
      /** Milliseconds. */
      createdAt: z.number(),
      content: z.object({ article: z.object({ source: z.string() }).optional() }).optional(),
    }),
  ),
})
const failure = z.object({ message: z.string() })

export const linkedInConfig = z.strictObject({
  baseUrl: vendorUrl().default('https://api.linkedin.com'),
  /** Of the API, as `202609`: LinkedIn takes each for a year. */
  version: z.string().regex(/^20\d{4}$/, 'write year and month of a version, as 202609'),
  /** The number of the company's page. */
  organization: z.string().regex(/^\d{1,20}$/, 'write the number of the organization'),
  token: secret(),
})

type Options = {
  readonly baseUrl: string
  readonly version: string
  readonly organization: string
  readonly token: Secret
}

const most = 3000
const mostOfTitle = 400

export class LinkedIn implements Network {
  readonly name = 'LinkedIn'
  readonly #vendor: Vendor
  readonly #author: string

  constructor({ baseUrl, version, organization, token }: Options, timeLimit: number) {
    this.#author = `urn:li:organization:${organization}`
    this.#vendor = new Vendor({
      name: this.name,
      baseUrl,
      headers: () => ({
        authorization: `Bearer ${token.reveal()}`,
        'linkedin-version': version,
        'x-restli-protocol-version': '2.0.0',
      }),
      refusal: (body) => failure.safeParse(body).data?.message,
      timeLimit,
    })
  }

  async post(post: Post, signal: AbortSignal): Promise<Posted> {
    const body = {
      author: this.#author,
      commentary: plain(textOf(post, most, (text) => plain(text).length)),
      visibility: 'PUBLIC',
      distribution: { feedDistribution: 'MAIN_FEED', targetEntities: [], thirdPartyDistributionChannels: [] },
      content: { article: { source: post.link, title: cut(post.title, mostOfTitle), description: post.title } },
      lifecycleState: 'PUBLISHED',
      isReshareDisabledByAuthor: false,
    }
    const { headers, status } = await this.#vendor.ask('POST', '/rest/posts', {
      body,
      signal,
      missing: missing(this.name, 'baseUrl'),
    })
    const id = urn.safeParse(headers.get('x-restli-id'))
    if (!id.success) throw new VendorError('strange', 'LinkedIn did not say what it posted.', status, id.error)
    return postAt(id.data)
  }

  async find(link: string, since: Date, signal: AbortSignal): Promise<Posted | undefined> {
    const query = { author: this.#author, q: 'author', count: 100, sortBy: 'LAST_MODIFIED' }
    const headers = { 'x-restli-method': 'FINDER' }
    const answer = await this.#vendor.ask('GET', '/rest/posts', { query, headers, signal })
    const found = answer
      .json(byAuthor)
      .elements.find(({ createdAt, content }) => createdAt >= since.getTime() && content?.article?.source === link)
    return found && postAt(found.id)
  }
}

const postAt = (id: string): Posted => ({ url: `https://www.linkedin.com/feed/update/${id}/` })

/** Text that is nothing but text: every sign of their format is taken for itself. */
const plain = (text: string): string => text.replace(/[\\|{}@[\]()<>#*_~]/g, '\\$&')
