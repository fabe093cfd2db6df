import { afterEach, beforeEach, expect, it } from 'vitest'
import { keyAddKind } from '#core/bundle/key-change.ts'
import { company, keyChangeOf, keyOf } from '../contract/engine.harness.ts'
import { openWithCodes, type WithCodes } from '../contract/totp.fixture.ts'

/**
 * Two colleagues have vouched for a key in jhand's name, which counts up to `sensitive`, and set up one-time codes with it,
 * which count for more here: codes must not carry a key above what it may.
 */

// DEFENCE src/engine/enrol.ts
// - if (!held || (held.upTo !== undefined && !isAtLeast(held.upTo, most)))
// + if (!held)

let codes: WithCodes
beforeEach(async () => {
  const groups = new Map([...company().groups, ['People', new Set(['fiona', 'dora'])]])
  codes = await openWithCodes('dangerous', { groups })
})
afterEach(() => codes.end())

it('it sets up none, and the key that the bundle lists does', async () => {
  const { bench } = codes
  const { doors } = bench.engine
  const theirs = keyOf('vouched for')
  const by = [theirs, keyOf('fiona'), keyOf('dora')]
  const envelope = await keyChangeOf(keyAddKind, 'jhand', theirs.key, by, bench.now)
  expect(await doors.present(envelope)).toMatchObject({ accepted: true })
  bench.now += 25 * 3_600_000
  const enrol = (key: string) => doors.enrol({ person: 'jhand', key }, { what: 'new-totp' })
  const refused = await enrol(theirs.key)
  expect(refused).toMatchObject({ accepted: false, say: expect.stringContaining('sign in with one that the bundle') })
  expect(refused.value).toBeUndefined()
  expect(await enrol(keyOf('jhand').key)).toMatchObject({ accepted: true })
})
