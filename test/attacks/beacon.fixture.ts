import { createHmac } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Bot, type Posted, testBot } from '../../src/testing.ts'

const secret = 'a-secret-that-only-the-beacon-and-its-runner-know'

/** A company whose beacon tells things by webhook, and a canary that counts what its handlers were given. */
export type Beacon = {
  readonly bot: Bot
  /** How often the handler of a path was called. */
  calls(path: string): number
  close(): Promise<void>
}

export const startBeacon = async (): Promise<Beacon> => {
  const folder = mkdtempSync(join(tmpdir(), 'beacon-'))
  const canary = join(folder, 'canary')
  const file = join(folder, 'secret')
  writeFileSync(file, secret, { mode: 0o600 })
  const bot = await testBot({
    plugin: join(import.meta.dirname, 'plugins', 'beacon'),
    config: { canary, secret: { file } },
    people: { jhand: ['Devs'] },
    webhooks: ['timed', 'untimed', 'shared', 'elsewhere'],
  })
  return {
    bot,
    calls: (path) =>
      existsSync(canary)
        ? readFileSync(canary, 'utf8')
            .split('\n')
            .filter((line) => line === path).length
        : 0,
    close: async () => {
      await bot.close()
      rmSync(folder, { recursive: true })
    },
  }
}

export const now = (): number => Math.floor(Date.now() / 1000)

const signature = (signed: string, key = secret): string =>
  `v1=${createHmac('sha256', key).update(signed).digest('hex')}`

/** As the beacon signs with a time. */
export const timed = (say: string, at = now(), key = secret): { body: string; headers: Record<string, string> } => {
  const body = JSON.stringify({ say })
  return { body, headers: { 'x-beacon-time': String(at), 'x-beacon-signature': signature(`${at}.${body}`, key) } }
}

/** As the beacon signs without one. */
export const untimed = (what: object): { body: string; headers: Record<string, string> } => {
  const body = JSON.stringify(what)
  return { body, headers: { 'x-beacon-signature': signature(body) } }
}

/** As the beacon shows its secret. */
export const shared = (body: string, shown = secret): Posted => ({ body, headers: { 'x-beacon-secret': shown } })
