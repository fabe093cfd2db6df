import { describe, expect, test, vi } from 'vitest'
import { hear, runnerReads } from './hearing.fixture.ts'

const tenMegabytes = 10 * 1024 * 1024

describe('25: a message that is far too large', () => {
  test('is refused by its length alone, before anything reads it', () => {
    const huge = `Foobot commit -am ${'“\u0301'.repeat(tenMegabytes / 2)}`
    const normalize = vi.spyOn(String.prototype, 'normalize')
    const exec = vi.spyOn(RegExp.prototype, 'exec')
    const byteLength = vi.spyOn(Buffer, 'byteLength')
    const heard = hear(huge)
    const reads = [normalize, exec, byteLength].map(
      (spy) => spy.mock.calls.filter(([text]) => text === undefined || String(text).length > 2048).length,
    )
    vi.restoreAllMocks()
    expect(heard).toMatchObject({ kind: 'refused', say: expect.stringContaining('1024 bytes') })
    expect(reads).toEqual([0, 0, 0])
  })

  test('that is for somebody else costs nothing either', () => {
    expect(hear('x'.repeat(tenMegabytes))).toEqual({ kind: 'not for us' })
  })

  test('as a statement’s text is refused by the runner', () => {
    expect(() => runnerReads('commit', `commit -am ${'x'.repeat(tenMegabytes)}`)).toThrow('4096 bytes')
  })

  test('of many words is still read', () => {
    expect(hear(`Foobot commit -am ${'x '.repeat(400)}`)).toMatchObject({ kind: 'command' })
  })
})
