import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Company, startCompany } from './company.ts'

/** The developers' conversation of the slides, against the real processes and real repositories. */
describe('committing and pushing in the room', () => {
  let company: Company
  beforeAll(async () => {
    company = await startCompany()
  })
  afterAll(() => company.stop())

  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', join(company.data, 'work', 'devs'), ...args], { encoding: 'utf8' }).trim()

  it('refuses fiona without a hint, and shows her nothing of it', async () => {
    const refused = await company.say('fiona', 'everyone', 'Foobot push')
    const unknown = await company.say('fiona', 'everyone', 'Foobot fly to the moon')
    expect(refused.code).toBe(4)
    expect(refused.stdout).toContain('I do not know that command, or it is not yours here.')
    expect(unknown).toEqual(refused)
    const help = await company.say('fiona', 'everyone', 'Foobot help')
    expect(help.code).toBe(0)
    expect(help.stdout).not.toMatch(/^ *(commit|push|git)\b/m)
  })

  it('hears nobody in a room that is not theirs', async () => {
    const { code, stderr } = await company.say('fiona', 'devs', 'Foobot push')
    expect(code).not.toBe(0)
    expect(stderr).toContain('that room')
  })

  it('commits what has changed, with git’s own words', async () => {
    const { code, stdout } = await company.say('jhand', 'devs', 'Foobot commit -am "bug (5563) fixed"')
    expect(stdout).toMatch(/\[master [0-9a-f]{7,}\] bug \(5563\) fixed/)
    expect(stdout).toMatch(/ 3 files changed, \d+ insertions?\(\+\), \d+ deletions?\(-\)/)
    expect(code).toBe(0)
    expect(git('log', '-1', '--format=%an')).toBe('Jason Hand')
    expect(git('log', '-1', '--format=%B')).toMatch(/^bug \(5563\) fixed\n\nFoobot-Request: [0-9A-F]{4}-[0-9A-F]{4}$/)
  })

  it('says what git says where there is nothing to commit, and fails', async () => {
    const { code, stdout } = await company.say('jhand', 'devs', 'Foobot commit -am "again"')
    expect(stdout).toContain('nothing to commit')
    expect(code).toBe(5)
  })

  it('pushes to the real remote', async () => {
    const { code, stdout } = await company.say('jhand', 'devs', 'Foobot push')
    expect(code).toBe(0)
    expect(stdout).toMatch(/master -> master/)
    expect(git('rev-parse', 'origin/master')).toBe(git('rev-parse', 'HEAD'))
  })

  it('leaves all of it in a log that verifies', async () => {
    const { code, stdout } = await company.foobot('log', 'verify')
    expect(stdout).toMatch(/\d+/)
    expect(code).toBe(0)
  })
})
