import type { DatabaseSync } from 'node:sqlite'

export type Row = Readonly<Record<string, string | number | null>>

const tables = `
  CREATE TABLE IF NOT EXISTS customers (id TEXT PRIMARY KEY, name TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS prices (
    id TEXT PRIMARY KEY, lookup_key TEXT NOT NULL UNIQUE, usage_type TEXT NOT NULL CHECK (usage_type IN ('licensed', 'metered'))
  ) STRICT;
  CREATE TABLE IF NOT EXISTS subscriptions (
    id TEXT PRIMARY KEY, customer TEXT NOT NULL REFERENCES customers (id), status TEXT NOT NULL,
    trial_end INTEGER, created INTEGER NOT NULL, cancel_at INTEGER, cancel_at_period_end INTEGER NOT NULL, schedule TEXT,
    pending_update TEXT
  ) STRICT;
  CREATE TABLE IF NOT EXISTS items (
    id TEXT PRIMARY KEY, subscription TEXT NOT NULL REFERENCES subscriptions (id),
    price TEXT NOT NULL REFERENCES prices (id), quantity INTEGER
  ) STRICT;
  CREATE TABLE IF NOT EXISTS invoices (
    number INTEGER PRIMARY KEY, customer TEXT NOT NULL REFERENCES customers (id), status TEXT NOT NULL,
    currency TEXT NOT NULL, amount_remaining INTEGER NOT NULL, created INTEGER NOT NULL, due_date INTEGER
  ) STRICT;
  CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, asked TEXT NOT NULL, status INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
`

const day = 24 * 3600

const customers: readonly (readonly [name: string, plan: string, status: string, users: number, trial?: number])[] = [
  ['AcmeOps', 'free', 'trialing', 43, 10],
  ['Rackspace', 'enterprise', 'active', 1250],
  ['DeadbeatBiz,Inc', 'free', 'canceled', 0],
  ['Bob "Bobby" O\'Neil\\Sons', 'pro', 'active', 2],
  ['PerUser GmbH', 'free', 'active', 0],
  ['Leaving Ltd', 'free', 'active', 3],
  ['Planned AG', 'free', 'active', 3],
  ['Unpaid Update', 'free', 'past_due', 3],
  ['ByUse', 'metered', 'active', 0],
  ['Incomplete', 'free', 'incomplete', 1],
  ['Expired', 'free', 'incomplete_expired', 1],
  ['Unpaid', 'free', 'unpaid', 1],
  ['Paused', 'free', 'paused', 1],
]

/** What is otherwise with some of them: fields of the subscription, and the quantity of the plan itself. */
const others = `
  UPDATE items SET quantity = 43 WHERE id = 'si_5a';
  UPDATE subscriptions SET cancel_at_period_end = 1, cancel_at = created + 30 * 86400 WHERE id = 'sub_6';
  UPDATE subscriptions SET schedule = 'sub_sched_1' WHERE id = 'sub_7';
  UPDATE subscriptions SET pending_update = '{"expires_at":1}' WHERE id = 'sub_8';
  UPDATE items SET quantity = NULL WHERE id = 'si_9a';
`

/** Oldest first. `due` days ago; without it, it was to be charged at once, when it was made. */
const invoices: readonly (readonly [name: string, made: number, due: number | null, status: string, money: string])[] =
  [
    ['DeadbeatBiz,Inc', 120, 91, 'open', 'usd 480000'],
    ['Rackspace', 70, null, 'open', 'jpy 6500'],
    ['Rackspace', 40, 10, 'open', 'usd 100'],
    ['AcmeOps', 60, 45, 'paid', 'usd 0'],
    ['AcmeOps', 50, 45, 'draft', 'usd 100'],
    ['AcmeOps', 50, 45, 'uncollectible', 'usd 100'],
    ['AcmeOps', 50, 45, 'void', 'usd 100'],
  ]

/** Stripe's objects in their database, filled when it is first opened. */
export class Store {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync, more: number) {
    this.#database = database
    database.exec(tables)
    if (this.all('SELECT 1 FROM prices').length === 0) this.#fill(Math.floor(Date.now() / 1000), more)
  }

  all(sql: string, ...values: readonly (string | number)[]): readonly Row[] {
    return this.#database.prepare(sql).all(...values) as unknown as readonly Row[]
  }

  run(sql: string, ...values: readonly (string | number | null)[]): void {
    this.#database.prepare(sql).run(...values)
  }

  #fill(now: number, more: number): void {
    this.#database.exec('BEGIN')
    for (const key of ['free', 'pro', 'enterprise', 'user', 'metered'])
      this.run('INSERT INTO prices VALUES (?, ?, ?)', `price_${key}`, key, key === 'metered' ? 'metered' : 'licensed')
    for (const [index, [name, plan, status, users, trial]] of customers.entries()) {
      const [customer, id] = [`cus_${index + 1}`, `sub_${index + 1}`]
      this.run('INSERT INTO customers VALUES (?, ?)', customer, name)
      const ends = trial === undefined ? null : now + trial * day
      const sql = 'INSERT INTO subscriptions VALUES (?, ?, ?, ?, ?, NULL, 0, NULL, NULL)'
      this.run(sql, id, customer, status, ends, now - 14 * day)
      this.run('INSERT INTO items VALUES (?, ?, ?, 1)', `si_${index + 1}a`, id, `price_${plan}`)
      if (users > 0) this.run('INSERT INTO items VALUES (?, ?, ?, ?)', `si_${index + 1}b`, id, 'price_user', users)
    }
    this.#database.exec(others)
    const invoice = 'INSERT INTO invoices VALUES (NULL, (SELECT id FROM customers WHERE name = ?), ?, ?, ?, ?, ?)'
    for (const [name, made, due, status, money] of invoices) {
      const [currency = '', amount] = money.split(' ')
      const dueAt = due === null ? null : now - due * day
      this.run(invoice, name, status, currency, Number(amount), now - made * day, dueAt)
    }
    for (let number = 0; number < more; number++)
      this.run(invoice, 'Rackspace', 'open', 'usd', 1000, now - 75 * day, now - 45 * day)
    this.#database.exec('COMMIT')
  }
}
