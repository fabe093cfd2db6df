import { cut, plugin, secret, text, vendorTimeLimit, vendorUrl, z } from 'foobot'
import { Jira, type Place } from './client.ts'
import { documentOf } from './document.ts'

type System = {
  readonly jira: Jira
  readonly place: Place
  readonly siteUrl: string
  readonly labels: readonly string[]
  readonly customerField: string | undefined
}

/** Characters of a summary, at most. */
const longest = 255

export default plugin('issues', {
  summary: 'Wishes of customers, as issues in Jira',
  config: {
    /** Where Jira's API is: https://acme.atlassian.net; for a token with scopes https://api.atlassian.com/ex/jira/CLOUD-ID. */
    baseUrl: vendorUrl(),
    /** Where people read issues, if that is another address: https://acme.atlassian.net. */
    siteUrl: vendorUrl().optional(),
    /** Whose the API token is. */
    email: z.email(),
    apiToken: secret(),
    /** The key of the project that wishes go to. */
    project: z.string().regex(/^[A-Z][A-Z0-9_]+$/, 'write the key of a project, as FEAT'),
    /** As the project calls it. */
    issueType: z.string().min(1).default('New Feature'),
    labels: z.array(z.string().regex(/^\S+$/, 'a label has no spaces')).default(['feature-request']),
    /** A text field for the customer's name, where the company has one: `customfield_10042`. */
    customerField: z
      .string()
      .regex(/^customfield_\d+$/)
      .optional(),
    timeLimit: vendorTimeLimit(),
  },
  connect: ({ baseUrl, siteUrl, email, apiToken, timeLimit, project, issueType, labels, customerField }): System => ({
    jira: new Jira({ baseUrl, timeLimit }, { email, apiToken: () => apiToken.reveal() }),
    place: { project, issueType },
    siteUrl: (siteUrl ?? baseUrl).replace(/\/$/, ''),
    labels,
    customerField,
  }),
  commands: (command) => [
    command('feature-request <customer> <wish...>', {
      summary: 'Write down what a customer wishes for',
      tier: 'member',
      args: { customer: text(), wish: text() },
      ask: { customer: "You've got an idea, eh? Tell me more, starting w/ Customer name" },
      example: 'feature-request EpicGames wants to customize timeline fonts',
      async run({ args: { customer, wish }, system, requester, room, signal }) {
        const { jira, place, siteUrl, labels, customerField } = system
        const by = [requester ? ` by ${requester.name}` : '', room === undefined ? '' : ` in the room ${room}`].join('')
        const key = await jira.create(
          place,
          {
            summary: cut(`${customer} ${wish}`, longest),
            description: documentOf([[{ strong: customer }, ` ${wish}`], [`Asked for${by}, with Foobot.`]]),
            labels,
            more: customerField === undefined ? {} : { [customerField]: customer },
          },
          signal,
        )
        const number = key.slice(key.indexOf('-') + 1)
        return [
          { type: 'text', text: `New feature Request added to Jira. Ticket #: ${number}.` },
          { type: 'link', title: 'View', url: `${siteUrl}/browse/${key}` },
        ]
      },
    }),
  ],
})

/** Never in the middle of a character. */
