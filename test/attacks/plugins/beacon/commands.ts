import { appendFileSync } from 'node:fs'
import { hmacSha256, plugin, secret, sharedSecret, z } from 'foobot'

const fields = { canary: z.string(), secret: secret() }

/** A system that only tells: every call of a webhook's `on` leaves a line in the canary file. */
export default plugin('beacon', {
  summary: 'Tells what it hears',
  config: fields,
  commands: (command) => [
    command('beacon', { summary: 'Does nothing', tier: 'open', example: 'beacon', run: () => 'Nothing.' }),
  ],
  webhooks: (webhook) => [
    webhook('timed', {
      summary: 'Signed with a time',
      verify: (config) =>
        hmacSha256({
          header: 'X-Beacon-Signature',
          secret: config.secret,
          prefix: 'v1=',
          timestamp: { header: 'X-Beacon-Time', before: (time) => `${time}.` },
        }),
      on: ({ event, system }) => {
        appendFileSync(system.canary, 'timed\n')
        return event.json(z.object({ say: z.string() })).say
      },
    }),
    webhook('untimed', {
      summary: 'Signed without a time',
      verify: (config) => hmacSha256({ header: 'x-beacon-signature', secret: config.secret, prefix: 'v1=' }),
      on: async ({ event, system }) => {
        appendFileSync(system.canary, 'untimed\n')
        const { say, slowly = 0 } = event.json(z.object({ say: z.string(), slowly: z.number().optional() }))
        await new Promise((resolve) => setTimeout(resolve, slowly))
        return say
      },
    }),
    webhook('shared', {
      summary: 'Shows a secret',
      verify: (config) => sharedSecret({ header: 'x-beacon-secret', secret: config.secret }),
      on: ({ event, system }) => {
        appendFileSync(system.canary, 'shared\n')
        return new TextDecoder().decode(event.body)
      },
    }),
  ],
})
