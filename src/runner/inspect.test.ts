import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Inspected } from '#core/command/plugin.ts'
import { inspect } from './inspect.ts'
import { redactorOf } from './redact.ts'
import { sentenceOf } from './sentence.ts'

const secret = 'tr0ub4dor&3'
const redactor = redactorOf([secret])

const manifest = {
  plugin: 'shop',
  command: 'sell',
  template: 'sell',
  summary: 'x',
  tier: 'member',
  inspects: true,
  exclusive: false,
  cancellable: false,
  timeLimit: 20,
} as const

const looking = (seen: () => Inspected) =>
  inspect(
    { manifest, definition: '', system: undefined, declared: { manifest, inspect: seen, run: () => undefined } },
    { args: {}, room: 'x' },
    redactor,
  )

const version = { type: 'Version', id: 'shop@2.5.0' } as const

describe('what is found', () => {
  it.each([
    ['git+ssh://git@github.com/acme/lib.git', 'git+ssh://git@github.com/acme/lib.git'],
    ['see https://example.com?contact=bob@example.com', 'see https://example.com?contact=bob@example.com'],
    ['see https://bob:hunter2@example.com', 'see https://bob:[secret]@example.com'],
    [`the key is AKIA${'A1B2'.repeat(4)}`, 'the key is [secret]'],
    [`the password is ${secret}`, 'the password is [secret]'],
    ['half a pair \ud83d', 'half a pair \ufffd'],
  ])('is shown without its secrets, the same each time: %s', async (change, shown) => {
    const seen = () => looking(() => ({ ...version, facts: { changes: [change], count: 1 } }))
    expect((await seen()).resource).toEqual({ ...version, facts: { changes: [shown], count: 1 } })
    expect(await seen()).toEqual(await seen())
  })

  it.each([
    ['id', { ...version, id: `x-${secret}`, facts: {} }],
    ['owner', { ...version, owner: secret, facts: {} }],
    ['type', { type: 'Tr0ub4dor', id: 'x', facts: {} }],
    ['name of a fact', { ...version, facts: { tr0ub4dor: true } }],
  ])('is refused where a secret names it, in the %s', async (field, seen) => {
    const hidden = redactorOf([secret, 'Tr0ub4dor', 'tr0ub4dor'])
    const declared = { manifest, inspect: () => seen, run: () => undefined }
    const found = inspect({ manifest, definition: '', system: undefined, declared }, { args: {}, room: 'x' }, hidden)
    await expect(found).rejects.toMatchObject({
      say: `There is a secret in the ${field} of what it found, so nobody can sign for it: tell the plugin’s author.`,
    })
  })

  it('is refused in a sentence where there is too much of it', async () => {
    const facts = { changes: Array.from({ length: 30 }, () => '"'.repeat(100)) }
    await expect(looking(() => ({ ...version, facts }))).rejects.toMatchObject({
      say: 'What it found cannot be signed (facts: at most 4 KiB of facts): tell the plugin’s author.',
    })
  })

  it('is no schema’s error', async () => {
    const broken = (): Inspected => z.object({ facts: z.object({ plan: z.string() }) }).parse({ facts: {} }) as never
    const error = await looking(broken).catch((thrown: unknown) => thrown)
    expect(sentenceOf(error)).toMatch(/^It met data in a form that it does not read: facts\.plan: .*\.$/)
  })

  it('says no half of a character', async () => {
    const say = `${'x'.repeat(2046)}🚀🚀`
    expect((await looking(() => ({ ...version, facts: {}, say }))).say).toBe(`${'x'.repeat(2046)}…`)
  })
})
