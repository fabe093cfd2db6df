import type { DatabaseSync } from 'node:sqlite'

/** A row, as the vendor's field names say it. */
export type Invoice = {
  readonly number: number
  readonly account: string
  readonly state: 'pending' | 'past_due' | 'paid' | 'failed'
  readonly currency: string
  readonly total: number
  readonly balance: number
  readonly created_at: string
  readonly due_at: string
}

export type Wanted = {
  readonly state: string | null
  readonly from: string | null
  readonly through: string | null
  readonly order: 'asc' | 'desc'
  /** What stood last on the page before. */
  readonly after: number | undefined
  readonly limit: number
}

/** One invoice more than a page holds, where there are as many; in the order in which they were made. */
export const invoicesIn = (database: DatabaseSync, wanted: Wanted): readonly Invoice[] => {
  const { state, from, through, order, after, limit } = wanted
  const conditions: readonly (readonly [sql: string, value: string | number | null | undefined])[] = [
    ['state = ?', state],
    ['created_at >= ?', from],
    ['created_at <= ?', through],
    [order === 'asc' ? 'number > ?' : 'number < ?', after],
  ]
  const used = conditions.filter((one): one is readonly [string, string | number] => (one[1] ?? null) !== null)
  const where = used.length === 0 ? '' : `WHERE ${used.map(([sql]) => sql).join(' AND ')}`
  const all = database.prepare(`SELECT * FROM invoices ${where} ORDER BY number ${order} LIMIT ?`)
  return all.all(...used.map(([, value]) => value), limit + 1) as unknown as readonly Invoice[]
}
