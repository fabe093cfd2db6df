import { type Secret, secret, Vendor, vendorUrl, z } from 'foobot'
import { missing, type Network, type Post, type Posted, textOf } from './network.ts'

/**
 * Facebook's Pages API: https://developers.facebook.com/docs/pages-api/posts (publishing) and
 * https://developers.facebook.com/docs/graph-api/reference/page/published_posts (reading), Graph API v25.0.
 */
const created = z.object({ id: z.string().regex(/^\d+_\d+$/) })
const published = z.object({
  data: z.array(
    z.object({
      message: z.string().optional(),
      permalink_url: z.url({ protocol: /^https$/ }),
      attachments: z.object({ data: z.array(z.object({ unshimmed_url: z.string().optional() })) }).optional(),
    }),
  ),
})
const failure = z.object({ error: z.object({ message: z.string() }) })

export const facebookConfig = z.strictObject({
  baseUrl: vendorUrl().default('https://graph.facebook.com'),
  /** Of the Graph API; each lives for about two years. */
  version: z
    .string()
    .regex(/^v\d{1,3}\.\d$/, 'write a version, as v25.0')
    .default('v25.0'),
  /** The id of the page. */
  page: z.string().regex(/^\d{1,20}$/, 'write the number of the page'),
  /** A page access token. */
  token: secret(),
})

type Options = { readonly baseUrl: string; readonly version: string; readonly page: string; readonly token: Secret }

const most = 5000

export class Facebook implements Network {
  readonly name = 'Facebook'
  readonly #vendor: Vendor
  readonly #page: string
  readonly #token: Secret

  constructor({ baseUrl, version, page, token }: Options, timeLimit: number) {
    this.#page = `/${version}/${page}`
    this.#token = token
    this.#vendor = new Vendor({
      name: this.name,
      baseUrl,
      refusal: (body) => failure.safeParse(body).data?.error.message,
      timeLimit,
    })
  }

  async post(post: Post, signal: AbortSignal): Promise<Posted> {
    // The guide puts the token into the body: an address would stand in logs.
    const body = {
      message: textOf(post, most, (text) => text.length),
      link: post.link,
      published: true,
      access_token: this.#token.reveal(),
    }
    const answer = await this.#vendor.ask('POST', `${this.#page}/feed`, {
      body,
      signal,
      missing: missing(this.name, 'page'),
    })
    return { url: `https://www.facebook.com/${answer.json(created).id}` }
  }

  async find(link: string, since: Date, signal: AbortSignal): Promise<Posted | undefined> {
    const query = {
      fields: 'message,permalink_url,attachments{unshimmed_url}',
      since: Math.floor(since.getTime() / 1000),
      limit: 100,
    }
    const headers = { authorization: `Bearer ${this.#token.reveal()}` }
    const answer = await this.#vendor.ask('GET', `${this.#page}/published_posts`, { query, headers, signal })
    const found = answer
      .json(published)
      .data.find(
        ({ message, attachments }) =>
          message?.includes(link) || attachments?.data.some(({ unshimmed_url }) => unshimmed_url?.startsWith(link)),
      )
    return found && { url: found.permalink_url }
  }
}
