import { dateOrder, dayAt, plugin, secret, timeZone, vendorTimeLimit, vendorUrl, writtenDay, z } from 'foobot'
import { BrightTalk } from './client.ts'
import { webinarOf } from './which.ts'

type System = { readonly brightTalk: BrightTalk; readonly written: (at: string) => string }

export default plugin('webinars', {
  summary: 'The company’s webinars on BrightTALK',
  config: {
    baseUrl: vendorUrl().default('https://api.brighttalk.com'),
    apiKey: secret(),
    apiSecret: secret(),
    /** The number in the address of the company's channel. */
    channel: z.int().positive(),
    zone: timeZone(),
    dateOrder: dateOrder(),
    timeLimit: vendorTimeLimit(),
  },
  connect: ({ zone, dateOrder, ...options }): System => ({
    brightTalk: new BrightTalk(options),
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
  ],
})

const number = new Intl.NumberFormat('en-US')

const counted = (guests: number): string => `${number.format(guests)} registered guest${guests === 1 ? '' : 's'}`
