import { cut, Vendor, VendorError } from 'foobot'
import { type Metrics, mostPoints } from './client.ts'
import type { Series, Span } from './series.ts'
import { graphiteRender } from './wire.ts'

export type Connection = {
  readonly baseUrl: string
  readonly headers: () => Readonly<Record<string, string>>
  readonly timeLimit: number
}

/** Graphite's render API. It works functions out by itself: a target goes to it as it is. */
export class Graphite implements Metrics {
  readonly name = 'Graphite'
  readonly between = /[\s,]/
  readonly #vendor: Vendor

  constructor({ baseUrl, headers, timeLimit }: Connection) {
    this.#vendor = new Vendor({ name: this.name, baseUrl, headers, timeLimit, refusal: (_, text) => complaintIn(text) })
  }

  async read(target: string, { from, until }: Span, signal: AbortSignal): Promise<readonly Series[]> {
    const query = { target, from, until, format: 'json', maxDataPoints: mostPoints }
    try {
      const answer = await this.#vendor.ask('GET', '/render', { query, signal })
      return answer.json(graphiteRender).map(({ target: name, datapoints }) => ({
        name,
        points: datapoints.map(([value, at]) => ({ at, value: typeof value === 'number' ? value : null })),
      }))
    } catch (error) {
      // Graphite answers 500 where a function is given the wrong arguments: to say it again later would be no help.
      if (error instanceof VendorError && error.status === 500 && error.said !== undefined)
        throw new Error(`Graphite cannot work out "${target}": ${error.said}`, { cause: error })
      throw error
    }
  }
}

const most = 300

/** What is wrong with a request: a line of text, or the last line of the traceback on a page. */
const complaintIn = (text: string): string | undefined => {
  const page = /<pre[^>]*>([\s\S]*?)<\/pre>/i.exec(text)?.[1]
  if (page === undefined) return /^\s*</.test(text) ? undefined : cut(text.trim(), most)
  const last = page.trim().split('\n').at(-1) ?? ''
  const said = /^[\w.]+(?:Error|Exception): (.+)$/.exec(unescaped(last))?.[1]
  return said === undefined ? undefined : cut(said, most)
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#x27': "'", '#39': "'" }

const unescaped = (html: string): string => html.replace(/&(#?\w+);/g, (whole, name: string) => entities[name] ?? whole)
