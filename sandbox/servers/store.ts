import type { DatabaseSync } from 'node:sqlite'

export type Server = { readonly name: string; readonly role: string }
export type Job = {
  readonly id: number
  readonly kind: 'rebuild'
  /** The server. */
  readonly target: string
  /** The new role. */
  readonly becomes: string
  readonly started: number
  readonly ends: number
  readonly done: number
}
export type Resource = { readonly name: string; readonly owner: string; readonly grants: string }

const tables = `
  CREATE TABLE IF NOT EXISTS roles (name TEXT PRIMARY KEY) STRICT;
  CREATE TABLE IF NOT EXISTS servers (name TEXT PRIMARY KEY, role TEXT NOT NULL REFERENCES roles (name)) STRICT;
  CREATE TABLE IF NOT EXISTS resources (name TEXT PRIMARY KEY, owner TEXT NOT NULL, grants TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS access (
    resource TEXT NOT NULL REFERENCES resources (name), person TEXT NOT NULL, PRIMARY KEY (resource, person)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, target TEXT NOT NULL, becomes TEXT NOT NULL,
    started INTEGER NOT NULL, ends INTEGER NOT NULL, done INTEGER NOT NULL
  ) STRICT;
`

const first = `
  INSERT INTO roles VALUES ('backend'), ('web'), ('dba');
  INSERT INTO servers VALUES ('svr-1827', 'backend'), ('svr-1828', 'web'), ('db-1', 'dba');
  INSERT INTO resources VALUES
    ('prod-db', 'dba', 'read and write every row of the production database'),
    ('build-hosts', 'backend', 'open a shell on every build host');
  INSERT INTO access VALUES ('prod-db', 'dora'), ('prod-db', 'dean'), ('build-hosts', 'bianca');
`

/** The inventory in its database, filled when it is first opened. */
export class Store {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
    database.exec(tables)
    if (!database.prepare('SELECT 1 FROM roles').get()) database.exec(`BEGIN; ${first} COMMIT`)
  }

  roles(): readonly string[] {
    return this.#all<{ name: string }>('SELECT name FROM roles ORDER BY name').map(({ name }) => name)
  }

  server(name: string): Server | undefined {
    return this.#one('SELECT * FROM servers WHERE name = ?', name)
  }

  resource(name: string): Resource | undefined {
    return this.#one('SELECT * FROM resources WHERE name = ?', name)
  }

  people(resource: string): readonly string[] {
    const found = this.#all<{ person: string }>(
      'SELECT person FROM access WHERE resource = ? ORDER BY person',
      resource,
    )
    return found.map(({ person }) => person)
  }

  /** False where they had it before. */
  admit(resource: string, person: string): boolean {
    return this.#run('INSERT OR IGNORE INTO access VALUES (?, ?)', resource, person) === 1
  }

  job(id: string): Job | undefined {
    return this.#one('SELECT * FROM jobs WHERE id = ?', id)
  }

  /** What is being done to a target right now. */
  running(target: string): Job | undefined {
    return this.#one('SELECT * FROM jobs WHERE target = ? AND done = 0', target)
  }

  begin({ kind, target, becomes, started, ends }: Omit<Job, 'id' | 'done'>): Job | undefined {
    const sql = 'INSERT INTO jobs VALUES (NULL, ?, ?, ?, ?, ?, 0) RETURNING *'
    return this.#one(sql, kind, target, becomes, started, ends)
  }

  /** Work goes on while nobody looks: what has come to its end by now takes effect. */
  settle(now: number): void {
    for (const job of this.#all<Job>('SELECT * FROM jobs WHERE done = 0 AND ends <= ? ORDER BY ends', now)) {
      this.#database.exec('BEGIN')
      this.#run('UPDATE servers SET role = ? WHERE name = ?', job.becomes, job.target)
      this.#run('UPDATE jobs SET done = 1 WHERE id = ?', job.id)
      this.#database.exec('COMMIT')
    }
  }

  #one<T>(sql: string, ...values: readonly (string | number)[]): T | undefined {
    return this.#database.prepare(sql).get(...values) as T | undefined
  }

  #all<T>(sql: string, ...values: readonly (string | number)[]): readonly T[] {
    return this.#database.prepare(sql).all(...values) as unknown as readonly T[]
  }

  #run(sql: string, ...values: readonly (string | number)[]): number {
    return Number(this.#database.prepare(sql).run(...values).changes)
  }
}
