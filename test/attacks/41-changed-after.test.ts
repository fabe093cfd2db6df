import { appendFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Statement } from '#core/statement/statement.ts'
import { enough, now, ofTier, resourceOf, sorted } from '#core/warrant/warrant.fixture.ts'
import { Server } from '#runner/server.fixture.ts'
import { ActingRunner } from './acting-runner.ts'
import { CanaryCompany } from './canary-company.fixture.ts'
import type { Answered, Intruder } from './intruder.fixture.ts'

/** Between the last yes and the run something is exchanged: what is said, what it acts on, or what it is made of. */

// DEFENCE src/core/warrant/verify.ts
// - { number: 9, name: 'resource', check: resource },

// DEFENCE src/core/warrant/verify.ts
// - if (loaded?.definition !== statement.definition)
// + if (loaded === undefined)

// DEFENCE src/core/consent/check.ts
// - { name: 'names', check: names },

// DEFENCE src/runner/code.ts
// - if (!entry.isFile()) throw refused(`${join(folder, path)} is no plain file: a plugin is made of files alone`)

describe('each field of the statement, after it was said yes to', () => {
  const { statement } = { statement: ofTier.dangerous }
  const target = resourceOf('rebuild')
  it.each<[string, Partial<Statement>]>([
    ['text', { text: 'rebuild svr-1827 role=db' }],
    ['target', { text: 'rebuild svr-0001 role=web', resource: { ...target, id: 'svr-0001' } }],
    ['fact', { resource: { ...target, facts: { role: 'web' } } }],
    ['owner', { resource: { ...target, owner: 'dba' } }],
    ['requester', { requester: 'bianca' }],
    ['agent', { agent: 'helper' }],
    ['room', { via: { platform: 'native', tenant: 'acme', account: 'jhand', room: 'devs', message: 'm2' } }],
    ['account', { via: { platform: 'native', tenant: 'acme', account: 'eve', room: 'devs', message: 'm1' } }],
    ['id', { id: 'f'.repeat(32) }],
    ['life', { exp: now + 3599 }],
    ['time', { iat: now - 1 }],
    ['definition', { definition: 'e'.repeat(64) }],
    ['tier', { tier: 'sensitive' }],
    ['bundle', { bundle: 4 }],
  ])('%s: refused', async (_, change) => {
    const runner = new ActingRunner()
    await runner.start()
    let given: ReturnType<typeof enough> = []
    new Server().consented(statement, (digest) => {
      given = sorted(enough(digest))
      return given
    })
    const { execute } = new Server().consented({ ...statement, ...change }, () => given)
    expect(await runner.execute(execute)).toMatchObject({ outcome: 'refused' })
    expect(runner.runs).toBe(0)
    await runner.end()
  })
})

/** `rebuild`, asked by jhand, lacks one yes. @returns what gives it */
const askedOf = async (company: CanaryCompany, jhand: Intruder) => {
  const asked = await jhand.say('Foobot rebuild svr-1827 role=web')
  const bytes = await jhand.fetch(asked.code)
  await jhand.present(await company.yes(bytes, {}))
  const yes = await company.yes(bytes, { person: 'bianca', as: 'approver', group: 'Backend' })
  return { asked, approve: () => jhand.present(yes) }
}

describe('a running company', () => {
  let company: CanaryCompany
  let jhand: Intruder
  let asked: Answered
  let approve: () => Promise<{ readonly accepted: boolean }>
  beforeAll(async () => {
    company = await CanaryCompany.open()
    jhand = await company.dial('jhand')
  })
  afterAll(() => company.end())
  beforeEach(async () => {
    company.target({ role: 'backend', owner: 'backend' })
    const both = await askedOf(company, jhand)
    asked = both.asked
    approve = both.approve
  })

  it.each([
    ['its role', { role: 'web', owner: 'backend' }],
    ['whose it is', { role: 'backend', owner: 'dba' }],
  ])('the target changed %s meanwhile: refused by the runner, and said so', async (_, target) => {
    company.target(target)
    await approve()
    const { state, text } = await jhand.ended(asked.id)
    expect(state).toBe('failed')
    expect(text).toContain('tested refused: svr-1827 has changed since it was asked: say it again.')
    expect(company.sung).toEqual([])
  })

  it('a link that leads out of the plugin’s folder is nothing to run', async () => {
    await company.stopRunner()
    symlinkSync('/bin/sh', join(company.plugin, 'tool'))
    await expect(company.startRunner()).rejects.toThrow(/is no plain file/)
    expect(company.sung).toEqual([])
  })
})

describe('a plugin that became another with its runner’s restart, whose code the bundle lists too', () => {
  it.each([
    ['its code', (plugin: string) => appendFileSync(join(plugin, 'commands.ts'), '\n// one more line\n')],
    ['a script beside it', (plugin: string) => writeFileSync(join(plugin, 'rebuild.sh'), '#!/bin/sh\nrm -rf /\n')],
  ])('by %s: refused, and said so', async (_, update) => {
    const company = await CanaryCompany.open({ update })
    const jhand = await company.dial('jhand')
    const { asked, approve } = await askedOf(company, jhand)
    await company.stopRunner()
    update(company.plugin)
    await company.startRunner()
    await approve()
    const { state, text } = await jhand.ended(asked.id)
    expect(state).toBe('failed')
    expect(text).toContain('"rebuild" is defined otherwise here')
    expect(company.sung).toEqual([])
    await company.end()
  })
})
