import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { format, inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { Secret, secret } from './secret.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'foobot-secret-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
  vi.unstubAllEnvs()
})

describe('a secret', () => {
  const hidden = new Secret('hunter2')

  it('is revealed by name only', () => {
    expect(hidden.reveal()).toBe('hunter2')
  })

  it.each([
    ['as text', () => `${hidden} ${String(hidden)} ${'x'.concat(hidden as never)}`],
    ['as JSON', () => JSON.stringify({ hidden, list: [hidden] })],
    ['when looked at', () => inspect({ hidden }, { showHidden: true, depth: 9 })],
    ['in a log line', () => format('%s %o %O %j', hidden, hidden, hidden, hidden)],
    ['by its keys', () => JSON.stringify([Object.entries(hidden), { ...hidden }, structuredClone({ ...hidden })])],
    ['in an error', () => String(new Error(`no ${hidden}`))],
  ])('never prints %s', (_, print) => {
    expect(print()).not.toContain('hunter2')
  })
})

describe('a secret in a configuration', () => {
  const config = z.strictObject({ apiKey: secret() })
  const complaint = (apiKey: unknown) => config.safeParse({ apiKey }).error?.issues[0]?.message

  it('comes from the environment', () => {
    vi.stubEnv('FOOBOT_TEST_SECRET', 'hunter2')
    expect(config.parse({ apiKey: { env: 'FOOBOT_TEST_SECRET' } }).apiKey.reveal()).toBe('hunter2')
  })

  it('comes from a file, without the line break at its end', () => {
    const file = join(folder, 'key')
    writeFileSync(file, 'hunter2\n', { mode: 0o600 })
    expect(config.parse({ apiKey: { file } }).apiKey.reveal()).toBe('hunter2')
  })

  it('is refused where it stands there itself, and not repeated', () => {
    expect(complaint('hunter2')).toBe('write { env: NAME } or { file: PATH }, never the secret itself')
    expect(complaint({ value: 'hunter2' })).toBe('write { env: NAME } or { file: PATH }, never the secret itself')
    expect(complaint(undefined)).toBe('write { env: NAME } or { file: PATH }, never the secret itself')
  })

  it('is refused where it is missing or empty', () => {
    vi.stubEnv('FOOBOT_TEST_SECRET', '')
    expect(complaint({ env: 'FOOBOT_TEST_SECRET' })).toContain('FOOBOT_TEST_SECRET is not set')
    const file = join(folder, 'key')
    expect(complaint({ file })).toContain(`the file ${file} cannot be read`)
    writeFileSync(file, '\n', { mode: 0o600 })
    expect(complaint({ file })).toBe(`the file ${file} is empty: write the secret into it`)
  })

  it('is refused where anybody may read its file', () => {
    const file = join(folder, 'key')
    writeFileSync(file, 'hunter2')
    chmodSync(file, 0o604)
    expect(complaint({ file })).toBe(`anybody may read the file ${file}; run: chmod 600 ${file}`)
  })
})
