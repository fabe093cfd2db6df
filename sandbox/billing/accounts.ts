import type { DatabaseSync } from 'node:sqlite'
import { fill } from './seed.ts'

/** A row, as the vendor's field names say it. Times are ISO 8601 in UTC. */
export type Subscription = {
  readonly id: string
  readonly uuid: string
  readonly account: string
  readonly plan: string
  readonly state: 'active' | 'canceled' | 'expired' | 'failed' | 'future' | 'paused'
  readonly quantity: number
  /** So many paid users, as an add-on. */
  readonly users: number
  readonly created_at: string
  readonly updated_at: string
  readonly current_period_started_at: string
  readonly current_period_ends_at: string
  readonly trial_started_at: string | null
  readonly trial_ends_at: string | null
  /** Of the change that is scheduled. */
  readonly next_plan: string | null
  readonly next_quantity: number | null
}

export type Plan = { readonly id: string; readonly code: string; readonly name: string }

const tables = `
  CREATE TABLE IF NOT EXISTS plans (id TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE, name TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS accounts (
    id TEXT PRIMARY KEY, code TEXT NOT NULL UNIQUE, company TEXT NOT NULL, created_at TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS subscriptions (
    id TEXT PRIMARY KEY, uuid TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL REFERENCES accounts (id), plan TEXT NOT NULL REFERENCES plans (id),
    state TEXT NOT NULL CHECK (state IN ('active', 'canceled', 'expired', 'failed', 'future', 'paused')),
    quantity INTEGER NOT NULL, users INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    current_period_started_at TEXT NOT NULL, current_period_ends_at TEXT NOT NULL,
    trial_started_at TEXT, trial_ends_at TEXT, next_plan TEXT REFERENCES plans (id), next_quantity INTEGER
  ) STRICT;
  CREATE TABLE IF NOT EXISTS invoices (
    number INTEGER PRIMARY KEY, account TEXT NOT NULL REFERENCES accounts (id),
    state TEXT NOT NULL, currency TEXT NOT NULL, total REAL NOT NULL, balance REAL NOT NULL,
    created_at TEXT NOT NULL, due_at TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS invoices_created ON invoices (created_at, number);
`

/** The customers in their database, filled when it is first opened. */
export class Accounts {
  readonly #database: DatabaseSync

  /** @param more late invoices beside those of the example */
  constructor(database: DatabaseSync, more: number) {
    this.#database = database
    database.exec(tables)
    if (!database.prepare('SELECT 1 FROM plans').get()) fill(database, Date.now(), more)
  }

  /** @param id the account's own id, or `code-` and its code */
  account(id: string): Record<string, unknown> | undefined {
    const [column, value] = id.startsWith('code-') ? ['code', id.slice(5)] : ['id', id]
    return this.#database.prepare(`SELECT * FROM accounts WHERE ${column} = ?`).get(value ?? '')
  }

  plan(code: string): Plan | undefined {
    return this.#database.prepare('SELECT * FROM plans WHERE code = ?').get(code) as Plan | undefined
  }

  planOf({ plan }: { readonly plan: string }): Plan {
    return this.#database.prepare('SELECT * FROM plans WHERE id = ?').get(plan) as Plan
  }

  accountOf({ account }: { readonly account: string }): Record<string, unknown> {
    return this.#database.prepare('SELECT * FROM accounts WHERE id = ?').get(account) ?? {}
  }

  /** @param id the subscription's own id, or `uuid-` and its uuid */
  subscription(id: string): Subscription | undefined {
    const [column, value] = id.startsWith('uuid-') ? ['uuid', id.slice(5)] : ['id', id]
    const row = this.#database.prepare(`SELECT * FROM subscriptions WHERE ${column} = ?`).get(value ?? '')
    return row as Subscription | undefined
  }

  /** Newest first. */
  subscriptions(account: unknown): readonly Subscription[] {
    const all = this.#database.prepare('SELECT * FROM subscriptions WHERE account = ? ORDER BY created_at DESC, id')
    return all.all(String(account)) as unknown as readonly Subscription[]
  }

  /** At once: a change that was scheduled is gone. */
  changePlan(id: string, plan: Plan, quantity: number, at: string): void {
    const set = 'plan = ?, quantity = ?, next_plan = NULL, next_quantity = NULL, updated_at = ?'
    this.#database.prepare(`UPDATE subscriptions SET ${set} WHERE id = ?`).run(plan.id, quantity, at, id)
  }

  /** Another takes the place of the one before. */
  schedule(id: string, plan: Plan, quantity: number, at: string): void {
    const set = 'next_plan = ?, next_quantity = ?, updated_at = ?'
    this.#database.prepare(`UPDATE subscriptions SET ${set} WHERE id = ?`).run(plan.id, quantity, at, id)
  }

  /** Moves the end of the period, and of the trial with it where there is one. */
  billNext({ id, trial_ends_at, current_period_ends_at }: Subscription, next: string, at: string): void {
    const trial = trial_ends_at === current_period_ends_at ? next : trial_ends_at
    this.#database
      .prepare('UPDATE subscriptions SET current_period_ends_at = ?, trial_ends_at = ?, updated_at = ? WHERE id = ?')
      .run(next, trial, at, id)
  }
}
