import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signAddition, signRemoval, signToo } from '#client/key-change.ts'
import { readKeyFile } from '#client/key-file.ts'
import { makeKeyFile } from '#client/make-key.ts'
import type { Signer } from '#client/signer.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { foobot } from '../contract/cli.fixture.ts'
import { CanaryCompany } from './canary-company.fixture.ts'
import { Intruder, post } from './intruder.fixture.ts'

/**
 * A key is stolen, or its owner has left, and it was removed: whoever holds it tries every door with it, the server
 * included, which may keep the removal back.
 */

// DEFENCE src/core/bundle/keys-in-force.ts
// - !changes.isRemoved(person, key) &&

// DEFENCE src/core/bundle/keys-in-force.ts
// - if (changes.isRemoved(person, key) || listed.includes(key)) return []

// DEFENCE src/engine/views.ts
// - keysOf: (person) => keysNow(way, person),
// + keysOf: (person) => [...(way.rules.company.people.get(person)?.keys ?? []), ...way.keyChanges.addedFor(person).map(({ key }) => key)],

// DEFENCE src/processes/server.ts
// - keyChanges: KeyChanges.of(await storage.records.keyChanges()),
// + keyChanges: KeyChanges.none,

// DEFENCE src/runner/handed-over.ts
// - await keys.take(envelope, bundle, this.#now())
// + if (kind === keyAddKind) await keys.take(envelope, bundle, this.#now())

// DEFENCE src/core/bundle/take-key-change.ts
// - if (kind !== keyAddKind && changes.isRemoved(value.person, value.key) && !silences(changes, value, by)) return changes

// DEFENCE src/engine/change-keys.ts
// - for (const platform of way.platforms.values()) platform.recheck()

let company: CanaryCompany
let mansel: Intruder
beforeAll(async () => {
  company = await CanaryCompany.open()
  mansel = await company.dial('mansel')
})
afterAll(() => company.end())

/** Whether a key opens the people's door. */
const letsIn = (person: string, signer: Signer): Promise<boolean> =>
  Intruder.dial(company.url, person, signer).then(
    (intruder) => {
      intruder.close()
      return true
    },
    () => false,
  )

const owner = (person: string) => ({ deployment: 'canary', person, now: Math.floor(Date.now() / 1000) })
const removal = (person: string, { key }: Signer, by: Signer): Promise<Envelope> => signRemoval(key, by, owner(person))
/** A second key of somebody's, as on a laptop that is stolen a moment later. */
const laptopOf = async (person: string): Promise<Signer> => {
  const file = join(company.data, `laptop of ${person}`)
  makeKeyFile(file, 'laptop')
  const { signer } = readKeyFile(file)
  if (!signer) throw new Error('no key')
  const addition = await signToo(await signAddition(signer, owner(person)), company.signerOf(person))
  expect(await post(company.url, addition)).toMatchObject({ accepted: true })
  return signer
}

/** @param role one that was not asked for yet: the same words, said again within a minute, are the same request */
const rebuilding = async (role: string) => {
  const { id, code } = await mansel.say(`Foobot rebuild svr-1827 role=${role}`)
  return { id, bytes: await mansel.fetch(code) }
}
const removals = async (person: string) =>
  (await company.events()).filter((event) => event.what === 'key-remove' && event.person === person).length
const approved = { as: 'approver', group: 'Backend' } as const

describe('a key that was removed', () => {
  it('signs nobody in, and whoever sits there with it is put out at once', async () => {
    const laptop = await laptopOf('jhand')
    const thief = await Intruder.dial(company.url, 'jhand', laptop)
    const session = thief.connection
    expect(await session.keys('jhand')).toHaveLength(2)
    expect(await post(company.url, await removal('jhand', laptop, company.signerOf('jhand')))).toMatchObject({
      accepted: true,
    })
    const putOut = () =>
      thief.frames.some((frame) => frame.type === 'problem' && frame.say.includes('no longer in force'))
    await expect.poll(putOut, { timeout: 5000 }).toBe(true)
    await expect(session.keys('jhand')).rejects.toThrow()
    expect(await letsIn('jhand', laptop)).toBe(false)
    expect(company.sung).toEqual([])
  })

  it('says no more yes: not later, and not if it did before', async () => {
    const laptop = await laptopOf('bianca')
    const { id, bytes } = await rebuilding('web')
    const yes = await company.yes(bytes, { person: 'bianca', ...approved }, laptop)
    expect(await post(company.url, yes)).toMatchObject({ accepted: true })
    expect(await post(company.url, await removal('bianca', laptop, company.signerOf('bianca')))).toMatchObject({
      accepted: true,
    })
    expect(mansel.answered(id).text).toContain('A key was removed, so the yes of bianca counts no more.')
    for (const hand of [() => post(company.url, yes), () => mansel.present(yes)])
      expect(await hand()).toMatchObject({ accepted: false })
    await mansel.present(await company.yes(bytes, { person: 'mansel' }))
    expect(company.sung).toEqual([])
    expect(await company.warrants()).toBe(0)
    expect((await company.events()).map(({ what }) => what)).toContain('consent-refused')
    await post(company.url, await company.yes(bytes, { person: 'dora', ...approved }))
    expect((await mansel.ended(id)).state).toBe('done')
    expect(company.sung).toEqual(['rebuild svr-1827 role=web'])
  })

  it('fills no disk with removals of itself', async () => {
    const laptop = await laptopOf('steve')
    const before = await removals('steve')
    for (let second = 0; second < 5; second++) {
      const { deployment, person, now } = owner('steve')
      const again = await signRemoval(laptop.key, laptop, { deployment, person, now: now - second })
      expect(await post(company.url, again)).toMatchObject({ accepted: true })
    }
    expect(await removals('steve')).toBe(before + 1)
  })

  it('is forgotten by no restart', async () => {
    const steve = company.signerOf('steve')
    await post(company.url, await removal('steve', steve, steve))
    await company.stop()
    await company.start()
    mansel = await company.dial('mansel')
    expect(await letsIn('steve', steve)).toBe(false)
  })

  it('removes no other key of its owner’s colleagues', async () => {
    for (const thief of [company.signerOf('eve'), await laptopOf('eve')]) {
      const attempt = await removal('mansel', company.signerOf('mansel'), thief)
      for (const hand of [() => post(company.url, attempt), () => mansel.present(attempt)])
        expect(await hand()).toMatchObject({ accepted: false })
    }
    expect((await company.events()).filter(({ what }) => what === 'key-refused')).toHaveLength(4)
    expect(await mansel.connection.keys('mansel')).toHaveLength(1)
  })

  it('is refused by a runner that was handed the removal, where the server keeps it back', async () => {
    const before = company.sung.length
    const dora = await laptopOf('dora')
    const out = join(company.data, 'removed.json')
    // The owner reaches no server that would take it.
    const away = ['--server', 'http://127.0.0.1:9', '--data', company.data, '--out', out]
    const signed = await foobot(['key', 'remove', dora.key, '--as', 'dora', '--yes', ...away])
    expect(signed).toMatchObject({ exit: 6, err: expect.stringContaining('Hand it to each runner') })
    const config = join(company.data, 'runners', 'tested', 'runner.yaml')
    expect((await foobot(['runner', 'accept', out, '--config', config])).exit).toBe(0)
    const { id, bytes } = await rebuilding('db')
    await mansel.present(await company.yes(bytes, { person: 'mansel' }))
    await post(company.url, await company.yes(bytes, { person: 'dora', ...approved }, dora))
    expect(await mansel.ended(id)).toMatchObject({ state: 'failed', text: expect.stringContaining('tested refused: ') })
    expect(company.sung).toHaveLength(before)
  })
})
