import type { Salesforce } from './client.ts'
import { containing, soql } from './soql.ts'
import { account, supportCase } from './wire.ts'

/** The status of a mail that nobody has sent. */
const draft = '5'

/** A support case, and when it was last talked of. */
export type Ticket = { readonly id: string; readonly number: string; readonly account: string; readonly last: Date }

/**
 * The case of a customer that was last changed; the last communication is its newest comment or mail, or else its making.
 * @throws where there is none
 */
export const lastTicketOf = async (salesforce: Salesforce, customer: string, signal: AbortSignal): Promise<Ticket> => {
  const [found] = await salesforce.all(
    soql`SELECT Id, CaseNumber, CreatedDate, Account.Name,
      (SELECT CreatedDate FROM CaseComments ORDER BY CreatedDate DESC LIMIT 1),
      (SELECT MessageDate FROM EmailMessages WHERE Status != ${draft} AND MessageDate != null ORDER BY MessageDate DESC LIMIT 1)
      FROM Case WHERE Account.Name = ${customer} ORDER BY LastModifiedDate DESC LIMIT 1`,
    supportCase,
    signal,
  )
  if (!found) throw new Error(await whyNone(salesforce, customer, signal))
  const talk = [
    found.CreatedDate,
    ...(found.CaseComments?.records ?? []).map(({ CreatedDate }) => CreatedDate),
    ...(found.EmailMessages?.records ?? []).flatMap(({ MessageDate }) => MessageDate ?? []),
  ]
  const last = new Date(Math.max(...talk.map(Number)))
  return { id: found.Id, number: found.CaseNumber, account: found.Account.Name, last }
}

/** Two letters or digits at least: what has fewer is near to everybody. No pattern takes a backslash. */
const hasNear = (customer: string): boolean => /[\p{L}\p{N}].*[\p{L}\p{N}]/u.test(customer) && !customer.includes('\\')

const whyNone = async (salesforce: Salesforce, customer: string, signal: AbortSignal): Promise<string> => {
  const exact = soql`SELECT Name FROM Account WHERE Name = ${customer} LIMIT 1`
  if ((await salesforce.all(exact, account, signal)).length > 0) return `${customer} has no case in Salesforce.`
  const near = await namesNear(salesforce, customer, signal)
  const hint = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`
  return `There is no account ${customer} in Salesforce.${hint}`
}

const namesNear = async (salesforce: Salesforce, customer: string, signal: AbortSignal): Promise<readonly string[]> => {
  if (!hasNear(customer)) return []
  const query = soql`SELECT Name FROM Account WHERE Name LIKE ${containing(customer)} ORDER BY Name LIMIT 5`
  return [...new Set((await salesforce.all(query, account, signal)).map(({ Name }) => Name))]
}
