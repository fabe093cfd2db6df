import { createHmac, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signAddition, signRemoval, signToo } from '#client/key-change.ts'
import { readKeyFile } from '#client/key-file.ts'
import { makeKeyFile } from '#client/make-key.ts'
import type { Signer } from '#client/signer.ts'
import { keyAddKind } from '#core/bundle/key-change.ts'
import { passkeySigner, signedBy, type TestSigner } from '#core/signature/signer.fixture.ts'
import { inFives, spokenKey } from '#core/signature/spoken.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { foobot } from '../contract/cli.fixture.ts'
import { CanaryCompany } from './canary-company.fixture.ts'
import { Intruder, post } from './intruder.fixture.ts'

/** Somebody wants a key of their own to count as jhand's, and tries every way in which a key comes to a person. */

// DEFENCE src/core/bundle/key-signers.ts
// - return refuseChange(`a key of ${person} must sign it, or two people of ${vouchers} together`)
// + return [{ person, key: [...may.keys()][0] as Key, strength: 'software' }]

// DEFENCE src/client/key-change.ts
// - if (!timingSafeEqual(made, Buffer.from(mac, 'hex')))
// + if (made.length === 0)

// DEFENCE src/core/bundle/keys-in-force.ts
// - const most = by.some(({ strength }) => strength === 'software') ? 'software' : 'verified'
// + const most = 'verified' as const

// DEFENCE src/core/bundle/keys-in-force.ts
// - .filter(({ from }) => from === undefined || from <= now)

// DEFENCE src/engine/change-keys.ts
// - if (what === 'key-add') await tellPerson(way, person, addedText(way, change))
// - else if (change.wasHeld) await lose(way, change, before)
// + if (what !== 'key-add' && change.wasHeld) await lose(way, change, before)

// DEFENCE src/cli/key/vouch.ts
// - return asHeard(typed) === spokenKey(key)
// + return typed !== ''

// DEFENCE src/core/bundle/take-key-change.ts
// - const by = whoSays(person, proofs, may)
// - if (!company.people.has(person)) refuseChange(`${person} is nobody in this company`)
// + if (!company.people.has(person)) refuseChange(`${person} is nobody in this company`)
// + const by = whoSays(person, proofs, may)

// DEFENCE src/core/bundle/take-key-change.ts
// - const may = signersFor(company, person, envelope)
// + if (ownerOfKey(company, changes, key) !== person) refuseChange(`this key is not ${person}’s`)
// + const may = signersFor(company, person, envelope)

const desk = 'http://desk.localhost:8081'
const biancaPasskey = passkeySigner(desk)

let company: CanaryCompany
let jhand: Intruder
beforeAll(async () => {
  company = await CanaryCompany.open({
    keys: { bianca: [biancaPasskey.key] },
    groups: { Devs: ['jhand', 'mansel'], Backend: ['bianca', 'dora'], DBA: ['dora'], People: ['dora', 'steve'] },
    company: { desks: { [desk]: { tier: 'critical', files: {} } } },
  })
  jhand = await company.dial('jhand')
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

const owner = () => ({ deployment: 'canary', person: 'jhand', now: Math.floor(Date.now() / 1000) })
const sshKey = (name: string): Signer => {
  const file = join(company.data, name)
  makeKeyFile(file, name)
  const { signer } = readKeyFile(file)
  if (!signer) throw new Error('no key')
  return signer
}
/** A test's key as clients hold one. */
const asClient = (signer: TestSigner): Signer => ({
  key: signer.key,
  place: 'test',
  sign: async (kind, body) => Buffer.from(signer.sign(kind, body).sig).toString('base64'),
})
const additionOf = async (key: Signer, ...by: readonly Signer[]): Promise<Envelope> => {
  let envelope = await signAddition(key, owner())
  for (const signer of by) envelope = await signToo(envelope, signer)
  return envelope
}
const handed = (envelope: Envelope) => [() => post(company.url, envelope), () => jhand.present(envelope)]
const keysOfJhand = async () => (await jhand.connection.keys('jhand')).map(({ key }) => key)

describe('an intruder with jhand’s session', () => {
  it('adds no key that none of jhand’s keys signed for', async () => {
    const mine = sshKey('mine')
    for (const by of [[], ['eve'], ['bianca'], ['dora'], ['eve', 'bianca']])
      for (const hand of handed(await additionOf(mine, ...by.map((one) => company.signerOf(one)))))
        expect(await hand()).toMatchObject({
          accepted: false,
          say: expect.stringContaining('a key of jhand must sign it'),
        })
    expect(await letsIn('jhand', mine)).toBe(false)
    expect(await keysOfJhand()).toEqual([company.signerOf('jhand').key])
    expect((await company.events()).filter(({ what }) => what === 'key-refused')).toHaveLength(10)
  })
})

describe('a stranger who proves nothing', () => {
  it('learns neither who is of the company nor whose a key is', async () => {
    const mine = sshKey('a stranger’s')
    const at = Math.floor(Date.now() / 1000)
    const answers = async (person: string, of: string) => {
      const about = { deployment: 'canary', person, now: at }
      const wanted = company.signerOf(of).key
      const said = [
        await post(company.url, await signAddition(mine, about)),
        await post(company.url, await signRemoval(wanted, mine, about)),
      ]
      return said.map(({ say }) => say.replaceAll(person, 'X'))
    }
    const one = await answers('dora', 'dora')
    expect(await answers('dora', 'steve')).toEqual(one)
    expect(await answers('dora', 'bundle')).toEqual(one)
    expect(await answers('nobody', 'dora')).toEqual(one)
  })
})

describe('a key that is swapped on its way from the desk to the terminal', () => {
  it('is not signed for: only the page that the link led to knows its secret', async () => {
    const mallory = passkeySigner(desk)
    const { deployment, person, now } = owner()
    const envelope = signedBy(keyAddKind, { v: 2, deployment, person, key: mallory.key, iat: now }, mallory)
    const { digest } = readEnvelope(keyAddKind, envelope)
    const mac = createHmac('sha256', randomBytes(16)).update(Buffer.from(digest, 'hex')).digest('hex')
    const text = Buffer.from(JSON.stringify({ envelope, mac })).toString('base64url')
    const at = ['--server', company.url, '--data', company.data]
    const { exit, err } = await foobot(['key', 'add', '--as', 'jhand', ...at], { input: `${text}\n` })
    expect({ exit, err }).toEqual({ exit: 4, err: expect.stringContaining('it was made for another link') })
    expect(await keysOfJhand()).not.toContain(mallory.key)
  })

  it('is not looked for on a page that nobody of the company has named', async () => {
    const at = ['--server', company.url, '--data', company.data, '--desk', 'http://desk.localhost.evil.example']
    const { exit, out, err } = await foobot(['key', 'add', '--as', 'jhand', ...at])
    expect({ exit, out }).toEqual({ exit: 2, out: '' })
    expect(err).toContain('is no desk of canary')
  })
})

describe('a stolen weak key', () => {
  it('adds a strong one, which is worth no more', async () => {
    const strong = passkeySigner(desk)
    const added = await post(company.url, await additionOf(asClient(strong), company.signerOf('jhand')))
    expect(added).toMatchObject({ accepted: true, say: expect.stringContaining('as a software key') })
    const asked = await jhand.say('Foobot grant eve root -reason=why')
    const waits = asked.state === 'pending' ? await jhand.fetch(asked.code) : undefined
    if (waits) {
      await jhand.present(await company.yes(waits, {}, asClient(strong)))
      const role = { person: 'bianca', as: 'approver', group: 'Backend' } as const
      await post(company.url, await company.yes(waits, role, asClient(biancaPasskey)))
      await jhand.ended(asked.id)
    }
    expect(company.sung).toEqual([])
    expect(asked).toMatchObject({ state: 'refused', text: expect.stringContaining('it takes a verified one') })
  })
})

describe('two colleagues who vouch for a key of their own', () => {
  it('are told of to jhand, who has a day to remove it, in which it opens nothing', async () => {
    const theirs = sshKey('theirs')
    await jhand.connection.join('@jhand', 0)
    const vouched = await additionOf(theirs, company.signerOf('dora'), company.signerOf('steve'))
    expect(await post(company.url, vouched)).toMatchObject({ accepted: true })
    expect(await letsIn('jhand', theirs)).toBe(false)
    const { code } = await jhand.say('Foobot upgrade AcmeOps to Pro')
    const yes = await company.yes(await jhand.fetch(code), {}, theirs)
    for (const hand of handed(yes)) expect(await hand()).toMatchObject({ accepted: false })
    expect(company.sung).toEqual([])
    const told = jhand.frames.flatMap((frame) =>
      frame.type === 'message' && frame.chat.room === '@jhand' ? [frame.chat.text] : [],
    )
    expect(told).toEqual([
      expect.stringMatching(/^A key was added for you: .*dora and steve have vouched for it\. If you did not want/),
    ])
    expect(await keysOfJhand()).toContain(theirs.key)
    await post(company.url, await signRemoval(theirs.key, company.signerOf('jhand'), owner()))
    expect(await keysOfJhand()).not.toContain(theirs.key)
  })

  it('do not where one of them is shown another key than the one that jhand reads out', async () => {
    const [honest, swapped] = [sshKey('honest'), sshKey('swapped')]
    const file = join(company.data, 'key-of-jhand.json')
    const at = ['--server', company.url, '--data', company.data]
    const made = await foobot([
      'key',
      'add',
      '--as',
      'jhand',
      '--lost',
      '--out',
      file,
      ...at,
      '--new-key',
      join(company.data, 'swapped'),
    ])
    expect(made).toMatchObject({ exit: 0, out: expect.stringContaining(inFives(spokenKey(swapped.key))) })
    const before = readFileSync(file, 'utf8')
    const vouching = await foobot(['key', 'vouch', file, '--as', 'dora', ...at], {
      input: `${spokenKey(honest.key)}\n`,
    })
    expect(vouching).toMatchObject({ exit: 4, err: expect.stringContaining('nothing was signed') })
    expect(readFileSync(file, 'utf8')).toBe(before)
  })
})
