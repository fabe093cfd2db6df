import type { DatabaseSync } from 'node:sqlite'

type Row = Readonly<Record<string, unknown>>

const tables = `
  CREATE TABLE IF NOT EXISTS webcasts (
    id INTEGER PRIMARY KEY, channel INTEGER NOT NULL, title TEXT NOT NULL, description TEXT NOT NULL,
    presenter TEXT NOT NULL, duration INTEGER NOT NULL, start TEXT NOT NULL, published TEXT NOT NULL,
    visibility TEXT NOT NULL, url TEXT, cancelled INTEGER NOT NULL, created TEXT NOT NULL, lastUpdated TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS registrations (
    id INTEGER PRIMARY KEY, webcast INTEGER NOT NULL REFERENCES webcasts (id), user INTEGER NOT NULL, created TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS by_webcast ON registrations (webcast);
`

const day = 24 * 3600_000
/** The example company's. */
const channel = 11_223

type Planned = {
  /** Days from the first start. */
  readonly in: number
  readonly title: string
  readonly guests: number
  readonly visibility?: 'private'
  readonly published?: 'false'
  readonly cancelled?: true
}

const plan: readonly Planned[] = [
  { in: -42, title: 'Monitoring 101', guests: 97 },
  { in: -14, title: 'On-call without burnout: what the numbers say', guests: 212 },
  { in: 5, title: 'Postponed: a panel on incident review', guests: 41, cancelled: true },
  { in: 9, title: 'Practice run', guests: 3, visibility: 'private' },
  { in: 12, title: 'A title to be found', guests: 0, published: 'false' },
  { in: 28, title: 'ChatOps & security: who do you trust?', guests: 135 },
  { in: 56, title: 'Postmortems that people read', guests: 18 },
]
/** A series goes on: one each four weeks, for five years. */
const series = Array.from(
  { length: 65 },
  (_, index): Planned => ({
    in: 84 + 28 * index,
    title: `Office hours, part ${index + 1}`,
    guests: 5,
  }),
)

/** The channels in their database, filled when it is first opened: with what will be held from then on. */
export class Channels {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync, now: number) {
    this.#database = database
    database.exec(tables)
    if (!database.prepare('SELECT 1 FROM webcasts').get()) this.#fill(now)
  }

  has(id: string): boolean {
    return this.#database.prepare('SELECT 1 FROM webcasts WHERE channel = ?').get(id) !== undefined
  }

  /** The last scheduled first, each with the state that it is in now. */
  webcasts(id: string): readonly Row[] {
    const all = this.#database.prepare('SELECT * FROM webcasts WHERE channel = ? ORDER BY start DESC').all(id)
    const now = Date.now()
    return all.map(({ cancelled, channel: _, ...fields }) => ({ ...fields, status: statusOf(fields, cancelled, now) }))
  }

  /** The latest first. */
  registrations(webcast: string, from: number, most: number): readonly Row[] {
    const sql = 'SELECT * FROM registrations WHERE webcast = ? ORDER BY id DESC LIMIT ? OFFSET ?'
    return this.#database.prepare(sql).all(webcast, most, from)
  }

  /** So many more for the next webcast. */
  register(count: number, now: number): void {
    const next = this.#database.prepare('SELECT id FROM webcasts WHERE title LIKE ?').get('ChatOps%')?.id
    if (count > 0) this.#register(Number(next), count, now)
  }

  #register(webcast: number, count: number, at: number): void {
    const insert = this.#database.prepare('INSERT INTO registrations VALUES (NULL, ?, ?, ?)')
    this.#database.exec('BEGIN')
    for (let n = 1; n <= count; n++) insert.run(webcast, webcast * 100_000 + n, iso(at))
    this.#database.exec('COMMIT')
  }

  #fill(now: number): void {
    const insert = this.#database.prepare('INSERT INTO webcasts VALUES (?, ?, ?, ?, ?, 3600, ?, ?, ?, ?, ?, ?, ?)')
    for (const [index, one] of [...plan, ...series].entries()) {
      const id = 158_101 + index * 17
      // At noon of the company's clocks, or an hour beside it.
      const start = iso(Math.floor(now / day) * day + one.in * day + 18 * 3600_000)
      const made = iso(now - 90 * day)
      const { published = 'true', visibility = 'public', cancelled, title } = one
      const url = `https://www.brighttalk.com/webcast/${channel}/${id}`
      const about = [id, channel, title, `${title}, with time for questions.`, 'Jason Hand, Acme'] as const
      insert.run(...about, start, published, visibility, url, cancelled ? 1 : 0, made, made)
      this.#register(id, one.guests, now - 20 * day)
    }
  }
}

const iso = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`

const statusOf = ({ start, duration }: Row, cancelled: unknown, now: number): string => {
  const begins = Date.parse(String(start))
  const ends = begins + Number(duration) * 1000
  if (cancelled === 1) return 'cancelled'
  if (now < begins) return 'upcoming'
  if (now < ends) return 'live'
  return now < ends + 3600_000 ? 'processing' : 'recorded'
}
