import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signAddition, signRemoval, signToo } from '#client/key-change.ts'
import { readKeyFile } from '#client/key-file.ts'
import { makeKeyFile } from '#client/make-key.ts'
import type { Signer } from '#client/signer.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { foobot } from '../contract/cli.fixture.ts'
import { Terminal } from '../contract/terminal.fixture.ts'
import { CanaryCompany } from './canary-company.fixture.ts'
import { type Intruder, post } from './intruder.fixture.ts'

/** The thief of a key, at every door of a running company; its owner, two colleagues and an administrator at the terminal. */

// DEFENCE src/core/bundle/take-key-change.ts
// - const heard = new Map([...may].filter(([key, person]) => mayRemove(company, changes, { person, key })))
// + const heard = may

// DEFENCE src/engine/change-keys.ts
// - if (what === 'key-remove' && ownerOfKey(way.rules.company, before, key) === undefined)
// - refuseChange(`${person} has no such key, so there is nothing to remove`)

// DEFENCE src/engine/readiness.ts
// - const why = part.ok && admitted ? keyDifference(way, admitted.connection) : undefined
// + const why = undefined

// DEFENCE src/cli/key/remove.ts
// - if (exit === exits.done) printAside(...stolenNext(key, person))

const folder = mkdtempSync(join(tmpdir(), 'foobot-stolen-'))
const keyIn = (name: string): Signer => {
  makeKeyFile(join(folder, name), name)
  const { signer } = readKeyFile(join(folder, name))
  if (!signer) throw new Error('no key')
  return signer
}
const stolen = keyIn('stolen')
const laptop = keyIn('laptop')

let company: CanaryCompany
let eve: Intruder
beforeAll(async () => {
  company = await CanaryCompany.open({
    keys: { jhand: [stolen.key], mansel: [laptop.key] },
    groups: { Devs: ['jhand', 'mansel'], Backend: ['bianca'], DBA: ['dora'], People: ['dora', 'steve', 'root'] },
  })
  eve = await company.dial('eve')
})
afterAll(async () => {
  await company.end()
  rmSync(folder, { recursive: true })
})

const owner = (person: string) => ({ deployment: 'canary', person, now: Math.floor(Date.now() / 1000) })
const removal = async (person: string, { key }: Signer, [first, ...more]: readonly [Signer, ...Signer[]]) => {
  let envelope = await signRemoval(key, first, owner(person))
  for (const signer of more) envelope = await signToo(envelope, signer)
  return envelope
}
const colleagues = (): readonly [Signer, Signer] => [company.signerOf('dora'), company.signerOf('steve')]
const config = () => join(company.data, 'runners', 'tested', 'runner.yaml')
const accept = async (envelope: Envelope) => {
  const file = join(folder, 'handed.json')
  writeFileSync(file, JSON.stringify(envelope))
  const { exit, out, err } = await foobot(['runner', 'accept', file, '--config', config()])
  return { accepted: exit === 0, say: out + err }
}
const doors = () => [
  (envelope: Envelope) => post(company.url, envelope),
  (envelope: Envelope) => eve.present(envelope),
  accept,
]
const removals = async () => (await company.events()).filter(({ what }) => what === 'key-remove').length
const at = () => ['--server', company.url, '--data', company.data]

/** Signs in a terminal what a colleague handed over. */
const vouches = async (person: string, file: string, said: RegExp): Promise<void> => {
  const terminal = await Terminal.open(
    { folder: company.data, http: company },
    { columns: 240, command: `key vouch '${file}'`, person, flags: `--key '${company.keyFile(person)}'` },
  )
  try {
    await terminal.enter((await terminal.question()).digits)
    expect(await terminal.until('left with')).toMatch(said)
  } finally {
    await terminal.close()
  }
}

/** Whether a command that owes a person's signature runs on this key's. */
const runsBy = async (person: string, signer: Signer, branch: string): Promise<boolean> => {
  const asker = await company.dial(person)
  const { id, code } = await asker.say(`Foobot migrate ${branch}`)
  const bytes = await asker.fetch(code)
  await asker.present(await company.yes(bytes, { person }, signer))
  return (await asker.ended(id)).state === 'done'
}

it('made-up keys are removed at no door of the server, and leave no trace that lasts', async () => {
  for (let n = 0; n < 10; n++) {
    const envelope = await removal('jhand', keyIn(`made up ${n}`), [stolen])
    for (const hand of doors().slice(0, 2))
      expect(await hand(envelope)).toMatchObject({
        accepted: false,
        say: expect.stringContaining('jhand has no such key, so there is nothing to remove'),
      })
  }
  expect(await removals()).toBe(0)
})

it('a key that two colleagues removed removes nothing at any door', async () => {
  const jhand = company.signerOf('jhand')
  const planted = keyIn('planted')
  expect(await post(company.url, await signToo(await signAddition(planted, owner('jhand')), stolen))).toMatchObject({
    accepted: true,
  })
  expect(await post(company.url, await removal('jhand', stolen, colleagues()))).toMatchObject({
    accepted: true,
    say: expect.stringContaining('Nothing that it signs is taken any more.'),
  })
  for (const thief of [stolen, planted])
    for (const hand of doors())
      expect(await hand(await removal('jhand', jhand, [thief]))).toMatchObject({
        accepted: false,
        say: expect.stringContaining('the key that signed it may remove none'),
      })
  expect(await removals()).toBe(1)
  expect(await runsBy('jhand', jhand, 'one')).toBe(true)
  expect(company.sung).toEqual(['migrate one'])
})

describe('at the terminal', () => {
  it('who removes a key hears that colleagues have to remove it, too; and when they have, it is silent', async () => {
    const mine = ['--as', 'mansel', '--key', company.keyFile('mansel'), '--yes', ...at()]
    const removed = await foobot(['key', 'remove', laptop.key, ...mine])
    expect(removed).toMatchObject({ exit: 0, out: expect.stringMatching(/^Removed for good: mansel's/) })
    expect(removed.err).toContain('can still remove your other keys')
    expect(removed.err).toContain(`foobot key remove "${laptop.key}" --of mansel --as THEIR-NAME`)
    const file = join(folder, 'removed-key-of-mansel.json')
    const dora = ['--as', 'dora', '--key', company.keyFile('dora'), ...at()]
    expect((await foobot(['key', 'remove', laptop.key, '--of', 'mansel', '--yes', '--out', file, ...dora])).exit).toBe(
      0,
    )
    await vouches('steve', file, /It did not count any more, .* Nothing that it signs is taken any more\./)
    const attempt = await removal('mansel', company.signerOf('mansel'), [laptop])
    for (const hand of doors()) expect(await hand(attempt)).toMatchObject({ accepted: false })
    expect(await runsBy('mansel', company.signerOf('mansel'), 'two')).toBe(true)
  })

  it('a runner that was told otherwise than the server is named', async () => {
    const doctor = async () => (await foobot(['doctor', ...at()])).out
    expect(await doctor()).not.toContain('runner tested: ')
    const dora = company.signerOf('dora')
    expect(
      await accept(await removal('dora', dora, [company.signerOf('steve'), company.signerOf('root')])),
    ).toMatchObject({
      accepted: true,
    })
    const differing = /warn +server +runner tested: it keeps 1 key change that nobody handed to this server/
    await expect.poll(doctor, { timeout: 15_000 }).toMatch(differing)
  })
})
