import type { DatabaseSync } from 'node:sqlite'

/** Whose token clients show. */
export const user = 'foobot'

export type Job = {
  readonly name: string
  /** Names of the parameters that it declares. */
  readonly parameters: readonly string[]
  readonly steps: readonly string[]
  /** Seconds that it takes in the world. */
  readonly seconds: number
  readonly buildable: number
  /** The number of its next build. */
  readonly next: number
  /** Milliseconds that the next build is thought to take; -1 where none was ever built. */
  readonly estimate: number
}

export type Build = {
  /** The number of its item in the queue. */
  readonly id: number
  readonly job: string
  /** `null` while it waits in the queue. */
  readonly number: number | null
  readonly parameters: Readonly<Record<string, string>>
  readonly queued: number
  readonly starts: number
  /** When it ends where nobody stops it. */
  readonly due: number
  readonly ends: number
  /** `null` while it runs. */
  readonly result: 'SUCCESS' | 'FAILURE' | 'ABORTED' | null
}

const tables = `
  CREATE TABLE IF NOT EXISTS jobs (
    name TEXT PRIMARY KEY, parameters TEXT NOT NULL, steps TEXT NOT NULL, seconds INTEGER NOT NULL,
    buildable INTEGER NOT NULL, next INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS builds (
    id INTEGER PRIMARY KEY, job TEXT NOT NULL REFERENCES jobs (name), number INTEGER, parameters TEXT NOT NULL,
    queued INTEGER NOT NULL, starts INTEGER NOT NULL, due INTEGER NOT NULL, ends INTEGER NOT NULL, result TEXT
  ) STRICT;
  CREATE TABLE IF NOT EXISTS broken (build TEXT PRIMARY KEY) STRICT;
`

const first = `
  INSERT INTO jobs VALUES
    ('build', '["BUILD","REQUESTED_BY"]',
     '["git checkout $BUILD","npm ci","npm run build","npm test"]', 90, 1, 1413),
    ('platform-install', '["BUILD","REQUESTED_BY"]',
     '["Fetching $BUILD","Installing on app-1","Installing on app-2","Installing on app-3","Checking the platform"]', 180, 1, 789),
    ('timeline-deploy', '["VERSION","COMMIT","ENVIRONMENT","FROM","REQUESTED_BY"]',
     '["Fetching timeline $VERSION ($COMMIT)","Starting it beside $FROM","Switching $ENVIRONMENT over","Checking $ENVIRONMENT"]', 120, 1, 43),
    ('old-build', '["BUILD"]', '["make"]', 60, 0, 12),
    ('nightly', '[]', '["make"]', 60, 1, 31);
  INSERT INTO builds VALUES
    (3895, 'nightly', 27, '{}', 1433040000000, 1433040005000, 1433040065000, 1433040065000, 'FAILURE'),
    (3896, 'nightly', 28, '{}', 1433050000000, 1433050005000, 1433050065000, 1433050065000, 'UNSTABLE'),
    (3897, 'nightly', 29, '{}', 1433060000000, 1433060005000, 1433060065000, 1433060065000, 'ABORTED'),
    (3898, 'nightly', 30, '{}', 1433070000000, 1433070005000, 1433070065000, 1433070065000, 'NOT_BUILT'),
    (3899, 'build', 1412, '{"BUILD":"commit-1248990"}', 1433080000000, 1433080005000, 1433080095000, 1433080095000, 'SUCCESS'),
    (3900, 'platform-install', 788, '{"BUILD":"commit-1248990"}', 1433080200000, 1433080205000, 1433080385000, 1433080385000, 'SUCCESS'),
    (3901, 'timeline-deploy', 41, '{"VERSION":"2.4.0","ENVIRONMENT":"prod"}', 1433081000000, 1433081005000, 1433081125000, 1433081125000, 'SUCCESS'),
    (3902, 'timeline-deploy', 42, '{"VERSION":"2.4.1","ENVIRONMENT":"staging"}', 1433082000000, 1433082005000, 1433082125000, 1433082125000, 'SUCCESS');
  INSERT INTO broken VALUES ('commit-1248666');
`

/** Seconds that an item waits in the queue, in case the same is asked for again. */
const quietPeriod = 5

/** Jobs and their builds in the database, filled when it is first opened. */
export class Builds {
  readonly #database: DatabaseSync
  readonly #speed: number

  constructor(database: DatabaseSync, speed: number) {
    this.#database = database
    this.#speed = speed
    database.exec(tables)
    if (!database.prepare('SELECT 1 FROM jobs').get()) database.exec(`BEGIN; ${first} COMMIT`)
  }

  job(name: string): Job | undefined {
    const row = this.#database.prepare('SELECT * FROM jobs WHERE name = ?').get(name)
    if (!row) return undefined
    const built = this.#database.prepare('SELECT 1 FROM builds WHERE job = ? AND result IS NOT NULL').get(name)
    const seconds = Number(row.seconds)
    return {
      name,
      parameters: JSON.parse(String(row.parameters)),
      steps: JSON.parse(String(row.steps)),
      seconds,
      buildable: Number(row.buildable),
      next: Number(row.next),
      estimate: built ? seconds * 1000 : -1,
    }
  }

  build(job: string, number: number): Build | undefined {
    return this.#read(this.#database.prepare('SELECT * FROM builds WHERE job = ? AND number = ?').get(job, number))
  }

  item(id: number): Build | undefined {
    return this.#read(this.#database.prepare('SELECT * FROM builds WHERE id = ?').get(id))
  }

  /** The newest first. */
  of(job: string, most: number): readonly Build[] {
    const rows = this.#database
      .prepare('SELECT * FROM builds WHERE job = ? AND number IS NOT NULL ORDER BY number DESC LIMIT ?')
      .all(job, most)
    return rows.flatMap((row) => this.#read(row) ?? [])
  }

  /** Puts a build into the queue; one that waits there with the same parameters is that one. */
  queue(
    job: Job,
    parameters: Readonly<Record<string, string>>,
    now: number,
  ): { readonly item: number; readonly isNew: boolean } {
    const text = JSON.stringify(parameters)
    const waiting = this.#database
      .prepare('SELECT id FROM builds WHERE job = ? AND parameters = ? AND number IS NULL')
      .get(job.name, text)
    if (waiting) return { item: Number(waiting.id), isNew: false }
    const starts = now + Math.round((quietPeriod * 1000) / this.#speed)
    const ends = starts + Math.round((job.seconds * 1000) / this.#speed)
    const made = this.#database
      .prepare('INSERT INTO builds VALUES (NULL, ?, NULL, ?, ?, ?, ?, ?, NULL) RETURNING id')
      .get(job.name, text, now, starts, ends, ends)
    return { item: Number(made?.id), isNew: true }
  }

  stop({ id }: Build, now: number): void {
    this.#database
      .prepare("UPDATE builds SET result = 'ABORTED', ends = ? WHERE id = ? AND result IS NULL")
      .run(now, id)
  }

  /** Time passes while nobody looks: what waited long enough has begun, what began long enough ago is done. */
  settle(now: number): void {
    const due = this.#database
      .prepare('SELECT id, job FROM builds WHERE number IS NULL AND starts <= ? ORDER BY starts, id')
      .all(now)
    for (const { id, job } of due) {
      this.#database.exec('BEGIN')
      this.#database
        .prepare('UPDATE builds SET number = (SELECT next FROM jobs WHERE name = ?) WHERE id = ?')
        .run(String(job), Number(id))
      this.#database.prepare('UPDATE jobs SET next = next + 1 WHERE name = ?').run(String(job))
      this.#database.exec('COMMIT')
    }
    this.#database
      .prepare(
        `UPDATE builds SET result = CASE WHEN EXISTS (
           SELECT 1 FROM broken WHERE build = json_extract(parameters, '$.BUILD')
         ) THEN 'FAILURE' ELSE 'SUCCESS' END WHERE number IS NOT NULL AND result IS NULL AND ends <= ?`,
      )
      .run(now)
  }

  #read(row: Record<string, unknown> | undefined): Build | undefined {
    return row && ({ ...row, parameters: JSON.parse(String(row.parameters)) } as Build)
  }
}
