import { randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'

export type User = { readonly id: string; readonly name: string; readonly email: string }
export type Incident = {
  readonly id: string
  readonly number: number
  readonly title: string
  readonly status: 'triggered' | 'acknowledged' | 'resolved'
  readonly urgency: 'high' | 'low'
}
type Duty = User & { readonly policy: string; readonly level: number }

const tables = `
  CREATE TABLE IF NOT EXISTS users (id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS duties (policy TEXT NOT NULL, level INTEGER NOT NULL, user TEXT NOT NULL REFERENCES users (id)) STRICT;
  CREATE TABLE IF NOT EXISTS incidents (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, title TEXT NOT NULL, status TEXT NOT NULL, urgency TEXT NOT NULL
  ) STRICT;
`

const first = `
  INSERT INTO users VALUES
    ('PIRIS01', 'irishwarhammer', 'iris@acme.example'), ('PBIAN02', 'Bianca', 'bianca@acme.example');
  INSERT INTO duties VALUES ('Ops', 1, 'PIRIS01'), ('Ops', 2, 'PBIAN02'), ('Backend', 1, 'PBIAN02');
  INSERT INTO incidents VALUES
    (8686, 'Q0DISK00000003', 'Disk of db-2 nearly full', 'triggered', 'low'),
    (8687, 'Q0LOAD00000002', 'Load on db-2 above threshold', 'acknowledged', 'high'),
    (8688, 'Q0DISK00000001', 'Disk of db-1 nearly full', 'resolved', 'low');
`

/** Incidents, users and duties in the database, filled when it is first opened. */
export class Store {
  readonly #database: DatabaseSync

  /** @param more escalation policies beside the first */
  constructor(database: DatabaseSync, more: number) {
    this.#database = database
    database.exec(tables)
    if (database.prepare('SELECT 1 FROM users').get()) return
    database.exec(`BEGIN; ${first}`)
    const insert = database.prepare("INSERT INTO duties VALUES (?, 1, 'PIRIS01')")
    for (let n = 1; n <= more; n++) insert.run(`Policy ${n}`)
    database.exec('COMMIT')
  }

  /** By id or number. */
  incident(id: string): Incident | undefined {
    return this.#all<Incident>('SELECT * FROM incidents WHERE id = ? OR number = ?', id, Number(id) || -1)[0]
  }

  begin(title: string, urgency: Incident['urgency']): Incident {
    const id = `Q${randomBytes(7).toString('hex').toUpperCase()}`
    const sql = "INSERT INTO incidents VALUES (NULL, ?, ?, 'triggered', ?) RETURNING *"
    const [made] = this.#all<Incident>(sql, id, title, urgency)
    if (!made) throw new Error('an incident was not stored')
    return made
  }

  move({ id }: Incident, status: Incident['status']): Incident {
    const [moved] = this.#all<Incident>('UPDATE incidents SET status = ? WHERE id = ? RETURNING *', status, id)
    if (!moved) throw new Error('an incident is gone')
    return moved
  }

  userBy(email: string): User | undefined {
    return this.#all<User>('SELECT * FROM users WHERE email = ?', email)[0]
  }

  users(query: string): readonly User[] {
    return this.#all<User>('SELECT * FROM users WHERE name LIKE ? OR email LIKE ?', `%${query}%`, `%${query}%`)
  }

  duties(): readonly Duty[] {
    return this.#all<Duty>(
      'SELECT users.*, policy, level FROM duties JOIN users ON users.id = user ORDER BY duties.rowid',
    )
  }

  #all<T>(sql: string, ...values: readonly (string | number)[]): readonly T[] {
    return this.#database.prepare(sql).all(...values) as unknown as readonly T[]
  }
}
