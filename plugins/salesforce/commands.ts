import {
  type DateOrder,
  dateOrder,
  dayAt,
  plugin,
  secret,
  text,
  timeZone,
  vendorTimeLimit,
  vendorUrl,
  writtenDay,
  z,
} from 'foobot'
import { lastTicketOf } from './cases.ts'
import { Salesforce } from './client.ts'
import { campaignOf, type Leads, leadsOf } from './leads.ts'

type System = Leads & { readonly siteUrl: string; readonly dateOrder: DateOrder }

const inWords = (count: number, dateOrder: DateOrder): string =>
  count.toLocaleString(dateOrder === 'month-first' ? 'en-US' : 'en-GB')

export default plugin('salesforce', {
  summary: 'Support cases, leads and campaigns in Salesforce',
  config: {
    /** The company's own domain: https://acme.my.salesforce.com. */
    baseUrl: vendorUrl(),
    /** Who assertions are for: with a sandbox of Salesforce's, https://test.salesforce.com. */
    audience: z.url().default('https://login.salesforce.com'),
    /** The app's consumer key. */
    consumerKey: z.string().min(1),
    /** The user name that the app acts as. */
    user: z.string().min(1),
    /** The private key, as PEM, whose certificate the app has. */
    privateKey: secret(),
    /** Whose quarters and days are meant, as `America/Denver`. */
    zone: timeZone(),
    /** How dates are written in answers, and numbers with them. */
    dateOrder: dateOrder(),
    /** The field of a lead that says its segment. */
    segmentField: z
      .string()
      .regex(/^[A-Za-z]\w{0,79}$/, 'write the name of a field')
      .default('LeadSource'),
    /** The status of a lead that is qualified. */
    qualified: z.string().min(1).default('Qualified'),
    timeLimit: vendorTimeLimit(),
  },
  connect: ({ baseUrl, timeLimit, audience, consumerKey, user, privateKey, ...more }): System => ({
    salesforce: new Salesforce(
      { baseUrl, timeLimit },
      { audience, consumerKey, user, privateKey: () => privateKey.reveal() },
    ),
    siteUrl: baseUrl.replace(/\/$/, ''),
    ...more,
  }),
  commands: (command) => [
    command('last-ticket <customer...>', {
      summary: 'Say when Support last talked with a customer, and where that stands',
      tier: 'member',
      args: { customer: text() },
      example: 'last-ticket Rackspace',
      async run({ args: { customer }, system: { salesforce, siteUrl, zone, dateOrder }, signal }) {
        const { account, last, number, id } = await lastTicketOf(salesforce, customer, signal)
        const words = [
          `Last comm w/ ${account} on ${writtenDay(dayAt(last, zone), dateOrder)}`,
          `SalesForce Case Number: ${number}`,
        ]
        return [
          { type: 'text', text: words.join('\n') },
          { type: 'link', title: 'View', url: `${siteUrl}/${id}` },
        ]
      },
    }),
    command('lead-count -<quarter:quarter> [-<segment:word>]', {
      summary: 'Count the leads of a quarter, of one segment or of all',
      tier: 'member',
      example: 'lead-count -2015-Q2 -all',
      async run({ args: { quarter, segment = 'all' }, system, signal }) {
        const leads = await leadsOf(system, quarter, segment, signal)
        return `${quarter} lead-count for "${segment}" is currently ${inWords(leads, system.dateOrder)}`
      },
    }),
    command('campaign-count -<quarter:quarter> -<rank:highest|lowest>', {
      summary: 'Say which campaign brought most qualified leads in a quarter, or fewest',
      tier: 'member',
      example: 'campaign-count -Q2 -highest',
      async run({ args: { quarter, rank }, system, signal }) {
        const found = await campaignOf(system, quarter, rank, signal)
        if (!found) return `No campaign has brought a qualified lead in ${quarter}.`
        const count = inWords(found.leads, system.dateOrder)
        return `${found.campaign} current providing "${rank}" qualified leads w/ count of ${count}`
      },
    }),
  ],
})
