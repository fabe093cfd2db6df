import type { Salesforce } from './client.ts'
import { containing, soql } from './soql.ts'
import { account, supportCase } from './wire.ts'

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
      (SELECT MessageDate FROM EmailMessages ORDER BY MessageDate DESC LIMIT 1)
      FROM Case WHERE Account.Name = ${customer} ORDER BY LastModifiedDate DESC LIMIT 1`,
    supportCase,
    signal,
  )
  if (!found) throw new Error(await whyNone(salesforce, customer, signal))
  const talk = [
    found.CreatedDate,
    ...(found.CaseComments?.records ?? []).map(({ CreatedDate }) => CreatedDate),
    ...(found.EmailMessages?.records ?? []).map(({ MessageDate }) => MessageDate),
  ]
  const last = new Date(Math.max(...talk.map(Number)))
  return { id: found.Id, number: found.CaseNumber, account: found.Account.Name, last }
}

const whyNone = async (salesforce: Salesforce, customer: string, signal: AbortSignal): Promise<string> => {
  const near = await salesforce.all(
    soql`SELECT Name FROM Account WHERE Name LIKE ${containing(customer)} ORDER BY Name LIMIT 5`,
    account,
    signal,
  )
  const names = [...new Set(near.map(({ Name }) => Name))]
  if (names.some((name) => name.toLowerCase() === customer.toLowerCase()))
    return `${customer} has no case in Salesforce.`
  const hint = names.length === 0 ? '' : ` Did you mean ${names.join(' or ')}?`
  return `There is no account ${customer} in Salesforce.${hint}`
}
