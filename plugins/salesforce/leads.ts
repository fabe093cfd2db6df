import { quarterSpan } from 'foobot'
import type { Salesforce } from './client.ts'
import { fieldName, soql } from './soql.ts'
import { campaign, counted, segment } from './wire.ts'

/** How a company keeps its leads. */
export type Leads = {
  readonly salesforce: Salesforce
  readonly zone: string
  /** The field of a lead that says its segment. */
  readonly segmentField: string
  /** The status of a lead that is qualified. */
  readonly qualified: string
}

/** Who means all leads, and no segment. */
const everything = 'all'

/**
 * So many leads were made in a quarter.
 * @param said a segment in any case, with `-` for what is no letter or digit
 * @throws where there is no such segment
 */
export const leadsOf = async (
  { salesforce, zone, segmentField }: Leads,
  quarter: string,
  said: string,
  signal: AbortSignal,
): Promise<number> => {
  const [from, before] = quarterSpan(quarter, zone)
  const ofSegment =
    said.toLowerCase() === everything
      ? soql``
      : soql`AND ${fieldName(segmentField)} = ${await segmentCalled(salesforce, segmentField, said, signal)}`
  const query = soql`SELECT COUNT(Id) leads FROM Lead
    WHERE CreatedDate >= ${from} AND CreatedDate < ${before} ${ofSegment}`
  const [row] = await salesforce.all(query, counted, signal)
  return row?.leads ?? 0
}

const segmentCalled = async (
  salesforce: Salesforce,
  segmentField: string,
  said: string,
  signal: AbortSignal,
): Promise<string> => {
  const field = fieldName(segmentField)
  const query = soql`SELECT ${field} segment FROM Lead WHERE ${field} != null GROUP BY ${field} ORDER BY ${field}`
  const names = (await salesforce.all(query, segment, signal)).flatMap(({ segment }) => segment ?? [])
  const found = names.find((name) => sayable(name) === said.toLowerCase())
  if (found !== undefined) return found
  const all = [everything, ...names.map(sayable)].map((name) => `-${name}`)
  throw new Error(`There is no segment ${said}. There are ${all.join(', ')}.`)
}

/** `Trade Show` is said `trade-show`. */
const sayable = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')

/** The campaign that brought most qualified leads in a quarter, or fewest; undefined where none brought any. */
export const campaignOf = async (
  { salesforce, zone, qualified }: Leads,
  quarter: string,
  rank: 'highest' | 'lowest',
  signal: AbortSignal,
): Promise<{ readonly campaign: string; readonly leads: number } | undefined> => {
  const [from, before] = quarterSpan(quarter, zone)
  const order = rank === 'highest' ? soql`DESC` : soql`ASC`
  const [row] = await salesforce.all(
    soql`SELECT CampaignId, Campaign.Name campaign, COUNT(Id) leads FROM CampaignMember
      WHERE Lead.Status = ${qualified} AND CreatedDate >= ${from} AND CreatedDate < ${before}
      GROUP BY CampaignId, Campaign.Name ORDER BY COUNT(Id) ${order}, Campaign.Name LIMIT 1`,
    campaign,
    signal,
  )
  return row
}
