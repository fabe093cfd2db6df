import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { entriesOf, openLog, ownerOf } from '#cli/log-folder.ts'
import { lineOf, tell } from '#cli/log-story.ts'
import { proofFile } from '#cli/proof-file.ts'
import { trustFile } from '#cli/verify.ts'
import { verifyProof } from '#cli/verify-proof.ts'
import { Connection } from '#client/connection.ts'
import { findSigners } from '#client/find-signer.ts'
import { makeKeyFile } from '#client/make-key.ts'
import { readConfigFile } from '#config/config-file.ts'
import type { TestSigner } from '#core/signature/signer.fixture.ts'
import { type AtDesk, makePasskeyAt, signAtDesk } from '../contract/passkey-owner.fixture.ts'
import { type Company, project, type Said, startCompany } from './company.ts'
import { changeRules, writeRules } from './play/change-rules.ts'

/** How somebody comes to a passkey, gives their own signature with it, and loses it again: against the real processes. */

const folder = mkdtempSync(join(tmpdir(), 'foobot-keys-'))
const data = join(folder, 'data')
let company: Company
let desk: string
beforeAll(async () => {
  company = await startCompany({ data })
  desk = /^origin: (\S+)$/m.exec(readFileSync(join(data, 'desk', 'desk.yaml'), 'utf8'))?.[1] ?? ''
})
afterAll(async () => {
  await company?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs `foobot` and answers what it asks once it has printed a line. */
const answering = (args: readonly string[], answer: (line: string) => Promise<string>): Promise<Said> =>
  new Promise((resolve, reject) => {
    const env = { ...process.env, FOOBOT_SERVER: company.url, FOOBOT_DATA: data, NO_COLOR: '1' }
    const child = spawn(process.execPath, ['bin/foobot', ...args], { cwd: project, env })
    let [stdout, stderr, asked] = ['', '', false]
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      const [line, rest] = stdout.split('\n', 2)
      if (asked || line === undefined || rest === undefined) return
      asked = true
      answer(line).then((typed) => child.stdin.end(`${typed}\n`), reject)
    })
    child.once('error', reject)
    child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }))
  })

/** Adds a passkey the way people do: a link, the desk, a text to paste. */
const addPasskey = async (person: string): Promise<AtDesk & { readonly said: Said }> => {
  let made: AtDesk | undefined
  const said = await answering(['key', 'add', '--as', person], async (link) => {
    made = await makePasskeyAt(link)
    return made.text
  })
  if (!made) throw new Error(`no link was printed: ${said.stderr}`)
  return { ...made, said }
}

const connect = async (
  person: string,
  keyFile?: string,
  gone = (_why: string): void => undefined,
): Promise<Connection> => {
  const connection = new Connection({
    server: company.url,
    person,
    signers: await findSigners({ person, data, ...(keyFile !== undefined && { keyFile }) }),
    clock: Date.now,
    newId: () => randomBytes(12).toString('hex'),
    keepTrying: 0,
    ears: {
      heard: () => undefined,
      lost: () => undefined,
      back: () => undefined,
      gone: (error) => gone(error.message),
    },
  })
  await connection.open()
  return connection
}

/** Opens what waits at the desk, by the link that the terminal prints, and signs there: the page hands it in itself. */
const signThere = async (signer: TestSigner, verb: 'sign' | 'approve', code: string, person: string) => {
  const { stdout } = await company.foobot(verb, code, '--as', person, '--desk')
  const { envelope, server } = await signAtDesk(signer, stdout.trim())
  const headers = { origin: desk, 'content-type': 'application/json' }
  const answer = await fetch(`${server}/present`, { method: 'POST', headers, body: JSON.stringify(envelope) })
  return answer.json()
}

const admitted = (): unknown => {
  const database = new DatabaseSync(join(data, 'sandbox', 'servers', 'servers.sqlite'), {
    readOnly: true,
    timeout: 5000,
  })
  const row = database
    .prepare("SELECT count(*) AS count FROM access WHERE resource = 'prod-db' AND person = 'sam'")
    .get()
  database.close()
  return row?.count
}

describe('a passkey', () => {
  let mansel: AtDesk
  let dora: AtDesk

  it('is made at the desk and signed for in the terminal', async () => {
    const { said, ...made } = await addPasskey('mansel')
    expect(said.code).toBe(0)
    expect(said.stdout.split('\n')[0]).toMatch(
      new RegExp(`^${desk}/#key-add=[\\w-]{22}&deployment=acme&person=mansel$`),
    )
    expect(said.stdout.split('\n')[1]).toMatch(
      /^Added: mansel's passkey [0-9a-f]{8}\. It counts now, as a software key\./,
    )
    expect(said.stderr).toContain(`people/mansel.yaml:\n  - ${made.signer.key}`)
    mansel = made
    dora = await addPasskey('dora')
    const { stdout } = await company.foobot('key', 'list', '--as', 'dora')
    expect(stdout).toMatch(/passkey +software +for all +\d+ \w+ \d{4}, \d\d:\d\d +dora/)
  })

  it('is worth no more than the key that signed for it', async () => {
    const { stdout } = await company.say('mansel', 'ops', 'Foobot acl add sam to prod-db', '--json')
    const { code } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
    expect(await signThere(mansel.signer, 'sign', code, 'mansel')).toEqual({
      accepted: false,
      say: 'A critical command takes a verified key at least, and this one is software.',
    })
    expect((await company.say('mansel', 'ops', `Foobot cancel ${code}`)).code).toBe(0)
  })

  it('that an administrator lists gives the own signature and the approval of a critical command', async () => {
    const both = (person: string, { signer }: AtDesk): string => {
      const ssh = readFileSync(join(data, 'keys', `${person}.pub`), 'utf8')
        .split(' ', 2)
        .join(' ')
      return `keys: ['${ssh}', '${signer.key}']`
    }
    writeRules(data, 'people/dora.yaml', both('dora', dora))
    await changeRules(company, 'people/mansel.yaml', both('mansel', mansel))
    const waits = await company.say('mansel', 'ops', 'Foobot acl add sam to prod-db -reason="month end"', '--json')
    expect(waits.code).toBe(3)
    const { code } = JSON.parse(waits.stdout.trim().split('\n').at(-1) ?? '')
    expect(await signThere(mansel.signer, 'sign', code, 'mansel')).toMatchObject({ accepted: true })
    expect(admitted()).toBe(0)
    expect(await signThere(dora.signer, 'approve', code, 'dora')).toMatchObject({ accepted: true })
    await expect.poll(admitted, { timeout: 15_000 }).toBe(1)
  })

  it('that is removed signs nothing any more', async () => {
    const { stdout } = await company.foobot('key', 'list', '--as', 'mansel', '--json')
    const keys = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    const passkey = keys.find(({ key }) => key === mansel.signer.key)
    expect(passkey).toMatchObject({ worth: 'verified', by: [] })
    const out = join(folder, 'removed.json')
    const removed = await company.foobot(
      'key',
      'remove',
      passkey.id.slice(0, 8),
      '--as',
      'mansel',
      '--yes',
      '--out',
      out,
    )
    expect(removed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Removed for good: mansel's passkey/) })
    const again = await company.say('mansel', 'ops', 'Foobot acl add sam to build-hosts -reason="month end"')
    expect(again.stdout).toContain('You have no key that could sign this (it takes a verified one)')
    expect(again.code).toBe(4)
    const handed = await company.foobot(
      'runner',
      'accept',
      out,
      '--config',
      join(data, 'runners/operations/runner.yaml'),
    )
    expect(handed).toMatchObject({ code: 0, stdout: expect.stringContaining('mansel has lost this key') })
  })
})

describe('an SSH key', () => {
  it('signs in until it is removed, and its session ends with it', async () => {
    const file = join(folder, 'laptop')
    makeKeyFile(file, 'laptop')
    expect((await company.foobot('key', 'add', '--as', 'jhand', '--new-key', file)).code).toBe(0)
    const why = Promise.withResolvers<string>()
    const laptop = await connect('jhand', file, why.resolve)
    expect((await company.foobot('key', 'remove', `${file}.pub`, '--as', 'jhand', '--yes')).code).toBe(0)
    expect(await why.promise).toContain('closed: 4401')
    laptop.close()
    await expect(connect('jhand', file)).rejects.toThrow()
    expect((await company.say('jhand', 'devs', 'Foobot git status')).code).toBe(0)
  })

  it('that was added is told in the proof of what it signed, long after it is gone', async () => {
    const file = join(folder, 'desktop')
    const proof = join(folder, 'proof.json')
    makeKeyFile(file, 'desktop')
    expect((await company.foobot('key', 'add', '--as', 'steve', '--new-key', file)).code).toBe(0)
    const line = 'Foobot upgrade AcmeOps to Pro'
    const said = await company.say('steve', 'support', line, '--sign', '--key', file, '--wait', '--json')
    const { code } = JSON.parse(said.stdout.trim().split('\n').at(-1) ?? '')
    expect(said.code).toBe(0)
    expect((await company.foobot('key', 'remove', `${file}.pub`, '--as', 'steve', '--yes')).code).toBe(0)
    expect((await company.foobot('log', 'proof', code, '--out', proof)).code).toBe(0)
    const rootFile = join(data, 'server', 'server.yaml')
    expect(await company.foobot('verify', proof, '--root', rootFile)).toMatchObject({ code: 0, stderr: '' })
    const { keyChanges = [], ...without } = proofFile.parse(JSON.parse(readFileSync(proof, 'utf8')))
    const trust = readConfigFile(rootFile, trustFile)
    expect(keyChanges).toHaveLength(1)
    await expect(verifyProof(without, trust)).rejects.toThrow('signature')
    const [told] = keyChanges
    if (!told) throw new Error('none')
    const moved = { ...without, keyChanges: [{ ...told, index: told.index - 1 }] }
    await expect(verifyProof(moved, trust)).rejects.toThrow('a key change is not in the log')
    const leaves = [...entriesOf(openLog(data, ownerOf(data, undefined)))].map((leaf) => lineOf(tell(leaf)))
    expect(leaves.join('\n')).toMatch(
      /key-add {2}steve {2}ssh-ed25519 [0-9a-f]{8}\n[\s\S]*key-remove {2}steve {2}ssh-ed25519/,
    )
  })

  it('of somebody who lost all is vouched for by two who hear the voice', async () => {
    const file = join(folder, 'new')
    const letter = join(folder, 'key-of-steve.json')
    makeKeyFile(file, 'new')
    const lost = await company.foobot('key', 'add', '--as', 'steve', '--lost', '--new-key', file, '--out', letter)
    const [spoken = ''] = /^ {5}([A-Z2-7]{5}(?: [A-Z2-7]{5}){3})$/m.exec(lost.stdout) ?? []
    const vouch = (person: string, typed: string) =>
      new Promise<Said>((resolve, reject) => {
        const env = { ...process.env, FOOBOT_SERVER: company.url, FOOBOT_DATA: data }
        const child = spawn(process.execPath, ['bin/foobot', 'key', 'vouch', letter, '--as', person], {
          cwd: project,
          env,
        })
        let [stdout, stderr] = ['', '']
        child.stdout.on('data', (text) => {
          stdout += text
        })
        child.stderr.on('data', (text) => {
          stderr += text
        })
        child.once('error', reject)
        child.once('close', (code) => resolve({ code: code ?? -1, stdout, stderr }))
        child.stdin.end(`${typed}\n`)
      })
    expect(await vouch('mansel', spoken.toLowerCase())).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Signed\. One more has to/),
    })
    expect(await vouch('bianca', spoken)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^Added: steve's ssh-ed25519 \w{8}\. It counts from .* on, as a software key, for commands up to sensitive/,
      ),
    })
    await expect(connect('steve', file)).rejects.toThrow()
    const { stdout } = await company.foobot('key', 'list', '--as', 'mansel', '--of', 'steve')
    expect(stdout).toMatch(/up to sensitive, from [\s\S]*mansel, bianca/)
  })
})
