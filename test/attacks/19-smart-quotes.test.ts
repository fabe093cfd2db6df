import { describe, expect, test } from 'vitest'
import { hear } from './hearing.fixture.ts'

describe('19: quotes that a phone made curly', () => {
  test('mean what straight ones mean, and give the same text to sign', () => {
    const straight = hear('Foobot upgrade "Acme Ops" to Pro')
    expect(straight).toMatchObject({
      kind: 'command',
      text: 'upgrade "Acme Ops" to Pro',
      args: { customer: 'Acme Ops' },
    })
    for (const line of ['“Acme Ops”', '„Acme Ops“', '”Acme Ops”', '"Acme Ops”']) {
      expect(hear(`Foobot upgrade ${line} to Pro`)).toEqual(straight)
    }
  })

  test('do not change an apostrophe into a quote', () => {
    expect(hear('Foobot upgrade O’Neil to Pro')).toMatchObject({ text: "upgrade O'Neil to Pro" })
    expect(hear('Foobot upgrade ‘Acme Ops’ to Pro')).toMatchObject({ kind: 'complaint' })
  })
})
