import { dateOrder, dayAt, plugin, secret, timeZone, vendorTimeLimit, vendorUrl, writtenDay, z } from 'foobot'
import { announcement, publicTitle } from './announcement.ts'
import { BrightTalk } from './client.ts'
import { Facebook, facebookConfig } from './networks/facebook.ts'
import { LinkedIn, linkedInConfig } from './networks/linkedin.ts'
import { Mastodon, mastodonConfig } from './networks/mastodon.ts'
import { X, xConfig } from './networks/x.ts'
import { PostRecord } from './record.ts'
import { type Sharing, share } from './share.ts'
import { told } from './told.ts'
import { webinarOf } from './which.ts'

type System = {
  readonly brightTalk: BrightTalk
  readonly written: (at: string) => string
  readonly place: { readonly channel: number; readonly zone: string }
  readonly sharing: Sharing | undefined
}

/** Where webinars are announced: each network that the company speaks on. */
const social = z.strictObject({
  /** The file, in the runner's own folder, that says what was posted. */
  record: z.string().min(1),
  x: xConfig.optional(),
  facebook: facebookConfig.optional(),
  linkedIn: linkedInConfig.optional(),
  mastodon: mastodonConfig.optional(),
})

const sharingBy = (
  { record, x, facebook, linkedIn, mastodon }: z.output<typeof social>,
  timeLimit: number,
): Sharing => ({
  networks: [
    ...(x ? [new X(x, timeLimit)] : []),
    ...(facebook ? [new Facebook(facebook, timeLimit)] : []),
    ...(linkedIn ? [new LinkedIn(linkedIn, timeLimit)] : []),
    ...(mastodon ? [new Mastodon(mastodon, timeLimit)] : []),
  ],
  record: new PostRecord(record),
  clock: Date.now,
})

export default plugin('webinars', {
  summary: 'The company’s webinars: who comes, and telling the public',
  config: {
    baseUrl: vendorUrl().default('https://api.brighttalk.com'),
    apiKey: secret(),
    apiSecret: secret(),
    /** The number in the address of the company's channel. */
    channel: z.int().positive(),
    social: social.optional(),
    zone: timeZone(),
    dateOrder: dateOrder(),
    timeLimit: vendorTimeLimit(),
  },
  connect: ({ zone, dateOrder, social, ...options }): System => ({
    brightTalk: new BrightTalk(options),
    place: { channel: options.channel, zone },
    sharing: social && sharingBy(social, options.timeLimit),
    written: (at) => writtenDay(dayAt(new Date(at), zone), dateOrder),
  }),
  commands: (command) => [
    command('BrightTalk-reg headcount -<which:next|last>', {
      summary: 'How many have registered for a webinar',
      tier: 'member',
      example: 'BrightTalk-reg headcount -next',
      // Of each guest the vendor tells who it is: ten thousand are a hundred pages.
      timeLimit: 300,
      async run({ args: { which }, system: { brightTalk, written }, signal, progress }) {
        const webinar = webinarOf(which, await brightTalk.webcasts(signal), Date.now())
        const count = await brightTalk.registrations(webinar, (so) => progress(`${counted(so)} so far`), signal)
        const [be, when] =
          which === 'next' ? [count === 1 ? 'is' : 'are', 'Scheduled'] : [count === 1 ? 'was' : 'were', 'Held']
        return [
          {
            type: 'text',
            text: `There ${be} ${counted(count)} for the "${which}" webinar - ${when} ${written(webinar.start)}`,
          },
          ...(webinar.url === undefined ? [] : [{ type: 'link', title: webinar.title, url: webinar.url } as const]),
        ]
      },
    }),
    command('Promote webinar -<which:next|last>', {
      summary: 'Announce a webinar, or its recording, on the company’s networks: once on each',
      tier: 'member',
      example: 'Promote webinar -next',
      exclusive: true,
      timeLimit: 300,
      async inspect({ args: { which }, system: { brightTalk }, signal }) {
        const { id, title, url, start, status } = webinarOf(which, await brightTalk.webcasts(signal), Date.now())
        if (url === undefined) throw new Error(`"${title}" has no public address: look in BrightTALK.`)
        if (which === 'last' && status !== 'recorded') {
          throw new Error(`The recording of "${title}" is not there yet (${status}): say it again later.`)
        }
        return { type: 'Webinar', id, facts: { title: publicTitle(title), link: url, start } }
      },
      async run({ args: { which }, system: { sharing, place }, resource: { id, facts }, signal, progress }) {
        if (!sharing || sharing.networks.length === 0) {
          throw new Error('No network is configured here: tell an administrator to write them under "social".')
        }
        const { title, link, start } = facts
        const webinar = { webinar: id, title: String(title), link: String(link), start: String(start) }
        const post = announcement(which, webinar, place)
        return told(which, await share(post, { webinar: id, occasion: which }, sharing, progress, signal))
      },
    }),
  ],
})

const number = new Intl.NumberFormat('en-US')

const counted = (guests: number): string => `${number.format(guests)} registered guest${guests === 1 ? '' : 's'}`
