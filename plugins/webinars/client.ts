import { type Secret, Vendor } from 'foobot'
import { messageIn, nextCursor, registrationsIn, type Webcast, webcastsIn } from './wire.ts'
import { type Element, readXml, strange } from './xml.ts'

const name = 'BrightTALK'
/** Of webcasts, or registrations, that are asked for at once. */
const pageSize = 100

export type BrightTalkOptions = {
  readonly baseUrl: string
  readonly apiKey: Secret
  readonly apiSecret: Secret
  /** The number of the company's channel. */
  readonly channel: number
  readonly timeLimit: number
}

/** BrightTALK's reporting API, as far as these commands need it: reading. */
export class BrightTalk {
  readonly #vendor: Vendor
  readonly #channel: string

  constructor({ baseUrl, apiKey, apiSecret, channel, timeLimit }: BrightTalkOptions) {
    this.#channel = `/v1/channel/${channel}`
    this.#vendor = new Vendor({
      name,
      baseUrl,
      headers: () => ({
        authorization: `Basic ${Buffer.from(`${apiKey.reveal()}:${apiSecret.reveal()}`).toString('base64')}`,
        accept: 'application/xml',
      }),
      refusal: (_, text) => refusalIn(text),
      timeLimit,
    })
  }

  /** All webcasts of the channel that the public may see, in the order of their start. */
  async webcasts(signal: AbortSignal): Promise<readonly Webcast[]> {
    const all = new Map<string, Webcast>()
    const missing = `${name} does not know our channel: tell an administrator to look at "channel".`
    await this.#pages('/webcasts', { signal, missing }, (page) => {
      for (const webcast of read(() => webcastsIn(page))) all.set(webcast.id, webcast)
    })
    return [...all.values()]
      .filter(({ status }) => status !== 'cancelled' && status !== 'error')
      .sort((a, b) => Date.parse(a.start) - Date.parse(b.start))
  }

  /**
   * How many have registered for a webcast.
   * @param onCount called with each page, with how many there are so far
   */
  async registrations({ id }: Webcast, onCount: (count: number) => void, signal: AbortSignal): Promise<number> {
    const ids = new Set<string>()
    const missing = `${name} does not know the webcast ${id} any more: say it again.`
    await this.#pages(`/webcast/${id}/registrations`, { signal, missing }, (page) => {
      for (const one of read(() => registrationsIn(page))) ids.add(one)
      onCount(ids.size)
    })
    return ids.size
  }

  async #pages(
    path: string,
    asking: { readonly signal: AbortSignal; readonly missing: string },
    take: (page: Element) => void,
  ): Promise<void> {
    const seen = new Set<string>()
    for (let cursor: string | undefined; ; ) {
      const answer = await this.#vendor.ask('GET', this.#channel + path, { ...asking, query: { pageSize, cursor } })
      const page = readXml(answer.text(), name)
      take(page)
      cursor = nextCursor(page)
      if (cursor === undefined) return
      if (seen.has(cursor)) throw strange(name, `the page ${cursor} comes again`)
      seen.add(cursor)
    }
  }
}

const read = <T>(what: () => T): T => {
  try {
    return what()
  } catch (error) {
    throw strange(name, error)
  }
}

/** What a refusal that is XML says; some say nothing. */
const refusalIn = (text: string): string | undefined => {
  try {
    return messageIn(readXml(text, name))
  } catch {
    return undefined
  }
}
