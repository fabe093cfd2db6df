import { dateOrder, plugin, type Secret, secret, timeZone, vendorTimeLimit, vendorUrl, z } from 'foobot'
import { draw, type Graph } from './chart/draw.ts'
import { pngOf } from './chart/png.ts'
import type { Metrics } from './client.ts'
import { Graphite } from './graphite.ts'
import { Prometheus } from './prometheus.ts'
import { extremesOf, type Series } from './series.ts'
import { inFull, type ShortTargets, shortTargets, targetsOf } from './targets.ts'
import { type Unit, unitNames, unitOf } from './units.ts'
import { inWords, spanOf } from './window.ts'
import { told } from './words.ts'
import type { Clock } from './zone.ts'

type System = {
  readonly metrics: Metrics
  readonly short: ShortTargets
  readonly units: Readonly<Record<string, Unit>>
  readonly window: string
  readonly clock: Clock
}

/** Lines of one picture: more could not be told apart. */
const mostLines = 10
/** Targets of one command. */
const mostTargets = 10

const headersOf = (user: string | undefined, credential: Secret | undefined): Readonly<Record<string, string>> => {
  if (!credential) return {}
  const shown =
    user === undefined
      ? `Bearer ${credential.reveal()}`
      : `Basic ${Buffer.from(`${user}:${credential.reveal()}`).toString('base64')}`
  return { authorization: shown }
}

export default plugin('graphs', {
  summary: 'What servers measure, drawn',
  config: {
    /** Where the numbers are. */
    backend: z.enum(['graphite', 'prometheus']),
    /** Its address: for Graphite what stands before `/render`, for Prometheus what stands before `/api/v1`. */
    baseUrl: vendorUrl(),
    /** With `credential`: the name to sign in by. */
    user: z.string().min(1).optional(),
    /** The password that belongs to `user`; without a user, a bearer token. */
    credential: secret().optional(),
    /** Short ways to say a target, as `collectd.load(<host>)`, each with what it stands for: `collectd.<host>.load`. */
    targets: z.record(z.string().min(1), z.string().min(1)).default({}),
    /** A part of a target to the unit of its values; other units are read from names. */
    units: z.record(z.string().min(1), z.enum(unitNames)).default({}),
    /** The window where none is said. */
    window: z
      .string()
      .regex(/^[1-9]\d{0,5}[smhdw]$/)
      .default('1h'),
    /** The company's time zone, as `America/Denver`. */
    zone: timeZone(),
    /** How dates are written. */
    dateOrder: dateOrder(),
    timeLimit: vendorTimeLimit(),
  },
  connect: ({ backend, baseUrl, user, credential, targets, units, window, zone, dateOrder, timeLimit }): System => {
    const connection = { baseUrl, timeLimit, headers: () => headersOf(user, credential) }
    return {
      metrics: backend === 'graphite' ? new Graphite(connection) : new Prometheus(connection),
      short: shortTargets(targets),
      units,
      window,
      clock: { zone, dateOrder },
    }
  },
  commands: (command) => [
    command('graph-me [-<window:duration>] <target...>', {
      summary: 'Draw what was measured: one target or several, functions too',
      tier: 'member',
      example: 'graph-me -1h collectd.load(prod1)',
      async run({ args, system: { metrics, short, units, window, clock }, signal }) {
        const span = spanOf(args.window ?? window, Date.now())
        const targets = targetsOf(args.target, metrics.between)
        if (targets.length === 0) throw new Error('Say what to draw, as graph-me -1h collectd.load(prod1).')
        if (targets.length > mostTargets) throw new Error(`That is more than ${mostTargets} targets: say fewer.`)
        const found = await Promise.all(
          targets.map(async (target) => ({
            target,
            series: await metrics.read(inFull(target, short), span, signal),
          })),
        )
        const known = found.flatMap(({ target, series }) => named(target, series.filter(hasValues)))
        const without = found.filter(({ series }) => !series.some(hasValues))
        const missing = without.map(({ target, series }) =>
          missingLine(metrics.name, target, inFull(target, short), series.length, inWords(span)),
        )
        if (known.length === 0) throw new Error(missing.join('\n'))
        const drawn = [...known].sort(byLast).slice(0, mostLines)
        const series = known.filter((one) => drawn.includes(one))
        const unit = unitOf(inFull(args.target, short), units)
        const graph: Graph = { title: args.target, series, span, unit, clock }
        const cut =
          known.length > mostLines
            ? [`These are the ${mostLines} highest of ${known.length} lines: a narrower target shows others.`]
            : []
        const notes = [...missing, ...cut]
        const picture = {
          type: 'picture',
          mediaType: 'image/png',
          data: pngOf(draw(graph)).toString('base64'),
          alt: told(graph),
        } as const
        return [picture, ...notes.map((text) => ({ type: 'text', text }) as const)]
      },
    }),
  ],
})

const hasValues = (series: Series): boolean => extremesOf(series) !== undefined

/** What is one line is called as it was said. */
const named = (target: string, series: readonly Series[]): readonly Series[] =>
  series.length === 1 ? series.map((one) => ({ ...one, name: target })) : series

const byLast = (a: Series, b: Series): number => (extremesOf(b)?.last ?? 0) - (extremesOf(a)?.last ?? 0)

const missingLine = (name: string, target: string, full: string, series: number, window: string): string => {
  const called = full === target ? `"${target}"` : `"${target}" (${full})`
  return series === 0
    ? `${name} knows nothing by the name ${called} in ${window}: look at its spelling.`
    : `${name} has no values of ${called} in ${window}: say a longer window, as graph-me -1d.`
}
