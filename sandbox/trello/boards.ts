import type { DatabaseSync } from 'node:sqlite'

type Row = Readonly<Record<string, unknown>>

const tables = `
  CREATE TABLE IF NOT EXISTS boards (id TEXT PRIMARY KEY, shortLink TEXT NOT NULL UNIQUE, name TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS members (id TEXT PRIMARY KEY, fullName TEXT NOT NULL, username TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS memberships (board TEXT NOT NULL, member TEXT NOT NULL, PRIMARY KEY (board, member)) STRICT;
  CREATE TABLE IF NOT EXISTS labels (id TEXT PRIMARY KEY, board TEXT NOT NULL, name TEXT NOT NULL, color TEXT) STRICT;
  CREATE TABLE IF NOT EXISTS cards (
    id TEXT PRIMARY KEY, board TEXT NOT NULL, name TEXT NOT NULL, due TEXT, dueComplete INTEGER NOT NULL,
    closed INTEGER NOT NULL, labels TEXT NOT NULL, members TEXT NOT NULL
  ) STRICT;
`

const day = 24 * 3600_000
const people = [
  ['Jason Hand', 'jasonhand1'],
  ['Sam Carter', 'samcarter42'],
  ['Mia Lindqvist', 'mialindqvist'],
] as const
const labels = [
  ['blog', 'green'],
  ['webinar', 'blue'],
  ['Case study', 'yellow'],
  ['', 'red'],
] as const

/** Days from the first start, title, label, people; what is done is marked. */
const plan: readonly (readonly [due: number, name: string, label: number, members: readonly number[], done?: true])[] =
  [
    [-9, 'What on-call taught us', 0, [0], true],
    [12, 'ChatOps without a god', 0, [0]],
    [19, 'Reading a log that nobody can rewrite', 0, [1]],
    [26, 'Approvals in the open', 0, [0, 1]],
    [33, 'A tour of our runbooks', 0, []],
    [30, 'Slides for the next webinar', 1, [0]],
    [41, 'AcmeOps: an hour less a night', 2, [2]],
  ]
/** A writer's plan goes on: one post each four weeks, for five years. */
const later = Array.from(
  { length: 65 },
  (_, index) => [60 + 28 * index, `Post ${index + 1} of the series`, 0, [0]] as const,
)

/** The boards in their database, filled when it is first opened: with what will be due from then on. */
export class Boards {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync, now: number) {
    this.#database = database
    database.exec(tables)
    if (!database.prepare('SELECT 1 FROM boards').get()) this.#fill(now)
  }

  /** @param id its id, or the short one in its address */
  board(id: string): { readonly id: string; readonly name: string } | undefined {
    const row = this.#database.prepare('SELECT * FROM boards WHERE id = ? OR shortLink = ?').get(id, id)
    return row && ({ id: String(row.id), name: String(row.name), closed: false, shortLink: row.shortLink } as never)
  }

  members(board: string): readonly Row[] {
    const sql =
      'SELECT members.* FROM members JOIN memberships ON member = members.id WHERE board = ? ORDER BY members.id'
    return this.#database.prepare(sql).all(board)
  }

  labels(board: string): readonly Row[] {
    return this.#database.prepare('SELECT * FROM labels WHERE board = ? ORDER BY id').all(board)
  }

  /** What is not archived: the newest, of those made before an id. */
  cards(board: string, limit: number, before = 'g'): readonly Row[] {
    const named = new Map(this.labels(board).map((label) => [label.id, label]))
    const sql = 'SELECT * FROM cards WHERE board = ? AND closed = 0 AND id < ? ORDER BY id DESC LIMIT ?'
    return this.#database
      .prepare(sql)
      .all(board, before, limit)
      .map((row) => ({
        id: row.id,
        idBoard: row.board,
        name: row.name,
        due: row.due,
        dueComplete: row.dueComplete === 1,
        closed: false,
        idMembers: JSON.parse(String(row.members)),
        labels: (JSON.parse(String(row.labels)) as string[]).map((id) => named.get(id)),
        shortUrl: `https://trello.com/c/${String(row.id).slice(-8)}`,
      }))
  }

  /** Puts so many cards that are done on the first board. */
  add(count: number, now: number): void {
    if (count === 0) return
    const board = this.#database.prepare('SELECT id FROM boards').get()?.id
    const insert = this.#database.prepare("INSERT INTO cards VALUES (?, ?, ?, ?, 1, 0, '[]', '[]')")
    this.#database.exec('BEGIN')
    for (let n = 0; n < count; n++)
      insert.run(idOf(now, n + 1), String(board), `Done ${n}`, new Date(now).toISOString())
    this.#database.exec('COMMIT')
  }

  #fill(now: number): void {
    const made = now - 30 * day
    let count = 0
    const next = (): string => idOf(made, count++)
    const insert = (sql: string) => this.#database.prepare(sql)
    this.#database.exec('BEGIN')
    const board = next()
    insert('INSERT INTO boards VALUES (?, ?, ?)').run(board, 'cOnTeNt1', 'Content')
    const memberIds = people.map(([fullName, username]) => {
      const id = next()
      insert('INSERT INTO members VALUES (?, ?, ?)').run(id, fullName, username)
      insert('INSERT INTO memberships VALUES (?, ?)').run(board, id)
      return id
    })
    const labelIds = labels.map(([name, color]) => {
      const id = next()
      insert('INSERT INTO labels VALUES (?, ?, ?, ?)').run(id, board, name, color)
      return id
    })
    const card = insert('INSERT INTO cards VALUES (?, ?, ?, ?, ?, 0, ?, ?)')
    for (const [days, name, label, members, done] of [...plan, ...later] as typeof plan) {
      // Six in the evening, all the year round: the same day in every zone of the company's country.
      const due = new Date(Math.floor((now + days * day) / day) * day + 18 * 3600_000).toISOString()
      const who = members.map((index) => memberIds[index])
      card.run(next(), board, name, due, done ? 1 : 0, JSON.stringify([labelIds[label]]), JSON.stringify(who))
    }
    this.#database.exec('COMMIT')
  }
}

/** Ids begin with the second at which a thing was made. */
const idOf = (made: number, count: number): string =>
  Math.floor(made / 1000)
    .toString(16)
    .padStart(8, '0') +
  'a'.repeat(8) +
  count.toString(16).padStart(8, '0')
