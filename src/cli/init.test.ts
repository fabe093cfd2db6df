import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { finished } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findSigners } from '#client/find-signer.ts'
import { makeKeyFile } from '#client/make-key.ts'
import { readCompany } from '#config/company.ts'
import { readCompanyFolder } from '#config/company-folder.ts'
import { readRunnerConfig } from '#config/runner.ts'
import { readServerConfig } from '#config/server.ts'
import type { Key } from '#core/signature/key.ts'
import { activate } from './bundle/activate.ts'
import { propose } from './bundle/propose.ts'
import { signProposal } from './bundle/sign.ts'
import { type Answers, askForCompany } from './init/answers.ts'
import { found } from './init/found.ts'
import { openQuestions } from './question.ts'

let home = ''
let key = '' as Key
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'foobot-init-'))
  key = makeKeyFile(join(home, 'administrator'), 'jane')
})
afterEach(() => rmSync(home, { recursive: true }))

const site = () => ({ folder: join(home, 'company'), data: join(home, 'data'), zone: 'Europe/Berlin' })

const answered = (): Answers => ({
  deployment: 'acme',
  name: 'Acme: the "best"',
  groups: ['Devs', 'Big_Ops'],
  administrator: { id: 'jane', name: 'Jane Doe', key },
})

const asked = async (...answers: readonly string[]) => {
  const printed: string[] = []
  const rest = [...answers]
  const ask = async (question: string): Promise<string> => {
    printed.push(question)
    return rest.shift() ?? expect.unreachable(question)
  }
  return { answers: await askForCompany({ ask }, (text) => printed.push(text)), printed, rest }
}

describe('the questions of init', () => {
  it('are few', async () => {
    const { answers, rest } = await asked('Acme Ltd.', '', 'Devs, Ops', 'Jane Doe', 'jane', `${key} jane@laptop`)
    expect(rest).toEqual([])
    expect(answers).toEqual({
      name: 'Acme Ltd.',
      deployment: 'acme-ltd',
      groups: ['Devs', 'Ops'],
      administrator: { name: 'Jane Doe', id: 'jane', key },
    })
  })

  it('take a key by its file', async () => {
    const file = join(home, 'administrator.pub')
    expect((await asked('Acme', 'a', 'Devs', 'Jane', 'jane', file)).answers.administrator.key).toBe(key)
  })

  it('are asked again, saying what to write', async () => {
    const { answers, printed } = await asked(
      '',
      '7',
      '7',
      'acme',
      'Big Devs',
      'Devs, DEVS',
      'Devs',
      'J',
      'Jane',
      'jane',
      'ssh-rsa AAAA',
      'none',
      key,
    )
    expect(answers.deployment).toBe('acme')
    expect(printed).toEqual([
      'What is the company called?',
      'Write the company’s name, in one line.',
      'What is the company called?',
      'A short id for it, part of everything signed:',
      'Write the deployment’s id in small letters, as acme.',
      'A short id for it, part of everything signed:',
      'Its groups, with commas between, as Devs, Ops:',
      'Write a group’s name in letters and digits, as Devs.',
      'Its groups, with commas between, as Devs, Ops:',
      'DEVS stands twice: write each group once.',
      'Its groups, with commas between, as Devs, Ops:',
      'The first administrator’s name:',
      'And id, in small letters, as jhand:',
      'Write a person’s id in small letters, as jhand.',
      'And id, in small letters, as jhand:',
      'The SSH public key that they will sign bundles with, and nothing else (the key, or its file):',
      expect.stringContaining('keys of type ssh-rsa are not accepted'),
      'The SSH public key that they will sign bundles with, and nothing else (the key, or its file):',
      expect.stringContaining('The key file none cannot be used'),
      'The SSH public key that they will sign bundles with, and nothing else (the key, or its file):',
    ])
  })

  it('may be answered by a pipe, and end with it', async () => {
    const input = new PassThrough()
    const { ask, close } = openQuestions(input, new PassThrough())
    input.end('one\n two \n')
    expect([await ask('First?'), await ask('Second?')]).toEqual(['one', 'two'])
    await expect(ask('Third?')).rejects.toThrow('Nobody answered "Third?"')
    close()
  })

  it('may be answered by a pipe that has ended before the next question', async () => {
    const input = new PassThrough()
    const { ask, close } = openQuestions(input, new PassThrough())
    input.end('one\ntwo\n')
    expect(await ask('First?')).toBe('one')
    await finished(input)
    await setImmediate()
    expect(await ask('Second?')).toBe('two')
    close()
  })
})

describe('a company that is founded', () => {
  it('has a folder that is right, and no key of a person', () => {
    found(answered(), site())
    const company = readCompany(readCompanyFolder(site().folder))
    expect(company).toMatchObject({ deployment: 'acme', name: 'Acme: the "best"', zone: 'Europe/Berlin' })
    expect(company.root).toEqual({ threshold: 1, administrators: [{ person: 'jane', key }] })
    expect(company.people.get('jane')).toMatchObject({ name: 'Jane Doe', keys: [] })
    expect([...company.groups.keys()]).toEqual(['Devs', 'Big_Ops'])
    expect([...company.rooms.keys()]).toEqual(['everyone', 'devs', 'big-ops'])
    expect(existsSync(join(site().data, 'keys'))).toBe(false)
  })

  it('has a server and a runner that trust its administrator, with keys that nobody else reads', () => {
    found(answered(), site())
    const { root, log, runners } = readCompany(readCompanyFolder(site().folder))
    const server = readServerConfig(join(site().data, 'server/server.yaml'))
    const runner = readRunnerConfig(join(site().data, 'runners/delivery/runner.yaml'))
    expect([server.root, runner.root]).toEqual([root, root])
    expect(runner.server).toBe(`ws+unix:${server.socket}`)
    expect([log.key, runners.get('delivery')?.key]).toEqual([
      expect.stringMatching(/^ed25519 /),
      expect.stringMatching(/^ed25519 /),
    ])
    for (const file of [server.logKey, runner.key]) expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('can be put in force as it is', async () => {
    found(answered(), site())
    const place = { config: site().folder, data: site().data }
    const now = 1_800_000_000
    await propose({ ...place, runners: [], days: 30, now, declaredBy: async () => new Map() })
    await signProposal({
      ...place,
      signers: () => findSigners({ person: 'jane', keyFile: join(home, 'administrator'), data: place.data }),
      codesHere: async () => [],
      print: () => undefined,
      ask: async () => 'yes',
    })
    expect(activate(place, now)).toContainEqual(expect.stringContaining('Version 1 is in'))
  })

  it.each(['company', 'data'])('leaves a %s folder alone that holds something', (name) => {
    const file = join(home, name)
    rmSync(file, { recursive: true, force: true })
    found({ ...answered(), deployment: 'other' }, { ...site(), folder: `${file}-a`, data: `${file}-b` })
    const taken = { ...site(), [name === 'company' ? 'folder' : 'data']: `${file}-a` }
    const before = readFileSync(join(`${file}-a`, 'company.yaml'), 'utf8')
    expect(() => found(answered(), taken)).toThrow('holds something already: name an empty or new folder.')
    expect(readFileSync(join(`${file}-a`, 'company.yaml'), 'utf8')).toBe(before)
    expect(readdirSync(home).filter((entry) => entry.endsWith('.making'))).toEqual([])
  })

  it('is not there at all where its folder would not be right', () => {
    expect(() => found({ ...answered(), groups: ['A'.repeat(64)] }, site())).toThrow('rooms.yaml')
    expect(readdirSync(home).sort()).toEqual(['administrator', 'administrator.pub'])
  })

  it('is not there at all where something goes wrong', () => {
    writeFileSync(join(home, 'file'), '')
    expect(() => found(answered(), { ...site(), data: join(home, 'file/data') })).toThrow()
    expect(readdirSync(home).sort()).toEqual(['administrator', 'administrator.pub', 'file'])
  })
})
