import { type Secret, secret, Vendor, vendorUrl, z } from 'foobot'
import { missing, type Network, type Post, type Posted, textOf } from './network.ts'

/**
 * Mastodon: https://docs.joinmastodon.org/methods/statuses/#create and https://docs.joinmastodon.org/methods/accounts/#statuses.
 */
const status = z.object({ url: z.url({ protocol: /^https?$/ }) })
const account = z.object({ id: z.string().regex(/^\d{1,32}$/) })
const statuses = z.array(
  z.object({
    url: z.url({ protocol: /^https?$/ }),
    created_at: z.iso.datetime({ offset: true }),
    /** HTML. */
    content: z.string(),
  }),
)
const failure = z.object({ error: z.string() })

export const mastodonConfig = z.strictObject({
  /** The server that the account is on. */
  baseUrl: vendorUrl(),
  token: secret(),
})

const most = 500
/** What an address counts, however long it is. */
const address = 23
/** Milliseconds for which a server remembers a key: an hour, less what clocks may differ. */
const repeats = 50 * 60_000

export class Mastodon implements Network {
  readonly name = 'Mastodon'
  readonly repeats = repeats
  readonly #vendor: Vendor

  constructor({ baseUrl, token }: { readonly baseUrl: string; readonly token: Secret }, timeLimit: number) {
    this.#vendor = new Vendor({
      name: this.name,
      baseUrl,
      headers: () => ({ authorization: `Bearer ${token.reveal()}` }),
      refusal: (body) => failure.safeParse(body).data?.error,
      again: (headers, now) => untilReset(headers.get('x-ratelimit-reset'), now),
      timeLimit,
    })
  }

  async post(post: Post, signal: AbortSignal): Promise<Posted> {
    const counted = (text: string): number => [...text.replace(/https?:\/\/\S+/g, 'x'.repeat(address))].length
    const answer = await this.#vendor.ask('POST', '/api/v1/statuses', {
      body: { status: textOf(post, most, counted), visibility: 'public' },
      headers: { 'idempotency-key': post.key },
      repeatable: true,
      missing: missing(this.name, 'baseUrl'),
      signal,
    })
    return { url: answer.json(status).url }
  }

  async find(link: string, since: Date, signal: AbortSignal): Promise<Posted | undefined> {
    const { id } = (await this.#vendor.ask('GET', '/api/v1/accounts/verify_credentials', { signal })).json(account)
    const query = { limit: 40, exclude_replies: true, exclude_reblogs: true }
    const answer = await this.#vendor.ask('GET', `/api/v1/accounts/${id}/statuses`, { query, signal })
    const written = `href="${link.replaceAll('&', '&amp;')}"`
    const found = answer
      .json(statuses)
      .find(({ created_at, content }) => Date.parse(created_at) >= since.getTime() && content.includes(written))
    return found && { url: found.url }
  }
}

const untilReset = (reset: string | null, now: number): number | undefined => {
  const at = Date.parse(reset ?? '')
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
