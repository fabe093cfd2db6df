import { timingSafeEqual } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import type { Answer, Asked } from '../route.ts'
import type { Given } from '../run.ts'
import { metricsLike, prepare, resolution, valueAt } from './metrics.ts'
import { readTarget, type Target } from './target.ts'

type Series = { readonly target: string; readonly datapoints: readonly (readonly [number | null, number])[] }

class Refused extends Error {}

/** Answers of Graphite's render API, over the metrics in the database. */
export const openGraphite = ({ database, credential }: Given): ((asked: Asked) => Answer) => {
  prepare(database)
  const wanted = Buffer.from(`Basic ${Buffer.from(`foobot:${credential}`).toString('base64')}`)
  return ({ path, headers, query }) => {
    const shown = Buffer.from(headers.authorization ?? '')
    if (shown.length !== wanted.length || !timingSafeEqual(shown, wanted)) return failed(401)
    return path === '/render' ? render(database, query, Math.floor(Date.now() / 1000)) : failed(404)
  }
}

/** As the web server before a Graphite refuses. */
export const failed = (status: number): Answer => ({
  status,
  headers: { 'content-type': 'text/html', ...(status === 401 && { 'www-authenticate': 'Basic realm="graphite"' }) },
  raw: `<html><body><h1>${status}</h1></body></html>`,
})

const render = (database: DatabaseSync, query: URLSearchParams, now: number): Answer => {
  const [from, until] = [timeOf(query.get('from') ?? '-24h', now), timeOf(query.get('until') ?? 'now', now)]
  if (from === undefined || until === undefined) return refusal('Could not parse from or until')
  if (from >= until) return refusal('Invalid from time')
  const most = Number(query.get('maxDataPoints') ?? 0)
  const targets = query.getAll('target')
  const given = targets.map((target) => `"${target}"`).join(', ')
  try {
    const all = targets.flatMap((text) => {
      const target = readTarget(text)
      return target ? evaluate(target, (path) => fetched(database, path, [from, until], now)) : []
    })
    return { status: 200, body: most > 0 ? all.map((series) => consolidated(series, most)) : all }
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    return refusal(`Invalid parameters (${error.message}); targets: ${given}`)
  }
}

const refusal = (text: string): Answer => ({ status: 400, headers: { 'content-type': 'text/html' }, raw: text })

const lengths: Readonly<Record<string, number>> = { s: 1, min: 60, m: 60, h: 3600, d: 86_400, w: 604_800 }

const timeOf = (text: string, now: number): number | undefined => {
  if (text === 'now') return now
  if (/^\d{1,11}$/.test(text)) return Number(text)
  const [, count, unit] = /^-(\d{1,7})(s|min|m|h|d|w)/.exec(text) ?? []
  const length = lengths[unit ?? '']
  return length === undefined ? undefined : now - Number(count) * length
}

const fetched = (
  database: DatabaseSync,
  path: string,
  [from, until]: readonly [number, number],
  now: number,
): readonly Series[] =>
  metricsLike(database, path).map((metric) => {
    const first = Math.floor(from / resolution) + 1
    const count = Math.max(0, Math.floor(until / resolution) - first + 1)
    return {
      target: metric.name,
      datapoints: Array.from({ length: Math.min(count, 600_000) }, (_, index) => {
        const at = (first + index) * resolution
        return [at > now ? null : valueAt(metric, at, now), at] as const
      }),
    }
  })

type Fetch = (path: string) => readonly Series[]

const evaluate = (target: Target, fetch: Fetch): readonly Series[] => {
  if (target.type === 'path') return fetch(target.path)
  const { name, given } = target
  const series = given.flatMap((one) => (typeof one === 'object' ? evaluate(one, fetch) : []))
  const [, second] = given
  const known = functions[name]
  if (!known) throw new Refused(`Received request for unknown function: ${name}`)
  return known(series, second)
}

type Function = (series: readonly Series[], second: Target | number | string | undefined) => readonly Series[]

const named = (name: string, series: readonly Series[]): string =>
  `${name}(${series.map(({ target }) => target).join(',')})`

const together =
  (name: string, how: (values: readonly number[]) => number): Function =>
  (series) => {
    const [first] = series
    if (!first) return []
    const datapoints = first.datapoints.map(([, at], index) => {
      const values = series.flatMap((one) => one.datapoints[index]?.[0] ?? [])
      return [values.length === 0 ? null : how(values), at] as const
    })
    return [{ target: named(name, series), datapoints }]
  }

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0)

const functions: Readonly<Record<string, Function>> = {
  alias: (series, name) => series.map((one) => ({ ...one, target: String(name) })),
  averageSeries: together('averageSeries', (values) => sum(values) / values.length),
  maxSeries: together('maxSeries', (values) => Math.max(...values)),
  scale: (series, factor) => {
    if (typeof factor !== 'number') throw new Refused('Invalid "float" value for param "factor"')
    return series.map(({ target, datapoints }) => ({
      target: `scale(${target},${factor})`,
      datapoints: datapoints.map(([value, at]) => [value === null ? null : value * factor, at] as const),
    }))
  },
  sumSeries: together('sumSeries', sum),
}

/** At most so many values: neighbours are one, their average. */
const consolidated = ({ target, datapoints }: Series, most: number): Series => {
  const size = Math.ceil(datapoints.length / most)
  if (size <= 1) return { target, datapoints }
  const groups = Array.from({ length: Math.ceil(datapoints.length / size) }, (_, index) =>
    datapoints.slice(index * size, (index + 1) * size),
  )
  return {
    target,
    datapoints: groups.map((group) => {
      const values = group.flatMap(([value]) => value ?? [])
      return [values.length === 0 ? null : sum(values) / values.length, group[0]?.[1] ?? 0] as const
    }),
  }
}
