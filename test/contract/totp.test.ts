import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { URI } from 'otpauth'
import { afterAll, describe, expect, it } from 'vitest'
import { makeMachineKey, readMachineKey } from '#config/machine-key.ts'
import { Totp } from '#factors/totp/totp.ts'
import { attestingFactorSuite, type OpenedFactor, seen } from './attesting-factor.suite.ts'

const folder = mkdtempSync(join(tmpdir(), 'foobot-totp-'))
afterAll(() => rmSync(folder, { recursive: true }))
let count = 0

const step = 30_000

/** Steve's app, and a clock that the test moves. */
const open = async (): Promise<
  OpenedFactor & { readonly totp: Totp; readonly file: string; codeNow(): string; wait(ms: number): void }
> => {
  const file = join(folder, `secrets-${++count}.json`)
  const keyFile = join(folder, `key-${count}`)
  makeMachineKey(keyFile)
  const key = readMachineKey(keyFile)
  let now = 1_800_000_000_000
  const again = () => new Totp({ key, secrets: file, clock: () => now })
  const totp = again()
  const app = URI.parse(await totp.enrol('steve', 'Acme'))
  const codeNow = (): string => app.generate({ timestamp: now })
  expect(await totp.confirm('steve', codeNow())).toBeUndefined()
  const opened = (one: Totp) => ({
    factor: one,
    totp: one,
    file,
    key: key.key,
    person: 'steve',
    goodAnswer: async () => {
      now += step
      return codeNow()
    },
    wrongAnswer: 'wrong1',
    codeNow,
    wait: (ms: number) => {
      now += ms
    },
    reopen: async () => opened(again()),
  })
  return opened(totp)
}

attestingFactorSuite('one-time codes', open)

describe('one-time codes', () => {
  it('lie in a file that is their user’s alone', async () => {
    const { file, reopen } = await open()
    expect(statSync(file).mode & 0o777).toBe(0o600)
    chmodSync(file, 0o644)
    await expect(reopen()).rejects.toMatchObject({ code: 'machine-key' })
  })

  it('count one step before and after, and none that is older than one that counted', async () => {
    const { factor, codeNow, wait } = await open()
    wait(2 * step)
    const early = codeNow()
    wait(step)
    const late = codeNow()
    expect(await factor.attest(seen('steve'), late)).toMatchObject({ attested: true })
    expect(await factor.attest(seen('steve'), early)).toMatchObject({ attested: false, why: 'used' })
    wait(step)
    const missed = codeNow()
    wait(2 * step)
    expect(await factor.attest(seen('steve'), missed)).toMatchObject({ attested: false, why: 'wrong' })
  })

  it('lock after ten wrong ones, whatever comes then, until new ones are set up', async () => {
    const opened = await open()
    const { factor, goodAnswer, totp, codeNow } = opened
    for (let n = 0; n < 10; n++) {
      expect(await factor.attest(seen('steve'), 'wrong1')).toMatchObject({ attested: false, why: 'wrong' })
    }
    expect(await factor.attest(seen('steve'), await goodAnswer())).toMatchObject({ attested: false, why: 'locked' })
    const again = await opened.reopen()
    expect(await again.factor.attest(seen('steve'), codeNow())).toMatchObject({ attested: false, why: 'locked' })
    const app = URI.parse(await totp.enrol('steve', 'Acme'))
    opened.wait(step)
    const now = 1_800_000_000_000 + 2 * step
    expect(await totp.confirm('steve', app.generate({ timestamp: now }))).toBeUndefined()
    opened.wait(step)
    expect(await factor.attest(seen('steve'), app.generate({ timestamp: now + step }))).toMatchObject({
      attested: true,
    })
  })

  it('are counted as wrong in a room too', async () => {
    const { factor, goodAnswer } = await open()
    for (let n = 0; n < 10; n++) await factor.burn('steve', 'wrong1')
    expect(await factor.attest(seen('steve'), await goodAnswer())).toMatchObject({ why: 'locked' })
  })

  it('stay what they were until a new secret is confirmed', async () => {
    const { totp, factor, goodAnswer } = await open()
    await totp.enrol('steve', 'Acme')
    expect(await totp.confirm('steve', 'wrong1')).toContain('not the code')
    expect(await factor.attest(seen('steve'), await goodAnswer())).toMatchObject({ attested: true })
  })
})
