import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { URI } from 'otpauth'
import { makeMachineKey, readMachineKey } from '#config/machine-key.ts'
import type { Bundle } from '#core/bundle/company.ts'
import type { Tier } from '#core/tier.ts'
import { Totp } from '#factors/totp/totp.ts'
import { type Bench, bundleOf, company, makeBench } from './engine.harness.ts'

/** A company that takes one-time codes up to a tier, and jhand's app. */
export type WithCodes = {
  readonly bench: Bench
  readonly totp: Totp
  /** What the app shows now. */
  code(): string
  /** The app shows the next one. */
  next(): string
  end(): Promise<void>
}

const step = 30_000

export const openWithCodes = async (
  upTo: Tier = 'sensitive',
  more: Partial<Bundle['company']> = {},
): Promise<WithCodes> => {
  const folder = mkdtempSync(join(tmpdir(), 'foobot-codes-'))
  makeMachineKey(join(folder, 'key'))
  const key = readMachineKey(join(folder, 'key'))
  const attested = { factors: new Map([['totp', upTo]]), words: [] }
  const rooms = new Map([...company().rooms, ['security', { name: 'security', groups: ['Devs'], places: [] }]])
  const bench = await makeBench(bundleOf(1, { attested, rooms, attesting: new Map([['totp', key.key]]), ...more }))
  const totp = new Totp({ key, secrets: join(folder, 'secrets.json'), clock: () => bench.now })
  Object.assign(bench.way, { factors: { totp } })
  const app = URI.parse(await totp.enrol('jhand', 'Acme'))
  const code = (): string => app.generate({ timestamp: bench.now })
  await totp.confirm('jhand', code())
  bench.now += step
  return {
    bench,
    totp,
    code,
    next: () => {
      bench.now += step
      return code()
    },
    end: async () => {
      await bench.close()
      rmSync(folder, { recursive: true })
    },
  }
}

/** Said to Foobot alone. */
export const alone = {
  conversation: { platform: 'native', tenant: 'acme', room: '@jhand', direct: true },
} as const

/** What was answered last, text and footer's command. */
export const lastSaid = (bench: Bench): string => bench.replies.at(-1)?.reply.text ?? ''
