import { z } from 'zod'
import { date, int, oneOf, text, word } from './argument.ts'
import { plugin } from './declare.ts'

/**
 * What must compile and what must not: checked by `tsc` alone, never run. Where a line marked `@ts-expect-error` begins
 * to compile, `tsc` fails.
 */

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(_: Same<A, B>): void => undefined

const quiet = { summary: 'Does it', tier: 'member' } as const

class Billing {
  readonly baseUrl: string
  constructor(baseUrl: string) {
    this.baseUrl = baseUrl
  }
}

export const billing = plugin('billing', {
  summary: 'Customer accounts',
  config: { baseUrl: z.url(), retries: z.int() },
  connect: ({ baseUrl, retries }) => {
    same<typeof retries, number>(true)
    return new Billing(baseUrl)
  },
  commands: (command) => [
    command('upgrade <customer> to <plan>', {
      ...quiet,
      args: { customer: text(), plan: oneOf('Free', 'Pro', 'Enterprise') },
      inspect: ({ args, system }) => {
        same<typeof system, Billing>(true)
        return { type: 'Customer', id: args.customer, facts: {} }
      },
      run: ({ args, system }) => {
        same<typeof args, { readonly customer: string; readonly plan: 'Free' | 'Pro' | 'Enterprise' }>(true)
        same<typeof system, Billing>(true)
        // @ts-expect-error an argument that the template does not have
        args.customers
        return args.plan
      },
    }),
    command(
      'all <when:date> #<n:int> role=<role> -<rank:highest|lowest> [-dry-run] [-<age:duration>] [<k:int> <l>] <names+>',
      {
        ...quiet,
        args: { role: word(), names: word() },
        run: ({ args }) => {
          same<
            typeof args,
            {
              readonly when: string
              readonly n: number
              readonly role: string
              readonly rank: 'highest' | 'lowest'
              readonly dryRun: boolean
              readonly age: string | undefined
              readonly k: number | undefined
              readonly l: string | undefined
              readonly names: readonly string[]
            }
          >(true)
          return undefined
        },
      },
    ),
    command('note <what...>', { ...quiet, run: ({ args }) => args.what.toUpperCase() }),
    command('push', {
      ...quiet,
      run: ({ args }) => {
        same<keyof typeof args, never>(true)
        return undefined
      },
    }),
    // @ts-expect-error a misspelt argument
    command('upgrade <customer> to <plan>', { ...quiet, args: { custmer: text() }, run: () => undefined }),
    // @ts-expect-error an argument whose type stands in the template
    command('upgrade <customer:word>', { ...quiet, args: { customer: date() }, run: () => undefined }),
    // @ts-expect-error an unknown type
    command('upgrade <customer:strnig>', { ...quiet, run: () => undefined }),
    // @ts-expect-error an unknown type beside known ones
    command('upgrade <customer:text> [-<age:durations>]', { ...quiet, run: () => undefined }),
    // @ts-expect-error no such tier
    command('upgrade', { ...quiet, tier: 'harmless', run: () => undefined }),
    // @ts-expect-error a number is no answer
    command('count <n>', { ...quiet, args: { n: int() }, run: ({ args }) => args.n }),
  ],
})

export const plain = plugin('plain', {
  summary: 'Without a client',
  config: { folder: z.string() },
  commands: (command) => [
    command('look', {
      ...quiet,
      run: ({ system }) => {
        same<typeof system, { readonly folder: string }>(true)
        return system.folder
      },
    }),
  ],
})

export const awaited = plugin('awaited', {
  summary: 'With a client that takes its time',
  connect: async () => new Billing('https://example.com'),
  commands: (command) => [command('look', { ...quiet, run: ({ system }) => system.baseUrl })],
})

// @ts-expect-error a list of values has two or more
oneOf('Free')
