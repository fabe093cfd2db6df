import { type Block, cut, type DateOrder, oneLine } from 'foobot'
import type { Billing, Invoice } from './client.ts'

/** What one customer owes, over all late invoices. */
type Debt = {
  readonly customer: string
  readonly invoices: number
  /** By currency: different ones do not add up. */
  readonly owed: ReadonlyMap<string, number>
  readonly oldest: Date
}

/** Customers that an answer names, at most: a room is no ledger. */
const mostNamed = 50
/** Up to so many stand in a line each, too. */
const few = 10

/** Sums up what is late by customer; of the invoices themselves only one page is held at a time. */
export const debtsOf = async (
  pages: AsyncIterable<readonly Invoice[]>,
  onPage: (invoices: number) => void,
): Promise<readonly Debt[]> => {
  const debts = new Map<string, Debt>()
  let read = 0
  for await (const page of pages) {
    for (const invoice of page) debts.set(invoice.account, more(debts.get(invoice.account), invoice))
    read += page.length
    onPage(read)
  }
  return [...debts.values()].sort((a, b) => Number(a.oldest) - Number(b.oldest) || (a.customer < b.customer ? -1 : 1))
}

const more = (debt: Debt | undefined, { customer, owed, currency, due }: Invoice): Debt => ({
  customer,
  invoices: (debt?.invoices ?? 0) + 1,
  owed: new Map(debt?.owed).set(currency, (debt?.owed.get(currency) ?? 0) + owed),
  oldest: debt && debt.oldest < due ? debt.oldest : due,
})

/**
 * What the room reads, longest overdue first.
 * @param age as said, `30d`; undefined where all that is due was asked for
 */
export const lateReport = (
  { name }: Pick<Billing, 'name'>,
  debts: readonly Debt[],
  age: string | undefined,
  by: { readonly now: Date; readonly dateOrder: DateOrder },
): readonly Block[] => {
  const ofAge = age === undefined ? '' : ` of "${inWords(age)}" or more`
  if (debts.length === 0) return [text(`According ${name}, no org has outstanding invoices${ofAge}.`)]
  const head = `According ${name}, the following orgs have outstanding invoices${ofAge}:`
  const named = debts.slice(0, mostNamed)
  const left = debts.length - named.length
  return [
    text([head, ...(debts.length > few ? [] : named.map(({ customer }) => shown(customer)))].join('\n')),
    {
      type: 'table',
      columns: ['org', 'invoices', 'owed', 'overdue'],
      rows: named.map(({ customer, invoices, owed, oldest }) => [
        shown(customer),
        String(invoices),
        inMoney(owed, by.dateOrder),
        counted(Math.floor((by.now.getTime() - oldest.getTime()) / 86_400_000), 'day'),
      ]),
    },
    ...(left > 0 ? [text(`And ${left} more, not overdue for as long: see the past due invoices in ${name}.`)] : []),
  ]
}

const text = (words: string): Block => ({ type: 'text', text: words })

/** What a customer is called is somebody else's text: it stays on its line. */
const shown = (name: string): string => cut(oneLine(name), 80)

const inMoney = (owed: ReadonlyMap<string, number>, dateOrder: DateOrder): string =>
  [...owed]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, amount]) => formatter(currency, dateOrder).format(amount))
    .join(' + ')

const formatter = (currency: string, dateOrder: DateOrder): Intl.NumberFormat =>
  new Intl.NumberFormat(dateOrder === 'month-first' ? 'en-US' : 'en-GB', { style: 'currency', currency })

const units: Readonly<Record<string, string>> = { s: 'second', m: 'minute', h: 'hour', d: 'day', w: 'week' }

/** `30d` is `30 days`. */
const inWords = (duration: string): string =>
  counted(Number(duration.slice(0, -1)), units[duration.slice(-1)] ?? 'second')

const counted = (number: number, unit: string): string => `${number} ${unit}${number === 1 ? '' : 's'}`
