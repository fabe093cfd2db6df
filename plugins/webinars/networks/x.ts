import { randomBytes } from 'node:crypto'
import { type Secret, secret, Vendor, vendorUrl, z } from 'foobot'
import { missing, type Network, type Post, type Posted, textOf } from './network.ts'
import { authorization } from './oauth1.ts'

/**
 * X API v2: https://docs.x.com/x-api/posts/create-post and https://docs.x.com/x-api/posts/user-posts-timeline-by-user-id; errors as in
 * https://docs.x.com/x-api/fundamentals/response-codes-and-errors.
 */
const created = z.object({ data: z.object({ id: z.string().regex(/^\d+$/) }) })
const me = z.object({ data: z.object({ id: z.string().regex(/^\d+$/) }) })
/** With 200 as well: `errors` where something could not be read, and then nobody knows what is missing. */
const timeline = z.object({
  errors: z.array(z.unknown()).max(0).optional(),
  data: z
    .array(
      z.object({
        id: z.string().regex(/^\d+$/),
        entities: z.object({ urls: z.array(z.object({ expanded_url: z.string().optional() })).optional() }).optional(),
      }),
    )
    .default([]),
})
const failure = z.object({ title: z.string().optional(), detail: z.string() })

/** How an account on X is configured: by the four keys of OAuth 1.0a, which do not run out. */
export const xConfig = z.strictObject({
  baseUrl: vendorUrl().default('https://api.x.com'),
  consumerKey: secret(),
  consumerSecret: secret(),
  token: secret(),
  tokenSecret: secret(),
})

type Keys = Readonly<Record<'consumerKey' | 'consumerSecret' | 'token' | 'tokenSecret', Secret>>

/** Weighted characters of a post. */
const most = 280
/** What an address counts, however long it is. */
const address = 23

export class X implements Network {
  readonly name = 'X'
  readonly #vendor: Vendor

  constructor({ baseUrl, ...keys }: { readonly baseUrl: string } & Keys, timeLimit: number) {
    this.#vendor = new Vendor({
      name: 'X',
      baseUrl,
      headers: (_, request) => ({ authorization: signed(request, keys) }),
      refusal: (body) => failure.safeParse(body).data?.detail,
      again: (headers, now) => untilReset(headers.get('x-rate-limit-reset'), now),
      timeLimit,
    })
  }

  async post(post: Post, signal: AbortSignal): Promise<Posted> {
    const answer = await this.#vendor.ask('POST', '/2/tweets', {
      body: { text: textOf(post, most, weighted) },
      signal,
      missing: missing(this.name, 'baseUrl'),
    })
    return postAt(answer.json(created).data.id)
  }

  async find(link: string, since: Date, signal: AbortSignal): Promise<Posted | undefined> {
    const { data: user } = (await this.#vendor.ask('GET', '/2/users/me', { signal })).json(me)
    const start_time = `${since.toISOString().slice(0, 19)}Z`
    const query = { max_results: 100, start_time, 'tweet.fields': 'created_at,entities', exclude: 'retweets,replies' }
    const answer = await this.#vendor.ask('GET', `/2/users/${user.id}/tweets`, { query, signal })
    const found = answer
      .json(timeline)
      .data.find(({ entities }) => entities?.urls?.some(({ expanded_url }) => expanded_url?.startsWith(link)))
    return found && postAt(found.id)
  }
}

const postAt = (id: string): Posted => ({ url: `https://x.com/i/web/status/${id}` })

const signed = (request: { readonly method: string; readonly url: string }, keys: Keys): string =>
  authorization(
    request,
    {
      consumerKey: keys.consumerKey.reveal(),
      consumerSecret: keys.consumerSecret.reveal(),
      token: keys.token.reveal(),
      tokenSecret: keys.tokenSecret.reveal(),
    },
    randomBytes(16).toString('hex'),
    Math.floor(Date.now() / 1000),
  )

/** @param reset seconds, where it is a number */
const untilReset = (reset: string | null, now: number): number | undefined =>
  /^\d{1,12}$/.test(reset ?? '') ? Math.max(0, Number(reset) * 1000 - now) : undefined

/**
 * What a text counts there (https://docs.x.com/fundamentals/counting-characters): letters of most alphabets one, all others two, an
 * address 23.
 */
export const weighted = (text: string): number =>
  [...text.replace(/https?:\/\/\S+/g, 'x'.repeat(address))].reduce((sum, letter) => sum + (isLight(letter) ? 1 : 2), 0)

const isLight = (letter: string): boolean => {
  const code = letter.codePointAt(0) ?? 0
  return code <= 0x10ff || (code >= 0x2000 && code <= 0x200d) || (code >= 0x2010 && code <= 0x201f)
}
