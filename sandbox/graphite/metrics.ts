import type { DatabaseSync } from 'node:sqlite'

/** What is measured of one thing, once a minute: a level, a daily swing, noise, and what has happened lately. */
export type Metric = {
  readonly name: string
  readonly level: number
  readonly swing: number
  readonly noise: number
  /** What the last quarter of an hour has added. */
  readonly lately: number
}

/** Seconds between two values. */
export const resolution = 60
const day = 86_400

const hosts = ['prod1', 'prod2', 'db-1', 'web1', 'svr-1827']

/** So many values of every host: its metric, level, swing, noise. */
const measured: readonly (readonly [string, number, number, number])[] = [
  ['load', 0.9, 0.4, 0.5],
  ['memory.memory-used', 6.2e9, 8e8, 2e8],
  ['cpu.percent-active', 24, 14, 9],
  ['interface-eth0.if_octets.rx', 3.1e6, 2.2e6, 9e5],
]

export const prepare = (database: DatabaseSync): void => {
  database.exec(`
    CREATE TABLE IF NOT EXISTS metrics (
      name TEXT PRIMARY KEY, level REAL NOT NULL, swing REAL NOT NULL, noise REAL NOT NULL, lately REAL NOT NULL
    ) WITHOUT ROWID`)
  const insert = database.prepare('INSERT OR IGNORE INTO metrics VALUES (?, ?, ?, ?, ?)')
  for (const [index, host] of hosts.entries()) {
    for (const [name, level, swing, noise] of measured) {
      const size = 1 - index * 0.12
      // The load of prod1 is why somebody looks.
      const lately = host === 'prod1' && name === 'load' ? 5.6 : host === 'prod1' && name.startsWith('cpu') ? 51 : 0
      insert.run(`collectd.${host}.${name}`, level * size, swing * size, noise, lately)
    }
  }
}

/** Metrics by a pattern as Graphite has it: `*` within one part of a name, `{a,b}` for either. */
export const metricsLike = (database: DatabaseSync, pattern: string): readonly Metric[] => {
  const parts = pattern.split(/([*{},])/).map((part) => {
    if (part === '*') return '[^.]*'
    if (part === '{') return '(?:'
    if (part === '}') return ')'
    return part === ',' ? '|' : RegExp.escape(part)
  })
  const form = isWhole(pattern) ? new RegExp(`^${parts.join('')}$`) : undefined
  const rows = database.prepare('SELECT name, level, swing, noise, lately FROM metrics ORDER BY name').all()
  return (rows as unknown as readonly Metric[]).filter(({ name }) => form?.test(name))
}

const isWhole = (pattern: string): boolean => /^(?:[^{}]|\{[^{}]*\})*$/.test(pattern)

/** The value at an instant: the same whenever it is asked for, but for what happened lately. */
export const valueAt = ({ name, level, swing, noise, lately }: Metric, at: number, now: number): number => {
  const daily = Math.sin((at / day) * 2 * Math.PI - 1.2) * swing
  const slow =
    (random(name, Math.floor(at / 600)) * (600 - (at % 600)) + random(name, Math.floor(at / 600) + 1) * (at % 600)) /
    600
  const value = level + daily + noise * (slow * 0.6 + random(name, at) * 0.4 - 0.3)
  return Math.max(0, value + lately * risen(now - at) * (0.92 + random(name, at + 1) * 0.16))
}

/** From 21 to 13 minutes ago it rose. */
const risen = (ago: number): number => Math.min(1, Math.max(0, (21 * 60 - ago) / (8 * 60))) ** 1.5

/** A number from 0 to 1 that belongs to these two. */
const random = (name: string, at: number): number => {
  let hash = 2_166_136_261
  for (const character of `${name} ${at}`) hash = Math.imul(hash ^ character.charCodeAt(0), 16_777_619)
  hash = Math.imul(hash ^ (hash >>> 15), 2_246_822_507)
  hash = Math.imul(hash ^ (hash >>> 13), 3_266_489_909)
  return ((hash ^ (hash >>> 16)) >>> 0) / 4_294_967_296
}
