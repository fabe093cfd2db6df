import type { DatabaseSync } from 'node:sqlite'

export type Phase = 'UNACKED' | 'ACKED' | 'RESOLVED'

export type Incident = {
  readonly number: number
  /** What alerts about the same thing share. */
  readonly entity: string
  readonly title: string
  /** Of the last alert: `CRITICAL`, `WARNING`. */
  readonly state: string
  readonly phase: Phase
  readonly team: string
  readonly started: number
}

export type Duty = { readonly team: string; readonly slug: string; readonly policy: string; readonly user: string }

const tables = `
  CREATE TABLE IF NOT EXISTS users (name TEXT PRIMARY KEY, methods TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS duties (
    team TEXT NOT NULL, slug TEXT NOT NULL, policy TEXT NOT NULL, user TEXT NOT NULL REFERENCES users (name)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS incidents (
    number INTEGER PRIMARY KEY AUTOINCREMENT, entity TEXT NOT NULL, title TEXT NOT NULL, state TEXT NOT NULL, phase TEXT NOT NULL,
    team TEXT NOT NULL, started INTEGER NOT NULL
  ) STRICT;
`

const first = `
  INSERT INTO users VALUES ('irishwarhammer', 'push, sms'), ('mansel', 'push'), ('bianca', 'push, phone'), ('dora', 'sms');
  INSERT INTO duties VALUES
    ('Ops', 'ops', 'Ops, day and night', 'irishwarhammer'),
    ('Backend', 'backend', 'Backend, office hours', 'bianca'),
    ('DBA', 'dba', 'Databases', 'dora');
  INSERT INTO incidents VALUES
    (8686, 'db-2/disk', 'Disk of db-2 nearly full', 'WARNING', 'UNACKED', 'dba', 1433060000000),
    (8687, 'db-2/load', 'Load on db-2 above threshold', 'CRITICAL', 'ACKED', 'dba', 1433070000000),
    (8688, 'db-1/disk', 'Disk of db-1 nearly full', 'WARNING', 'RESOLVED', 'ops', 1433080000000);
`

/** Incidents and who is on call in the database, filled when it is first opened. */
export class Incidents {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
    database.exec(tables)
    if (!database.prepare('SELECT 1 FROM users').get()) database.exec(`BEGIN; ${first} COMMIT`)
  }

  all(): readonly Incident[] {
    return this.#all<Incident>('SELECT * FROM incidents ORDER BY number')
  }

  incident(number: number): Incident | undefined {
    return this.#all<Incident>('SELECT * FROM incidents WHERE number = ?', number)[0]
  }

  /** The one that an alert about this belongs to. */
  open(entity: string): Incident | undefined {
    return this.#all<Incident>("SELECT * FROM incidents WHERE entity = ? AND phase <> 'RESOLVED'", entity)[0]
  }

  begin({ entity, title, state, team, started }: Omit<Incident, 'number' | 'phase'>): Incident {
    const sql = "INSERT INTO incidents VALUES (NULL, ?, ?, ?, 'UNACKED', ?, ?) RETURNING *"
    const [made] = this.#all<Incident>(sql, entity, title, state, team, started)
    if (!made) throw new Error('an incident was not stored')
    return made
  }

  move({ number }: Incident, phase: Phase): Incident {
    const [moved] = this.#all<Incident>('UPDATE incidents SET phase = ? WHERE number = ? RETURNING *', phase, number)
    if (!moved) throw new Error('an incident is gone')
    return moved
  }

  /** How a user is reached; undefined for nobody. */
  methodsOf(user: string): string | undefined {
    return this.#all<{ methods: string }>('SELECT methods FROM users WHERE name = ?', user)[0]?.methods
  }

  duties(): readonly Duty[] {
    return this.#all<Duty>('SELECT * FROM duties ORDER BY team')
  }

  #all<T>(sql: string, ...values: readonly (string | number)[]): readonly T[] {
    return this.#database.prepare(sql).all(...values) as unknown as readonly T[]
  }
}
