import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'
import { activate } from '#cli/bundle/activate.ts'
import { newestOwn, writeDraft } from '#cli/bundle/draft.ts'
import { propose } from '#cli/bundle/propose.ts'
import { signProposal } from '#cli/bundle/sign.ts'
import { entriesOf, logsOf, openLog, ownerOf } from '#cli/log-folder.ts'
import { gatherProof } from '#cli/log-proof.ts'
import { lineOf, tell } from '#cli/log-story.ts'
import { verifyProof } from '#cli/verify-proof.ts'
import { askServer } from '#client/control.ts'
import { findSigners } from '#client/find-signer.ts'
import { signAddition, signRemoval, signToo } from '#client/key-change.ts'
import { readKeyFile } from '#client/key-file.ts'
import { makeKeyFile } from '#client/make-key.ts'
import { type Signer, signEnvelope } from '#client/signer.ts'
import { readCompanyFolder } from '#config/company-folder.ts'
import { makeMachineKey, readMachineKey } from '#config/machine-key.ts'
import { bundleKind, draftBundle } from '#core/bundle/bundle.ts'
import { logOrigin } from '#core/log/checkpoint.ts'
import { eventKind } from '#core/log/event.ts'
import { makeNote } from '#core/log/make-note.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import { codeOf } from '#core/statement/statement.ts'
import { restore } from '#processes/restore.ts'
import { startServer } from '#processes/server.ts'
import { openStorage } from '#storage/open.ts'
import { runFoobot } from '../contract/log-folder.fixture.ts'
import { CanaryCompany } from './canary-company.fixture.ts'
import { Intruder } from './intruder.fixture.ts'

/**
 * A copy that is put in place must bring back nothing that was over: no request, no phone, no account, no key that was
 * removed. Until its log is named by a bundle and every runner has said what it knows, it opens to nobody.
 */

// DEFENCE src/processes/begun-log.ts
// - if (begun.number > number) {
// + if (begun.number > number + 1) {

// DEFENCE src/processes/begun-log.ts
// - return before?.seal()?.note === company.log.after && log.size >= size && sameHash(rootAt(size, log), root)
// + return before !== undefined && (size === 0 || log.size > 0 || sameHash(rootAt(size, log), root))

// DEFENCE src/processes/restore.ts
// - [{ leaf: { bytes: first } }, ...live.map((request) => ending(company.deployment, request, now))],
// + [{ leaf: { bytes: first } }, ...live.slice(live.length).map((one) => ending(company.deployment, one, now))],

// DEFENCE src/storage/restored-copy.ts
// - this.#db.exec('DELETE FROM device; DELETE FROM account; DELETE FROM once; DELETE FROM awaited_runner')
// + this.#db.exec('DELETE FROM once; DELETE FROM awaited_runner')

// DEFENCE src/processes/restore.ts
// - if (server.totp) rmSync(server.totp.secrets, { force: true })

// DEFENCE src/http/sign-in.ts
// - if (closed !== undefined) throw new FoobotError('runners-awaited', `${person} must wait`, closed)

// DEFENCE src/engine/present.ts
// - if (closed !== undefined) return Promise.resolve({ accepted: false, say: closed })

// DEFENCE src/engine/hand-in.ts
// - await changeKeys(way, envelope)

// DEFENCE src/engine/reset-runner.ts
// - await way.group.record({ leaf: eventLeaf(way, 'runner-lost', { runner: name }) })

// DEFENCE src/processes/restore.ts
// - .find((company) => company.log.number === number && isSealedBy(company, seal.note))
// + .find((company) => company.log.number === number)

// DEFENCE src/processes/restore.ts
// - if (!same)
// + if (files.head.size < 0)

// DEFENCE src/cli/log-verify.ts
// - if (index === 0 && log.first) checkFirst(bytes, log.first)

// DEFENCE src/cli/log-verify.ts
// - const mustExtend = [...headOf(kept), ...headOf(log.end), ...begun]
// + const mustExtend = [...headOf(kept), ...begun]

// DEFENCE src/cli/verify-proof.ts
// - last: beginningOf(bundle.company),
// + last: { size: 0, root: beginningOf({ ...bundle.company, log: { number: 1, key } }).root },

// DEFENCE src/cli/bundle/propose.ts
// - if (before) checkSuccession(before.company, company)

// DEFENCE src/cli/bundle/sign.ts
// - if (previous) checkSuccession(previous.company, draft.company)

// DEFENCE src/cli/bundle/activate.ts
// - if (before && before.version < bundle.version) checkSuccession(before.company, bundle.company)

const seconds = () => Math.floor(Date.now() / 1000)
const placeOf = (data: string) => ({ config: join(data, 'company'), data })

const proposeIn = (data: string) =>
  propose({ ...placeOf(data), runners: [], days: 30, now: seconds(), declaredBy: async () => new Map() })

const signProposed = (data: string, keyFile: string) =>
  signProposal({
    ...placeOf(data),
    signers: () => findSigners({ person: 'root', keyFile, data }),
    codesHere: async () => [],
    print: () => undefined,
    ask: async () => 'yes',
  })

const bundleIn = async (data: string, keyFile: string): Promise<void> => {
  await proposeIn(data)
  await signProposed(data, keyFile)
  activate(placeOf(data), seconds())
}

const restoreIn = (data: string, copy: string) => restore({ ...placeOf(data), copy, bundles: [], now: seconds() })

const editLog = (data: string, change: (log: { readonly after: string }) => object): void => {
  const file = join(data, 'company', 'company.yaml')
  const document = parseDocument(readFileSync(file, 'utf8'))
  document.set('log', document.createNode(change(document.toJS().log)))
  writeFileSync(file, document.toString({ lineWidth: 0 }))
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
const linesIn = (data: string): string =>
  [...entriesOf(openLog(data, ownerOf(data, undefined)))].map((leaf) => lineOf(tell(leaf))).join('\n')

/** Another history of log 1, sealed with a key: its database, and its files beside. */
const makeHistory = async (folder: string, origin: string, keyFile: string, leaves: number): Promise<void> => {
  const key = readMachineKey(keyFile)
  const storage = await openStorage(folder, (error) => {
    throw error
  })
  const events = Array.from({ length: leaves }, (_, n) =>
    eventKind.encode({ v: 2, deployment: 'canary', at: 1_800_000_000 + n, what: 'denied', why: 'made up' }),
  )
  await storage.records.commit(
    events.map((body) => ({ leaf: { bytes: eventKind.pae(body) } })),
    (size, root) => makeNote(origin, size, root, key),
  )
  await storage.close()
}

describe('a copy of yesterday', () => {
  let company: CanaryCompany
  let folder: string
  let copy: string
  let oldKey: string
  let waits: string
  const at = (...path: readonly string[]): string => join(folder, ...path)
  const here = (...path: readonly string[]): string => join(company.data, ...path)

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'foobot-attack-118-'))
    copy = at('copy.db')
    oldKey = at('old.key')
    company = await CanaryCompany.open({ keys: { jhand: [makeKeyFile(at('stolen'), 'stolen')] } })
    let jhand = await company.dial('jhand')
    await jhand.say('Foobot note one')
    waits = (await jhand.say('Foobot rebuild svr-1827 role=web')).code
    await company.warrants()
    await company.stop()
    const storage = await openStorage(company.data, () => undefined)
    const device = { name: 'phone', endpoint: 'https://push.example/1', p256dh: 'p', auth: 'a', addedAt: 1 }
    // Not of the person who loses a key: with a removed key they would go anyway.
    await storage.devices.put({ person: 'mansel', ...device })
    await storage.accounts.add({ platform: 'slack', tenant: 'T1', id: 'U1', person: 'mansel', linked: 1 })
    await storage.close()
    cpSync(here('server/foobot.db'), copy)
    cpSync(here('server/log.key'), oldKey)

    // After the copy: the request that waited is taken back, another runs, a stolen key is removed.
    await company.start()
    jhand = await company.dial('jhand')
    await jhand.say(`Foobot cancel ${waits}`)
    await jhand.say('Foobot note two')
    const owner = { deployment: 'canary', person: 'jhand', now: seconds() }
    const { accepted, say } = await jhand.present(await signRemoval(stolen().key, company.signerOf('jhand'), owner))
    expect(accepted, say).toBe(true)
    await company.warrants()
    await company.stop()
    rmSync(here('server/foobot.db'))
  })
  afterAll(async () => {
    await company.end()
    rmSync(folder, { recursive: true })
  })

  const stolen = (): Signer => {
    const { signer } = readKeyFile(at('stolen'))
    if (!signer) throw new Error('no stolen key')
    return signer
  }
  /** The whole data folder, to be spoilt. */
  const spoilt = (name: string): string => {
    cpSync(company.data, at(name), { recursive: true, filter: (file) => !file.endsWith('.sock') })
    return at(name)
  }

  it('is refused where the log’s key has not sealed it, or where files that are left tell of another log', async () => {
    makeMachineKey(at('other.key'))
    await makeHistory(at('strange'), logOrigin('canary'), at('other.key'), 3)
    await expect(restoreIn(company.data, at('strange/server/foobot.db'))).rejects.toMatchObject({
      code: 'restore-refused',
      say: expect.stringContaining('not signed by the log'),
    })
    await makeHistory(at('rewritten'), logOrigin('canary'), oldKey, 30)
    await expect(restoreIn(company.data, at('rewritten/server/foobot.db'))).rejects.toMatchObject({
      code: 'restore-refused',
      say: expect.stringContaining('are of another log'),
    })
  })

  it('is refused where its newest part lies in a file beside: nobody gives up what is not lost', async () => {
    cpSync(copy, at('part.db'))
    writeFileSync(at('part.db-wal'), 'newer')
    await expect(restoreIn(company.data, at('part.db'))).rejects.toMatchObject({
      code: 'restore-refused',
      say: expect.stringContaining('the newest part of it is in'),
    })
  })

  it('changes nothing where the company’s folder cannot name its log', async () => {
    const data = spoilt('unnamed')
    const all = () => readdirSync(join(data, 'server')).toSorted()
    const before = all()
    const file = join(data, 'company', 'company.yaml')
    for (const spoil of ['<<<<<<< HEAD\n a: {\n', '']) {
      writeFileSync(file, spoil)
      await expect(restoreIn(data, copy)).rejects.toMatchObject({
        say: expect.stringContaining('no YAML that can be changed'),
      })
    }
    rmSync(file)
    const config = join(data, 'server/server.yaml', 'company')
    await expect(restore({ data, config, copy, bundles: [], now: seconds() })).rejects.toMatchObject({
      code: 'not-writable',
    })
    expect(all()).toEqual(before)
  })

  it('is put in place, and opens to nobody before administrators have signed its log', async () => {
    const settings = readFileSync(here('server/server.yaml'), 'utf8')
    writeFileSync(here('server/server.yaml'), `${settings}totp: { key: totp.key }\n`)
    writeFileSync(here('server/totp-secrets.json'), '{}')
    expect(readdirSync(here('server')).filter((name) => name.includes('.restoring'))).toEqual([])
    expect(await restoreIn(company.data, copy)).toMatchObject({ log: { number: 2 }, ended: 1 })
    expect(readdirSync(here('server')).filter((name) => name.includes('.restoring'))).toEqual([])
    writeFileSync(here('server/server.yaml'), settings)
    expect(existsSync(here('server/totp-secrets.json'))).toBe(false)
    await expect(company.start()).rejects.toMatchObject({ code: 'log-not-named' })
  })

  it('has its end moved by nobody: not by who proposes, signs or activates, nor where the server starts', async () => {
    const data = spoilt('moved')
    const place = placeOf(data)
    const forgery = (keyFile: string) => makeNote(logOrigin('canary'), 30, Buffer.alloc(32, 7), readMachineKey(keyFile))
    editLog(data, (log) => ({ ...log, after: forgery(at('other.key')) }))
    const isNotSigned = { say: expect.stringContaining('is not signed by log 1') }
    await expect(proposeIn(data)).rejects.toMatchObject(isNotSigned)

    const files = readCompanyFolder(place.config)
    const before = newestOwn(data)
    const head = { deployment: 'canary', version: 2, iat: seconds(), exp: seconds() + 1000 }
    const body = draftBundle(files, { ...head, ...(before && { previous: before.digest }) })
    writeDraft(place.config, sealEnvelope(bundleKind, body, []))
    await expect(signProposed(data, company.keyFile('bundle'))).rejects.toMatchObject(isNotSigned)
    const { signer } = readKeyFile(company.keyFile('bundle'))
    if (!signer) throw new Error('no key')
    writeDraft(place.config, await signEnvelope(signer, bundleKind, body))
    expect(() => activate(place, seconds())).toThrow(expect.objectContaining(isNotSigned))

    // Whoever has stolen the old key signs another end. Administrators who sign that find no server that goes on from it.
    editLog(data, (log) => ({ ...log, after: forgery(oldKey) }))
    await bundleIn(data, company.keyFile('bundle'))
    await expect(startServer({ data, port: 0 }, quiet)).rejects.toMatchObject({ code: 'log-restored-old-copy' })
  })

  it('lets nobody in, and takes no yes, before every runner has handed in what it knows', async () => {
    await bundleIn(company.data, company.keyFile('bundle'))
    const server = await startServer({ data: company.data, port: 0 }, quiet)
    try {
      await expect(Intruder.dial(server.url, 'jhand', stolen())).rejects.toMatchObject({
        say: expect.stringContaining('nobody signs in until every runner has handed in'),
      })
      const owner = { deployment: 'canary', person: 'jhand', now: seconds() }
      const added = await signToo(await signAddition(company.signerOf('eve'), owner), stolen())
      const headers = { 'content-type': 'application/json' }
      const answer = await fetch(`${server.url}/present`, { method: 'POST', headers, body: JSON.stringify(added) })
      expect(await answer.text()).toContain('nobody signs in until every runner has handed in')
    } finally {
      await server.stop()
    }
  })

  it('opens where an administrator names a runner as lost, and the log tells it', async () => {
    const data = spoilt('lost')
    const server = await startServer({ data, port: 0 }, quiet)
    try {
      expect(await askServer(data, { order: 'lose-runner', runner: 'tested' })).toContain('is named as lost')
      const intruder = await Intruder.dial(server.url, 'jhand', stolen())
      intruder.close()
    } finally {
      await server.stop()
    }
    expect(linesIn(data)).toContain('runner-lost  tested')
  })

  it('brings back no key that a runner knows to be removed, no request, no phone and no account, and runs nothing twice', async () => {
    await company.start()
    await expect(Intruder.dial(company.url, 'jhand', stolen())).rejects.toThrow()
    const bianca = await company.dial('bianca')
    expect(await bianca.declined(waits)).toContain('Nothing waits for your yes')
    expect(company.sung).toEqual(['note one', 'note two'])
    await (await company.dial('jhand')).say('Foobot note three')
    await company.warrants()
    expect(linesIn(company.data)).toMatch(/recovered {2}warrant {2}\S+ {2}jhand {2}note two/)
    await company.stop()
    const storage = await openStorage(company.data, () => undefined)
    expect(await storage.devices.of('mansel')).toEqual([])
    expect(await storage.accounts.all()).toEqual([])
    expect((await storage.records.live()).length).toBe(0)
    await storage.close()
  })

  it('is followed by a log that auditors compare with what was signed', async () => {
    const whole = await runFoobot('log', 'verify', '--data', company.data)
    expect(whole.err + whole.out).toMatch(/Its last \d+ leaves are gone for ever; runners handed in 3 of/)
    expect(whole.exit).toBe(0)

    // Another log 1 beside it, sealed with the stolen old key.
    const data = spoilt('rewritten-before')
    rmSync(join(data, 'log/tile'), { recursive: true })
    for (const part of ['tile', 'checkpoint'])
      cpSync(at('rewritten/log', part), join(data, 'log', part), { recursive: true })
    const other = await runFoobot('log', 'verify', '--data', data)
    expect([other.exit, other.err]).toEqual([1, expect.stringContaining('does not extend that checkpoint')])
  })

  it('is followed by none that begins otherwise, whoever has the new key', async () => {
    const data = spoilt('other-beginning')
    await makeHistory(at('beginning'), logOrigin('canary', 2), join(data, 'server/log.key'), 3)
    rmSync(join(data, 'log/2'), { recursive: true })
    cpSync(at('beginning/log'), join(data, 'log/2'), { recursive: true })
    withoutCheckpoint(data)
    const { exit, err } = await runFoobot('log', 'verify', '--data', data)
    expect([exit, err]).toEqual([1, expect.stringContaining('does not begin where the bundle says')])
  })

  it('is followed by commands that are proven from the first leaf on', async () => {
    const [present] = logsOf(company.data, undefined)
    if (!present) throw new Error('no log')
    const orders = [...entriesOf(openLog(company.data, present))]
      .map(tell)
      .flatMap((one) => (one.kind === 'warrant' ? [one.stated] : []))
    const code = codeOf(orders.at(-1)?.digest ?? '')
    const proof = gatherProof(company.data, logsOf(company.data, undefined), code)
    const trust = { deployment: 'canary', root: company.root, lowest: 1 }
    const { begins: _, ...bare } = proof
    await expect(verifyProof(bare, trust)).rejects.toMatchObject({ step: 'sealed' })
    expect((await verifyProof(proof, trust)).receipt?.outcome).toBe('done')
  })

  it('goes on once more where its own disk is gone, though files of the first log say more than any copy', async () => {
    const data = spoilt('again')
    renameSync(join(data, 'server/foobot.db'), at('second.db'))
    const before = readFileSync(join(data, 'log/checkpoint'), 'utf8')
    expect(await restoreIn(data, at('second.db'))).toMatchObject({ log: { number: 3 } })
    expect(readFileSync(join(data, 'log/checkpoint'), 'utf8')).toBe(before)
  })
})

/** As if the bundle in force named no checkpoint of the log that goes on: its administrators had none to name. */
const withoutCheckpoint = (data: string): void => {
  const file = join(data, 'bundle', '2', 'company.yaml')
  const document = parseDocument(readFileSync(file, 'utf8'))
  document.deleteIn(['log', 'checkpoint'])
  writeFileSync(file, document.toString({ lineWidth: 0 }))
}
