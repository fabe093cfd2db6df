import type { DatabaseSync } from 'node:sqlite'

const day = 24 * 3600_000

const plans: readonly (readonly [id: string, code: string, name: string])[] = [
  ['pl01free', 'free', 'Free'],
  ['pl02pro', 'pro', 'Pro'],
  ['pl03enterprise', 'enterprise', 'Enterprise'],
]

/** Who is a customer at first; a trial ends in so many days. */
const customers: readonly (readonly [code: string, plan: string, state: string, users: number, trial?: number])[] = [
  ['AcmeOps', 'pl01free', 'active', 43, 10],
  ['Rackspace', 'pl03enterprise', 'active', 1250],
  ['EpicGames', 'pl01free', 'expired', 0],
  ['EpicGames', 'pl02pro', 'active', 120],
  ['DeadbeatBiz,Inc', 'pl01free', 'expired', 0],
  ['PayYouLater.com', 'pl02pro', 'active', 17],
  ['SoSueMe.io', 'pl02pro', 'active', 6],
  ['AlmostOnTime Ltd', 'pl02pro', 'active', 9],
  ['Leaving Ltd', 'pl01free', 'canceled', 3],
  ['Renewing AG', 'pl02pro', 'active', 10],
  ['Renewing AG', 'pl03enterprise', 'future', 25],
  ['Later Ltd', 'pl02pro', 'future', 5],
  ['Shrinking Inc', 'pl02pro', 'active', 8],
  ['Paused', 'pl02pro', 'paused', 4],
  ['Failed', 'pl02pro', 'failed', 4],
]

/** What is otherwise with some of them: what is sold, and what is scheduled. */
const others = `
  UPDATE subscriptions SET quantity = 8, next_plan = 'pl01free', next_quantity = 2 WHERE id = 'su13';
`

/** Oldest first; made thirty days before they are due, which was so many days ago. */
const invoices: readonly (readonly [code: string, due: number, state: string, currency: string, balance: number])[] = [
  ['DeadbeatBiz,Inc', 121, 'past_due', 'USD', 4800],
  ['DeadbeatBiz,Inc', 91, 'past_due', 'USD', 4800],
  ['PayYouLater.com', 62, 'past_due', 'EUR', 990.5],
  ['EpicGames', 40, 'paid', 'USD', 0],
  ['SoSueMe.io', 31, 'past_due', 'USD', 294],
  ['AlmostOnTime Ltd', 12, 'past_due', 'USD', 441],
  ['Rackspace', -18, 'pending', 'USD', 61250],
]

/** Fills an empty database: everything lies around the day on which it is made. */
export const fill = (database: DatabaseSync, now: number, more: number): void => {
  const midnight = new Date(new Date(now).setUTCHours(6, 0, 0, 0)).getTime()
  const at = (days: number): string => new Date(midnight + days * day).toISOString()
  const began = at(-14)
  const plan = database.prepare('INSERT INTO plans VALUES (?, ?, ?)')
  const account = database.prepare('INSERT OR IGNORE INTO accounts VALUES (?, ?, ?, ?)')
  const subscription = database.prepare(
    'INSERT INTO subscriptions VALUES (?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, NULL, NULL)',
  )
  const invoice = database.prepare('INSERT INTO invoices VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)')
  database.exec('BEGIN')
  for (const row of plans) plan.run(...row)
  for (const [index, [code, planId, state, users, trial]] of customers.entries()) {
    account.run(idOf(code), code, code, began)
    const ends = at(trial ?? 17)
    const uuid = `5e1b${String(index).padStart(28, '0')}`
    const trials = trial === undefined ? [null, null] : [began, ends]
    const times = [began, began, began, ends, ...trials]
    subscription.run(`su${index + 1}`, uuid, idOf(code), planId, state, users, ...times)
  }
  database.exec(others)
  for (const [code, due, state, currency, balance] of invoices) {
    invoice.run(idOf(code), state, currency, balance === 0 ? 490 : balance, balance, at(-due - 30), at(-due))
  }
  for (let number = 0; number < more; number++) {
    const code = `Late${Math.floor(number / 5)}`
    account.run(idOf(code), code, code, began)
    invoice.run(idOf(code), 'past_due', 'USD', 10, 10, at(-75), at(-45))
  }
  database.exec('COMMIT')
}

const idOf = (code: string): string => `ac${Buffer.from(code).toString('hex').slice(0, 24)}`
