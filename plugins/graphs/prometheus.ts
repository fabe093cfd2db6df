import { oneLine, Vendor } from 'foobot'
import { type Metrics, mostPoints } from './client.ts'
import type { Connection } from './graphite.ts'
import type { Point, Series, Span } from './series.ts'
import { prometheusError, prometheusRange } from './wire.ts'

/** Steps that people can think in, in seconds. */
const steps = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400]

/** Prometheus' HTTP API. A target is an expression in PromQL, and goes to it as it is. */
export class Prometheus implements Metrics {
  readonly name = 'Prometheus'
  readonly between = /,/
  readonly #vendor: Vendor

  constructor({ baseUrl, headers, timeLimit }: Connection) {
    this.#vendor = new Vendor({
      name: this.name,
      baseUrl,
      headers,
      timeLimit,
      refusal: (body) => prometheusError.safeParse(body).data?.error,
    })
  }

  async read(target: string, { from, until }: Span, signal: AbortSignal): Promise<readonly Series[]> {
    const step = steps.find((one) => (until - from) / one <= mostPoints) ?? 86_400
    const query = { query: target, start: from, end: until, step }
    const answer = await this.#vendor.ask('GET', '/api/v1/query_range', { query, signal })
    return answer.json(prometheusRange).data.result.map(({ metric, values }) => ({
      name: nameOf(metric) || target,
      points: spaced(values, step),
    }))
  }
}

/** As Prometheus writes a series: `up{job="node"}`. */
const nameOf = ({ __name__ = '', ...labels }: Readonly<Record<string, string>>): string => {
  const written = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`)
  return oneLine(written.length === 0 ? __name__ : `${__name__}{${written.join(', ')}}`)
}

/** Prometheus leaves out what it has no value for: there the line is broken. */
const spaced = (values: readonly (readonly [at: number, value: string])[], step: number): readonly Point[] =>
  values.flatMap(([at, text], index): readonly Point[] => {
    const before = values[index - 1]?.[0]
    const value = Number(text)
    const point = { at, value: Number.isFinite(value) ? value : null }
    return before !== undefined && at - before > step * 1.5 ? [{ at: before + step, value: null }, point] : [point]
  })
