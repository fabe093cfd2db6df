import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeNote } from '#core/log/make-note.ts'
import { machineSigner, sshSigner } from '#core/signature/signer.fixture.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { Claims, digestOfEnvelope } from './claims.ts'

const now = 1_800_000_000
const store = 'ab'.repeat(16)
const idOf = (n: number): string => n.toString(16).padStart(32, '0')
const digestOf = (n: number): string => n.toString(16).padStart(64, '0')
const claimOf = (n: number, exp = now + 300) => ({
  request: idOf(n),
  at: now,
  exp,
  statement: digestOf(n),
  warrant: digestOf(n + 1_000_000),
})
const envelopeOf = (n: number): Envelope => ({
  payloadType: 'application/vnd.foobot.receipts.v2+json',
  payload: Buffer.from(`{"n":${n}}`).toString('base64'),
  signatures: [{ keyid: '', sig: 'AAAA' }],
})

let folder: string
let path: string
const open = (at = now): Promise<Claims> => Claims.open(folder, at, () => store)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'claims-'))
  path = join(folder, 'claims.jsonl')
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('a claim', () => {
  it('is made once, and outlives a restart', async () => {
    const first = await open()
    await first.claim(claimOf(1))
    expect(first.claim(claimOf(1))).toBeUndefined()
    await first.close()
    const second = await open()
    expect(second.claim(claimOf(1))).toBeUndefined()
    expect(second.find(idOf(1))?.claim).toEqual(claimOf(1))
    expect(second.store).toBe(store)
    await second.close()
  })

  it('is taken from the moment it is asked for, before it is durable', async () => {
    const claims = await open()
    const made = [claims.claim(claimOf(1)), claims.claim(claimOf(1))]
    expect(made[0]).toBeInstanceOf(Promise)
    expect(made[1]).toBeUndefined()
    await made[0]
    await claims.close()
  })

  it('is on disk once its promise resolves, and a batch in one piece', async () => {
    const claims = await open()
    await Promise.all([1, 2, 3].map((n) => claims.claim(claimOf(n))))
    const text = readFileSync(path, 'utf8')
    for (const n of [1, 2, 3]) expect(text).toContain(idOf(n))
    await claims.close()
  })

  it('is told to the server until its receipt is recorded', async () => {
    const claims = await open()
    for (const n of [1, 2, 3, 4]) await claims.claim(claimOf(n))
    await claims.keep(envelopeOf(1), [digestOf(3)])
    await claims.keep(envelopeOf(2), [digestOf(4)])
    await claims.recorded([digestOfEnvelope(envelopeOf(2))])
    await claims.close()
    const again = await open()
    expect(again.announced((request) => request === idOf(1))).toEqual([
      { request: idOf(1), state: 'alive' },
      { request: idOf(2), state: 'neither' },
      { request: idOf(3), state: 'receipt' },
    ])
    expect(again.unrecorded()).toEqual([envelopeOf(1)])
    await again.recorded([digestOfEnvelope(envelopeOf(1))])
    expect(again.unrecorded()).toEqual([])
    await again.close()
  })

  it('that cancels what has not come yet is no claim that a server waits for', async () => {
    const claims = await open()
    await claims.claim({ request: idOf(1), at: now, exp: now + 60, cancelled: true })
    expect(claims.announced(() => false)).toEqual([])
    expect(claims.claim(claimOf(1))).toBeUndefined()
    await claims.close()
  })
})

describe('the file', () => {
  it('keeps checkpoint and bundle', async () => {
    const claims = await open()
    const root = Buffer.from(digestOf(7), 'hex')
    const note = makeNote('acme/log', 7, root, { key: machineSigner().key, sign: () => Buffer.alloc(64) })
    await claims.accept(note)
    await claims.hold({ version: 3, digest: digestOf(3) })
    await claims.close()
    const again = await open()
    expect(again.note).toBe(note)
    expect(again.head).toMatchObject({ size: 7, root })
    expect(again.bundle).toEqual({ version: 3, digest: digestOf(3) })
    await again.close()
  })

  it('is one process’s at a time, and free again after', async () => {
    const claims = await open()
    await expect(open()).rejects.toMatchObject({ code: 'runner-folder-in-use' })
    await claims.close()
    await (await open()).close()
  })

  it('made anew knows nothing of statements older than itself', async () => {
    const claims = await open()
    await claims.close()
    rmSync(path)
    const fresh = await open(now + 100)
    expect(fresh.created).toBe(now + 101)
    await fresh.close()
    const later = await open(now + 200)
    expect(later.created).toBe(now + 101)
    await later.close()
  })

  it('is cut where its last record was not written to the end, at whatever byte', async () => {
    const claims = await open()
    await claims.claim(claimOf(1))
    const before = statSync(path).size
    await claims.claim(claimOf(2))
    await claims.close()
    const whole = readFileSync(path)
    for (let size = before; size < whole.length; size++) {
      writeFileSync(path, whole.subarray(0, size))
      const torn = await open()
      expect(torn.find(idOf(1))).toBeDefined()
      expect(torn.find(idOf(2))).toBeUndefined()
      await torn.claim(claimOf(3))
      await torn.close()
      const again = await open()
      expect([1, 2, 3].map((n) => again.find(idOf(n)) !== undefined)).toEqual([true, false, true])
      await again.close()
    }
  })

  it('with any byte changed in any whole record refuses to start', async () => {
    const claims = await open()
    for (const n of [1, 2, 3]) await claims.claim(claimOf(n))
    await claims.close()
    const whole = readFileSync(path)
    for (let at = 0; at < whole.length - 1; at++) {
      const bytes = Buffer.from(whole)
      bytes[at] = (bytes[at] ?? 0) ^ 1
      writeFileSync(path, bytes)
      await expect(open()).rejects.toMatchObject({ code: 'claims-damaged' })
    }
  })

  it('with a line taken out, or nothing left, refuses to start', async () => {
    const claims = await open()
    for (const n of [1, 2, 3]) await claims.claim(claimOf(n))
    await claims.close()
    const lines = readFileSync(path, 'utf8').split('\n')
    writeFileSync(path, lines.filter((_, index) => index !== 2).join('\n'))
    await expect(open()).rejects.toThrow(/line 3/)
    truncateSync(path, 0)
    await expect(open()).rejects.toMatchObject({ code: 'claims-damaged', say: expect.stringContaining('runner reset') })
  })

  it('with a record of a later version refuses to start', async () => {
    await (await open()).close()
    const check = (await import('node:crypto')).createHash('sha256')
    const last = readFileSync(path, 'utf8').trimEnd().split('\n').at(-1)?.slice(0, 16) ?? ''
    const text = '{"future":1}'
    appendFileSync(path, `${check.update(last).update(text).digest('hex').slice(0, 16)} ${text}\n`)
    await expect(open()).rejects.toMatchObject({ code: 'claims-damaged' })
  })

  it('is compacted when it grows, and forgets claims a day after they expired, but no receipt', async () => {
    const claims = await open()
    await claims.claim(claimOf(1, now - 1000))
    await claims.claim(claimOf(2, now - 1000))
    await claims.keep(envelopeOf(2), [digestOf(2)])
    await claims.claim(claimOf(3, now + 48 * 3600))
    claims.saw(now + 24 * 3600)
    await Promise.all(Array.from({ length: 60 }, (_, n) => claims.keep(bulky(n), [digestOf(100 + n)])))
    await claims.recorded(Array.from({ length: 60 }, (_, n) => digestOfEnvelope(bulky(n))))
    await claims.claim(claimOf(4, now + 48 * 3600))
    expect(statSync(path).size).toBeLessThan(8192)
    await claims.close()
    const again = await open(now + 24 * 3600)
    expect([1, 2, 3, 4].map((n) => again.find(idOf(n)) !== undefined)).toEqual([false, true, true, true])
    expect(again.unrecorded()).toEqual([envelopeOf(2)])
    expect(again.announced(() => false).map(({ state }) => state)).toEqual(['receipt', 'neither', 'neither'])
    await again.close()
  })

  it('keeps key changes over restarts and when it is compacted', async () => {
    const claims = await open()
    const keyChange = {
      envelope: envelopeOf(7),
      storedAt: now,
      by: [{ person: 'mansel', key: sshSigner().key, strength: 'software' as const }],
    }
    await claims.keepKeyChange(keyChange)
    await claims.close()
    const again = await open()
    expect(again.keyChanges).toEqual([keyChange])
    await Promise.all(Array.from({ length: 60 }, (_, n) => again.keep(bulky(n), [digestOf(100 + n)])))
    await again.recorded(Array.from({ length: 60 }, (_, n) => digestOfEnvelope(bulky(n))))
    await again.claim(claimOf(1))
    expect(statSync(path).size).toBeLessThan(8192)
    await again.close()
    const last = await open()
    expect(last.keyChanges).toEqual([keyChange])
    await last.close()
  })

  it('keeps deliveries of webhooks until their own time refuses them, over restarts and when it is compacted', async () => {
    let claims = await open()
    await claims.hear({ heard: digestOf(1), until: now + 60 })
    await claims.hear({ heard: digestOf(2) })
    expect(claims.hear({ heard: digestOf(1), until: now + 60 })).toBeUndefined()
    await claims.close()
    claims = await open()
    for (const n of [1, 2]) expect(claims.hear({ heard: digestOf(n) })).toBeUndefined()
    claims.saw(now + 61)
    await Promise.all(Array.from({ length: 60 }, (_, n) => claims.keep(bulky(n), [digestOf(100 + n)])))
    await claims.recorded(Array.from({ length: 60 }, (_, n) => digestOfEnvelope(bulky(n))))
    await claims.hear({ heard: digestOf(3) })
    expect(statSync(path).size).toBeLessThan(8192)
    await claims.close()
    claims = await open()
    for (const n of [2, 3]) expect(claims.hear({ heard: digestOf(n) })).toBeUndefined()
    expect(claims.hear({ heard: digestOf(1), until: now + 60 })).toBeInstanceOf(Promise)
    await claims.close()
  })

  it('that cannot be written refuses from then on', async () => {
    const claims = await open()
    await claims.close()
    await expect(claims.claim(claimOf(1))).rejects.toThrow(/closed/)
    await expect(claims.claim(claimOf(2))).rejects.toThrow(/closed/)
  })
})

const bulky = (n: number): Envelope => ({ ...envelopeOf(n), payload: Buffer.alloc(60 * 1024, n).toString('base64') })

describe('the highest time seen', () => {
  it('outlives a restart: a clock set back is told', async () => {
    const claims = await open()
    expect(claims.behind(now + 1000)).toBeUndefined()
    claims.saw(now + 1000)
    expect(claims.behind(now + 970)).toBeUndefined()
    expect(claims.behind(now + 969)).toBe(31)
    await claims.tick()
    await claims.close()
    const again = await open(now)
    expect(again.behind(now)).toBe(1000)
    expect(again.behind(now + 970)).toBeUndefined()
    await again.close()
  })

  it('is written with every claim', async () => {
    const claims = await open()
    claims.saw(now + 500)
    await claims.claim(claimOf(1))
    await claims.close()
    const again = await open(now)
    expect(again.behind(now)).toBe(500)
    await again.close()
  })
})
