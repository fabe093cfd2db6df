import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeKeyFile } from '#client/make-key.ts'
import { type Company, startCompany } from './company.ts'

/** Rules change in one way only, and then at once, while everything runs. */
describe('a change of the company’s folder', () => {
  let company: Company
  beforeAll(async () => {
    company = await startCompany()
  })
  afterAll(() => company?.stop())

  const fionaLooks = () => company.say('fiona', 'devs', 'Foobot git status')

  const bundle = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await company.foobot('bundle', ...args, '--data', company.data)
    expect(stderr).toBe('')
    expect(code).toBe(0)
    return stdout
  }

  it('does nothing before it is signed and activated, and counts at once after it', async () => {
    expect((await fionaLooks()).code).toBe(4)

    const groups = join(company.data, 'company', 'groups.yaml')
    writeFileSync(groups, readFileSync(groups, 'utf8').replace('Devs: [jhand]', 'Devs: [jhand, fiona]'))
    expect((await fionaLooks()).code).toBe(4)

    expect(await bundle('propose')).toContain('groups\n  + Devs: fiona\n')
    const administrator = join(company.data, 'keys', 'mansel-administrator')
    const unsigned = await company.foobot('bundle', 'activate', '--data', company.data)
    expect(unsigned.code).not.toBe(0)
    expect(unsigned.stderr).toContain('0 of the 1 administrators')
    expect(await bundle('sign', '--yes', '--key', administrator)).toContain('signed by 1 of 1 administrators')
    expect((await fionaLooks()).code).toBe(4)

    expect(await bundle('activate')).toContain('Version 2 is in')
    await expect.poll(async () => (await fionaLooks()).code, { timeout: 15_000, interval: 500 }).toBe(0)
    expect(JSON.parse(await bundle('show', '--json'))).toMatchObject({
      version: 2,
      signed: ['mansel'],
      changes: expect.arrayContaining([{ part: 'groups', label: 'Devs: fiona', after: '' }]),
    })
  })

  it('is refused from a key that is no administrator’s', async () => {
    await bundle('propose')
    const fiona = join(company.data, 'keys', 'fiona')
    const refused = await company.foobot('bundle', 'sign', '--yes', '--key', fiona, '--data', company.data)
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toMatch(/^foobot: None of the keys at hand is an administrator's \(mansel\)/)
  })

  it('is put in force by one command while everything runs, from its difference to a look at it', async () => {
    const groups = join(company.data, 'company', 'groups.yaml')
    writeFileSync(groups, readFileSync(groups, 'utf8').replace('Devs: [jhand, fiona]', 'Devs: [jhand]'))
    const administrator = join(company.data, 'keys', 'mansel-administrator')
    const applied = await company.foobot('apply', '--yes', '--key', administrator)
    expect(applied.stderr).toBe('')
    expect(applied.stdout).toMatch(/^Version 3 of acme, after version 2:\n\ngroups\n {2}- Devs: fiona\n\n/)
    expect(applied.stdout).toMatch(/\nIt lives until \S+, and carries commands from sensitive up until \S+\.\n/)
    expect(applied.stdout).toContain('Version 3 is in')
    expect(applied.code).toBe(0)
    await expect.poll(async () => (await fionaLooks()).code, { timeout: 15_000, interval: 500 }).toBe(4)
  })

  it('is renewed by the same command where nothing has changed', async () => {
    const applied = await company.foobot('apply', '--yes')
    expect(applied.stdout.split('\n')[0]).toBe('Version 4 of acme renews version 3, and changes nothing else.')
    expect(applied.code).toBe(0)
    const ready = async () => (await fetch(`${company.url}/readyz`)).status
    await expect.poll(ready, { timeout: 15_000 }).toBe(200)
  })

  it('needs two administrators where the company says so: the second one signs what the first one signed', async () => {
    const file = join(company.data, 'company', 'company.yaml')
    const second = makeKeyFile(join(company.data, 'keys', 'bianca-administrator'), 'bianca, administrator')
    const before = readFileSync(file, 'utf8')
    writeFileSync(
      file,
      before
        .replace('threshold: 1', 'threshold: 2')
        .replace('  administrators:\n', `  administrators:\n    - person: bianca\n      key: ${second}\n`),
    )
    const applies = (person: string) =>
      company.foobot('apply', '--yes', '--key', join(company.data, 'keys', `${person}-administrator`))
    const first = await applies('mansel')
    expect(first.stdout).toContain('root\n  ~ threshold: 1 -> 2\n  + administrator bianca ')
    expect(first.stdout).toContain('Version 5 is not in force yet: bianca must sign it too.')
    expect(first.code).toBe(3)
    expect(JSON.parse(await bundle('show', '--json'))).toMatchObject({ version: 4 })

    const other = await applies('bianca')
    expect(other.stdout).toContain('Signed so far by mansel.')
    expect(other.stdout).toContain('Version 5 is in')
    expect(other.code).toBe(0)
    expect(JSON.parse(await bundle('show', '--json'))).toMatchObject({ version: 5, signed: ['mansel', 'bianca'] })
    await expect
      .poll(async () => (await company.say('jhand', 'devs', 'Foobot git status')).code, { timeout: 15_000 })
      .toBe(0)
  })

  it('is told one finding a line, and touches nothing, where something is wrong', async () => {
    const groups = join(company.data, 'company', 'groups.yaml')
    const before = readFileSync(groups, 'utf8')
    writeFileSync(groups, `${before}Night: [nobody, noone]\n`)
    const proposal = readFileSync(join(company.data, 'company', 'bundle.json'), 'utf8')
    const refused = await company.foobot('apply', '--yes')
    expect(refused.stdout).toBe('')
    expect(refused.stderr.trim().split('\n')).toEqual([
      expect.stringMatching(/^foobot: groups\.yaml:\d+: Night: there is no people\/nobody\.yaml: /),
      expect.stringMatching(/^foobot: groups\.yaml:\d+: Night: there is no people\/noone\.yaml: /),
    ])
    expect(refused.code).toBe(1)
    expect(readFileSync(join(company.data, 'company', 'bundle.json'), 'utf8')).toBe(proposal)
    writeFileSync(groups, before)
  })
})
