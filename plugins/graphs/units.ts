/** What numbers count. `ratio` is 0 to 1 and shown in per cent. */
export const unitNames = ['none', 'percent', 'ratio', 'seconds', 'milliseconds', 'bytes', 'bits'] as const
export type Unit = (typeof unitNames)[number]

/** A unit in the size that reads best: shown is value / divisor, then the suffix. */
export type Scale = { readonly divisor: number; readonly suffix: string }

const thousands: readonly Scale[] = [
  { divisor: 1e12, suffix: 'T' },
  { divisor: 1e9, suffix: 'G' },
  { divisor: 1e6, suffix: 'M' },
  { divisor: 1e3, suffix: 'k' },
  { divisor: 1, suffix: '' },
]

const seconds: readonly Scale[] = [
  { divisor: 86_400, suffix: ' d' },
  { divisor: 3600, suffix: ' h' },
  { divisor: 60, suffix: ' min' },
  { divisor: 1, suffix: ' s' },
  { divisor: 1e-3, suffix: ' ms' },
  { divisor: 1e-6, suffix: ' µs' },
]

const scales: Readonly<Record<Unit, readonly Scale[]>> = {
  none: thousands,
  percent: [{ divisor: 1, suffix: '%' }],
  ratio: [{ divisor: 0.01, suffix: '%' }],
  seconds,
  milliseconds: seconds.map(({ divisor, suffix }) => ({ divisor: divisor * 1000, suffix })),
  bytes: ['TiB', 'GiB', 'MiB', 'KiB', 'B'].map((suffix, index) => ({
    divisor: 1024 ** (4 - index),
    suffix: ` ${suffix}`,
  })),
  bits: thousands.map(({ divisor, suffix }) => ({ divisor, suffix: ` ${suffix}bit` })),
}

/** The scale in which a number of this size has digits before its point. */
export const scaleOf = (unit: Unit, size: number): Scale => {
  const all = scales[unit]
  const found = all.find(({ divisor }) => Math.abs(size) >= divisor)
  return found ?? all.at(-1) ?? { divisor: 1, suffix: '' }
}

/** A number by itself, to three digits that count: `7.81`, `1.2k`, `340 ms`. */
export const written = (value: number, unit: Unit): string => {
  if (value === 0) return unit === 'percent' || unit === 'ratio' ? '0%' : '0'
  const { divisor, suffix } = scaleOf(unit, value)
  return `${trimmed(value / divisor)}${suffix}`
}

const trimmed = (value: number): string => {
  const size = Math.abs(value)
  if (size >= 100) return String(Math.round(value))
  if (size < 0.001) return value.toExponential(1)
  return String(Number(value.toPrecision(3)))
}

const byName: readonly (readonly [RegExp, Unit])[] = [
  [/percent|pct/i, 'percent'],
  [/_ratio\b|\.ratio\b/i, 'ratio'],
  [/bytes|octets/i, 'bytes'],
  [/bits\b|\bbits|bps\b/i, 'bits'],
  [/milliseconds|_ms\b|\.ms\b/i, 'milliseconds'],
  [/seconds\b|_seconds/i, 'seconds'],
]

/**
 * The unit of a target: as configured, else as its name says. Prometheus asks for names that end in their unit, and
 * collectd's say it too; what is named otherwise is a plain number.
 * @param configured part of a target to its unit, tried in order
 */
export const unitOf = (target: string, configured: Readonly<Record<string, Unit>>): Unit => {
  const own = Object.entries(configured).find(([part]) => target.includes(part))
  return own?.[1] ?? byName.find(([pattern]) => pattern.test(target))?.[1] ?? 'none'
}
