import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { writeBundle } from '#config/bundle-folder.ts'
import { makeMachineKey } from '#config/machine-key.ts'
import { readRunnerConfig } from '#config/runner.ts'
import { makeAdministrator } from '#core/bundle/administrator.fixture.ts'
import { bundleKind, draftBundle } from '#core/bundle/bundle.ts'
import { keyRemoveKind } from '#core/bundle/key-change.ts'
import { machineSigner, signedBy, sshSigner, type TestSigner } from '#core/signature/signer.fixture.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import { startRunner } from '#runner/runner.ts'
import { foobot } from './cli.fixture.ts'

/** A runner whose server is away, or withholds: what is handed over on the command line, it takes. */

const ann = makeAdministrator()
const [jane, other] = [sshSigner(), sshSigner()]
const now = Math.floor(Date.now() / 1000)

let folder: string
let config: string
let stop: () => Promise<void>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'accept-'))
  config = join(folder, 'runner.yaml')
  mkdirSync(join(folder, 'runner'))
  const runnerKey = makeMachineKey(join(folder, 'runner.key'))
  writeFileSync(
    config,
    `deployment: acme
name: delivery
server: server.sock
root: { threshold: 1, administrators: [{ person: ann, key: ${ann.key} }] }
lowest: 1
folder: runner
plugins: []
`,
  )
  const files = new Map(
    Object.entries({
      'company.yaml': `deployment: acme
name: Acme
zone: UTC
dateOrder: month-first
root: { threshold: 1, administrators: [{ person: ann, key: ${ann.key} }] }
log: { key: "${machineSigner().key}" }
runners: { delivery: { key: "${runnerKey}", zone: delivery } }
`,
      'people/ann.yaml': 'name: Ann\n',
      'people/jane.yaml': `name: Jane\nkeys: ["${jane.key}", "${other.key}"]\n`,
      'groups.yaml': 'Devs: [jane]\n',
      'rooms.yaml': 'devs: { groups: [Devs] }\n',
      'commands.json': '[]',
      'plugins.json': '[]',
    }).map(([path, text]) => [path, Buffer.from(text)]),
  )
  const body = draftBundle(files, { deployment: 'acme', version: 1, iat: now, exp: now + 10_000 })
  writeBundle(folder, { envelope: sealEnvelope(bundleKind, body, [ann.sign(body)]), files })
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const runner = await startRunner({
    config: readRunnerConfig(config),
    clock: () => Date.now(),
    monotonic: () => performance.now(),
    log,
  })
  stop = () => runner.stop()
})

afterAll(async () => {
  await stop()
  rmSync(folder, { recursive: true })
})

const accept = (file: string) => foobot(['runner', 'accept', join(folder, file), '--config', config])

const removalBy = (signer: TestSigner, name: string, iat = now): string => {
  const value = { v: 2, deployment: 'acme', person: 'jane', key: jane.key, iat } as const
  writeFileSync(join(folder, name), JSON.stringify(signedBy(keyRemoveKind, value, signer)))
  return name
}

it('takes a bundle by its folder or its file, then a removed key, and says what came of each', async () => {
  const early = await accept(removalBy(other, 'removal.json'))
  expect(early).toMatchObject({ exit: 4, out: expect.stringContaining('I hold no bundle yet') })
  for (const path of ['bundle/1', 'bundle/1/bundle.json']) {
    expect(await accept(path)).toEqual({ exit: 0, out: 'Bundle 1 is in force here.\n', err: '' })
  }
  expect(await accept('removal.json')).toMatchObject({
    exit: 0,
    out: expect.stringContaining('jane has lost this key'),
  })
  const forged = await accept(removalBy(sshSigner(), 'forged.json', now - 1))
  expect(forged).toMatchObject({ exit: 4, out: expect.stringContaining('The signature does not hold') })
})

it('says in one line what it cannot use', async () => {
  expect(await accept('no-such.json')).toMatchObject({ exit: 2, err: expect.stringContaining('cannot be read') })
  expect(await accept('runner.key')).toMatchObject({ exit: 2, err: expect.stringContaining('cannot be read') })
  writeFileSync(join(folder, 'other.json'), '{"a":1}')
  expect(await accept('other.json')).toMatchObject({ exit: 2, err: expect.stringContaining('neither a bundle nor') })
  const without = await foobot(['runner', 'accept', join(folder, 'other.json')])
  expect(without).toMatchObject({ exit: 2, err: expect.stringContaining('with --config') })
})
