import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { DeclaredCommand } from '#core/command/plugin.ts'
import type { Block } from '#core/reply/reply.ts'
import { inspect } from '#runner/inspect.ts'
import { redactorOf } from '#runner/redact.ts'
import { Run } from '#runner/run.ts'

const secret = 'c4n4ry/s3cr3t+of "the" runner'
const bytes = Buffer.from(secret, 'utf8')
const written = [
  secret,
  bytes.toString('base64'),
  bytes.toString('base64url'),
  Buffer.from(`user:${secret}`, 'utf8').toString('base64'),
  bytes.toString('hex'),
  bytes.toString('hex').toUpperCase(),
  encodeURIComponent(secret),
  JSON.stringify(secret),
]
const redactor = redactorOf([secret])
const folder = mkdtempSync(join(tmpdir(), 'secrets-'))
afterAll(() => rmSync(folder, { recursive: true }))

const manifest = {
  plugin: 'leaky',
  command: 'leak',
  template: 'leak',
  summary: 'x',
  tier: 'member',
  inspects: true,
  exclusive: false,
  cancellable: false,
  timeLimit: 20,
} as const

/** All that leaves the runner while a handler runs. */
const leaves = async (handler: DeclaredCommand['run']): Promise<string> => {
  const said: Block[] = []
  const resource = { type: 'System', id: 'x', facts: {} }
  const call = { args: {}, system: undefined, resource, person: () => undefined, code: '7F3A-92C1' }
  const run = new Run({ declared: { manifest, run: handler }, call, redactor, emit: (blocks) => said.push(...blocks) })
  await run.ended
  return said.map((one) => ('text' in one ? one.text : JSON.stringify(one))).join('')
}

const found = (text: string): readonly string[] =>
  [...written, 'c4n4ry/s3cr3t', bytes.toString('base64').slice(4, 30)].filter((form) => text.includes(form))

describe('a secret of the runner', () => {
  it.each(written)('does not leave as %s, by whatever way', async (form) => {
    const script = `const t = ${JSON.stringify(form)}
      for (let at = 0; at < t.length; at += 3) { process.stdout.write(t.slice(at, at + 3)); await new Promise((r) => setTimeout(r, 2)) }
      console.error('error', t)`
    const out = await leaves(async ({ say, progress, program }) => {
      say(`raw ${form}`)
      progress(`at ${form}`)
      say({ type: 'table', columns: [form], rows: [[form]] })
      for (const half of [form.slice(0, 9), form.slice(9)]) say(half)
      const result = await program(process.execPath, ['--input-type=module', '-e', script], {
        onStdout: say,
        onStderr: say,
      })
      say({ type: 'code', text: result.stdout + result.stderr })
      throw new Error(`failed with ${form}`)
    })
    expect(out).toContain('[secret]')
    expect(found(out)).toEqual([])
  })

  it('does not leave in a file', async () => {
    const file = { type: 'file', name: 'x', mediaType: 'text/plain', data: bytes.toString('base64') } as const
    expect(await leaves(() => file)).toBe('[a file that held a secret]')
  })

  it('does not leave as what was inspected', async () => {
    const look = (fact: string) => () => ({ type: 'Customer', id: 'x', facts: { plan: fact }, say: `It is ${secret}.` })
    const loaded = (fact: string) => ({
      manifest,
      definition: '',
      system: undefined,
      declared: { manifest, inspect: look(fact), run: () => undefined },
    })
    const seen = await inspect(loaded(`plan ${secret}`), { args: {}, room: 'x' }, redactor)
    expect(seen).toEqual({
      resource: { type: 'Customer', id: 'x', facts: { plan: 'plan [secret]' } },
      say: 'It is [secret].',
    })
  })

  it('does not leave in what a program read from a file', async () => {
    mkdirSync(join(folder, 'x'))
    writeFileSync(join(folder, 'x', 'token'), secret)
    const out = await leaves(async ({ program }) => (await program('cat', ['x/token'], { cwd: folder })).stdout)
    expect(out).toBe('[secret]')
  })
})
