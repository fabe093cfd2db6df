import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { VendorError } from 'foobot'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Network, Post } from './networks/network.ts'
import { PostRecord } from './record.ts'
import { share } from './share.ts'

const post: Post = { key: 'k', lead: 'Join us:', title: 'A webinar', link: 'https://example.com/1' }
const about = { webinar: '1', occasion: 'next' }
const minute = 60_000
const url = 'https://network.example/1'
const { signal } = new AbortController()
const nothing = (): void => undefined

let folder: string
let now: number
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'foobot-share-'))
  now = Date.parse('2026-06-01T12:00:00Z')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A network that does these things in turn, and what was asked of it. */
const network = (
  does: { readonly post?: readonly (() => string)[]; readonly find?: () => string | undefined },
  more = {},
) => {
  const asked: string[] = []
  const answers = [...(does.post ?? [])]
  const made: Network = {
    name: 'Net',
    post: async () => {
      asked.push('post')
      return { url: answers.shift()?.() ?? url }
    },
    find: async (_, since) => {
      asked.push(`find since ${since.toISOString().slice(11, 16)}`)
      const found = does.find?.()
      return found === undefined ? undefined : { url: found }
    },
    ...more,
  }
  return { made, asked }
}
const failing = (kind: VendorError['kind']) => (): never => {
  throw new VendorError(kind, `It is ${kind}.`)
}
const sharing = (made: Network) => {
  const record = new PostRecord(join(folder, 'posts.sqlite'))
  return { networks: [made], record, clock: () => now }
}
const shareOn = async (made: Network) => (await share(post, about, sharing(made), nothing, signal))[0]

describe('a post that was begun, and of which nobody heard', () => {
  const begun = () => sharing(network({}).made).record.begin({ key: 'k', network: 'Net' }, about, new Date(now))

  it('is looked for, and found', async () => {
    begun()
    const { made, asked } = network({ find: () => url })
    expect(await shareOn(made)).toEqual({ network: 'Net', state: 'before', url })
    expect(asked).toEqual(['find since 11:58'])
    expect(await shareOn(made)).toMatchObject({ state: 'before' })
    expect(asked).toHaveLength(1)
  })

  it('is posted where it is not there after two minutes, and not before', async () => {
    begun()
    const { made, asked } = network({})
    now += 2 * minute - 1
    expect(await shareOn(made)).toMatchObject({
      state: 'unknown',
      say: expect.stringContaining('say it again in two minutes'),
    })
    now += 1
    expect(await shareOn(made)).toMatchObject({ state: 'shared' })
    expect(asked).toEqual(['find since 11:58', 'find since 11:58', 'post'])
  })

  it('waits again after each try', async () => {
    begun()
    const { made, asked } = network({ post: [failing('unreachable')] })
    now += 10 * minute
    expect(await shareOn(made)).toMatchObject({ state: 'unknown' })
    expect(await shareOn(made)).toMatchObject({ state: 'unknown', say: expect.stringContaining('may still do so') })
    expect(asked).toEqual(['find since 11:58', 'post', 'find since 12:08', 'find since 11:58'])
  })

  it('is not posted where one cannot look', async () => {
    begun()
    now += 10 * minute
    const { made, asked } = network({ find: failing('forbidden') })
    expect(await shareOn(made)).toMatchObject({ state: 'unknown', say: expect.stringContaining('look yourself') })
    expect(asked).toEqual(['find since 11:58'])
  })

  it('is repeated where the network knows it by its key, as long as it does', async () => {
    begun()
    const { made, asked } = network({ post: [failing('credential')] }, { repeats: 50 * minute })
    now += 49 * minute
    expect(await shareOn(made)).toMatchObject({ state: 'failed' })
    // Refused now; whether the first try went through is as unknown as before.
    now += 2 * minute
    expect(await shareOn(made)).toMatchObject({ state: 'shared' })
    expect(asked).toEqual(['post', 'find since 11:58', 'post'])
  })
})

describe('a post', () => {
  it.each(['credential', 'forbidden', 'missing', 'busy', 'refused'] as const)(
    'that was refused (%s) may be made again at once',
    async (kind) => {
      const { made, asked } = network({ post: [failing(kind)] })
      expect(await shareOn(made)).toEqual({ network: 'Net', state: 'failed', say: `It is ${kind}.` })
      expect(await shareOn(made)).toMatchObject({ state: 'shared' })
      expect(asked).toEqual(['post', 'post'])
    },
  )

  it('that was cancelled in the middle is looked for next time', async () => {
    const stop = new AbortController()
    const cancelled = network({
      post: [
        () => {
          stop.abort(new Error('The runner was stopped.'))
          throw stop.signal.reason
        },
      ],
    })
    await expect(share(post, about, sharing(cancelled.made), nothing, stop.signal)).rejects.toThrow('was stopped')
    const { made, asked } = network({ find: () => url })
    expect(await shareOn(made)).toMatchObject({ state: 'before' })
    expect(asked).toEqual(['find since 11:58'])
  })
})
