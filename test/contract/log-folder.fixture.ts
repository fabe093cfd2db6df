import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { vi } from 'vitest'
import { addLog } from '#cli/log.ts'
import { addVerify } from '#cli/verify.ts'
import { writeBundle } from '#config/bundle-folder.ts'
import { makeAdministrator } from '#core/bundle/administrator.fixture.ts'
import { bundleKind, draftBundle } from '#core/bundle/bundle.ts'
import { logOrigin } from '#core/log/checkpoint.ts'
import { eventKind } from '#core/log/event.ts'
import { leafHash } from '#core/log/hash.ts'
import { makeNote } from '#core/log/make-note.ts'
import { ed25519Key } from '#core/signature/ed25519.ts'
import { type Key, keyid } from '#core/signature/key.ts'
import { toBase64 } from '#core/statement/base64.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import { codeOf, type Statement, statementKind } from '#core/statement/statement.ts'
import { receiptsKind } from '#core/warrant/receipts.ts'
import { warrantKind } from '#core/warrant/warrant.ts'
import type { Leaf } from '#engine/store.ts'
import { openStorage, type Storage } from '#storage/open.ts'
import { idOf } from './records.fixture.ts'

/** When everything in the folder happened. */
export const now = 1_800_000_000

type Machine = { readonly key: Key; readonly privateKey: KeyObject }

const machine = (): Machine => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return { key: ed25519Key(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)), privateKey }
}

export type LogFolder = {
  readonly data: string
  readonly storage: Storage
  /** Code of the one command in it. */
  readonly code: string
  readonly logKey: Key
  /** File with the administrators' keys. */
  readonly root: string
  append(count: number): Promise<void>
  note(size: number, root: Uint8Array): string
}

/** A data folder with a signed bundle, and a log of one command: asked, sent, done; and of other events around it. */
export const makeLogFolder = async (): Promise<LogFolder> => {
  const data = mkdtempSync(join(tmpdir(), 'foobot-log-'))
  const [log, runner, jane] = [machine(), machine(), makeAdministrator()]
  const files = companyFiles(jane.key, log.key, runner.key)
  const body = draftBundle(files, { deployment: 'acme', version: 1, iat: now - 100, exp: now + 1000 })
  writeBundle(data, { envelope: sealEnvelope(bundleKind, body, [jane.sign(body)]), files })
  const root = join(data, 'root.yaml')
  writeFileSync(
    root,
    `deployment: acme\nroot: { threshold: 1, administrators: [{ person: jane, key: ${jane.key} }] }\n`,
  )

  const note = (size: number, top: Uint8Array): string =>
    makeNote(logOrigin('acme'), size, top, { key: log.key, sign: (text) => sign(null, text, log.privateKey) })
  const storage = await openStorage(data, (error) => {
    throw error
  })
  const append = async (count: number): Promise<void> => {
    const leaves = Array.from({ length: count }, (_, n) => eventLeaf(storage.log.size + n))
    await storage.records.commit(
      leaves.map((leaf) => ({ leaf })),
      note,
    )
    await storage.files.flush()
  }
  await append(2)
  const { leaves, digest } = oneCommand(bundleKind.digest(body), runner)
  await storage.records.commit(
    leaves.map((leaf) => ({ leaf })),
    note,
  )
  await append(1)
  return { data, storage, code: codeOf(digest), logKey: log.key, root, append, note }
}

const eventLeaf = (n: number): Leaf => ({
  bytes: eventKind.pae(
    eventKind.encode({ v: 2, deployment: 'acme', at: now + n, what: 'refused', person: 'fiona', request: idOf(n) }),
  ),
})

const oneCommand = (bundleDigest: string, runner: Machine) => {
  const statement = statementKind.encode(pushed)
  const digest = statementKind.digest(statement)
  const warrant = warrantKind.encode({
    v: 2,
    deployment: 'acme',
    runner: 'delivery',
    bundle: { version: 1, digest: bundleDigest },
    statement: toBase64(statement),
    consents: [],
    iat: now,
  })
  const receipts = receiptsKind.encode({
    v: 2,
    deployment: 'acme',
    runner: 'delivery',
    store: idOf(7),
    receipts: [
      {
        statement: digest,
        warrant: Buffer.from(leafHash(warrantKind.pae(warrant))).toString('hex'),
        start: now + 1,
        end: now + 2,
        outcome: 'done',
        outputSha256: 'c'.repeat(64),
        outputBytes: 12,
        checkpoint: 3,
      },
    ],
  })
  const sig = toBase64(sign(null, receiptsKind.pae(receipts), runner.privateKey))
  const asked = {
    v: 2,
    deployment: 'acme',
    at: now,
    what: 'asked',
    request: pushed.id,
    statement: toBase64(statement),
  } as const
  const leaves: Leaf[] = [
    { bytes: eventKind.pae(eventKind.encode(asked)) },
    { bytes: warrantKind.pae(warrant) },
    { bytes: receiptsKind.pae(receipts), signatures: JSON.stringify([{ keyid: keyid(runner.key), sig }]) },
  ]
  return { leaves, digest }
}

const pushed: Statement = {
  v: 2,
  id: idOf(99),
  deployment: 'acme',
  bundle: 1,
  runner: 'delivery',
  command: 'push',
  definition: 'd'.repeat(64),
  tier: 'member',
  text: 'push',
  resource: { type: 'WorkingCopy', id: 'devs', facts: { branch: 'main' } },
  requester: 'jane',
  via: { platform: 'native', tenant: 'acme', account: 'jane', room: 'devs', message: 'm1' },
  iat: now,
  exp: now + 300,
}

const companyFiles = (jane: Key, log: Key, runner: Key): ReadonlyMap<string, Uint8Array> => {
  const manifest = { plugin: 'git', command: 'push', template: 'push', summary: 'Push', tier: 'member', inspects: true }
  const push = { ...manifest, exclusive: true, cancellable: false, timeLimit: 60 }
  const texts = {
    'company.yaml': `deployment: acme
name: Acme
zone: UTC
dateOrder: month-first
root: { threshold: 1, administrators: [{ person: jane, key: ${jane} }] }
log: { key: "${log}" }
runners: { delivery: { key: "${runner}", zone: git } }
`,
    'people/jane.yaml': 'name: Jane\n',
    'groups.yaml': 'Devs: [jane]\n',
    'rooms.yaml': 'devs: { groups: [Devs] }\n',
    'commands.json': JSON.stringify([{ runner: 'delivery', tier: 'member', manifest: push }]),
    'plugins.json': '[]',
    'policy/devs.cedar': 'permit (principal in Group::"Devs", action == Action::"push", resource);\n',
  }
  return new Map(Object.entries(texts).map(([path, text]) => [path, Buffer.from(text)]))
}

export type Ran = { readonly out: string; readonly err: string; readonly exit: number }

/** Runs `foobot log …` or `foobot verify …`, and gives what it prints and its exit code. */
export const runFoobot = async (...args: readonly string[]): Promise<Ran> => {
  const program = new Command('foobot').exitOverride()
  addLog(program)
  addVerify(program)
  const [out, err] = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error')]
  out.mockImplementation(() => undefined)
  err.mockImplementation(() => undefined)
  try {
    await program.parseAsync(['node', 'foobot', ...args])
    const lines = (calls: readonly unknown[][]) => calls.map(([line]) => `${line}\n`).join('')
    return { out: lines(out.mock.calls), err: lines(err.mock.calls), exit: Number(process.exitCode ?? 0) }
  } finally {
    process.exitCode = 0
    out.mockRestore()
    err.mockRestore()
  }
}
