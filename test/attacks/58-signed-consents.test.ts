import { afterEach, beforeEach, expect, it } from 'vitest'
import { consentKind } from '#core/consent/consent.ts'
import { keys, peopleAndPlaces } from '#core/consent/people.fixture.ts'
import { securityKeySigner, type TestSigner } from '#core/signature/signer.fixture.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { type KindName, kinds } from '#core/statement/kind.ts'
import { biancaSays, ofTier, sorted, yes } from '#core/warrant/warrant.fixture.ts'
import { Server } from '#runner/server.fixture.ts'
import { ActingRunner } from './acting-runner.ts'

/** SSH signatures on consents, bent, at a runner that would act on them. */

// DEFENCE src/core/signature/sshsig.ts
// - reader.end()

// DEFENCE src/core/consent/check.ts
// - { name: 'strong', check: strong },

const [verifying, touching, untouched] = [securityKeySigner(5), securityKeySigner(1), securityKeySigner(4)]
const jhand = {
  id: 'jhand',
  name: 'Jason',
  accounts: [],
  keys: [keys.jhand, verifying, touching, untouched].map(({ key }) => key),
  hardware: new Set<never>(),
}

let runner: ActingRunner
beforeEach(async () => {
  runner = new ActingRunner({ people: new Map([...peopleAndPlaces.people, ['jhand', jhand]]) })
  await runner.start()
})
afterEach(() => runner.end())

const upgrade = (consent: (digest: string) => Envelope) =>
  new Server().consented(ofTier.sensitive, (digest) => [consent(digest)]).execute
const aclAdd = (signer: TestSigner) =>
  new Server().consented(ofTier.critical, (digest) =>
    sorted([yes(digest, signer), yes(digest, keys.biancaPasskey, biancaSays)]),
  ).execute

const bent = (digest: string, change: (sig: Buffer) => Uint8Array): Envelope => {
  const body = Buffer.from(yes(digest).payload, 'base64')
  const { keyid, sig } = keys.jhand.sign(consentKind, body)
  return sealEnvelope(consentKind, body, [{ keyid, sig: change(Buffer.from(sig)) }])
}

it.each<[string, (digest: string) => Envelope]>([
  ['a byte behind', (digest) => bent(digest, (sig) => Buffer.concat([sig, Buffer.alloc(1)]))],
  ['a byte less', (digest) => bent(digest, (sig) => sig.subarray(0, -1))],
  ['the blob of another format', (digest) => bent(digest, () => Buffer.alloc(64, 1))],
  ['the last byte of the signature changed', (digest) => bent(digest, (sig) => flipped(sig, sig.length - 1))],
  ['a security key that nobody touched', (digest) => yes(digest, untouched)],
])('%s is refused', async (_name, forged) => {
  expect(await runner.execute(upgrade(forged))).toMatchObject({ outcome: 'refused', refusal: { step: 'consents' } })
  expect(runner.runs).toBe(0)
})

it('a touched security key counts, and as verified only where it knew its owner', async () => {
  expect((await runner.execute(upgrade((digest) => yes(digest, touching))))?.outcome).toBe('done')
  const other = new ActingRunner({ people: new Map([...peopleAndPlaces.people, ['jhand', jhand]]) })
  await other.start()
  expect(await other.execute(aclAdd(touching))).toMatchObject({ outcome: 'refused', refusal: { step: 'consents' } })
  expect(other.runs).toBe(0)
  await other.end()
})

it('one that knew its owner reaches critical', async () => {
  expect((await runner.execute(aclAdd(verifying)))?.outcome).toBe('done')
})

it.each(kinds.filter((name) => name !== 'consent'))('the namespace of a %s is refused', async (name: KindName) => {
  const { pae, ...rest } = consentKind
  const forged = (digest: string): Envelope => {
    const body = Buffer.from(yes(digest).payload, 'base64')
    return sealEnvelope(consentKind, body, [keys.jhand.sign({ ...rest, pae, name }, body)])
  }
  expect(await runner.execute(upgrade(forged))).toMatchObject({ outcome: 'refused', refusal: { step: 'consents' } })
  expect(runner.runs).toBe(0)
})

const flipped = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy.writeUInt8(copy.readUInt8(at) ^ 1, at)
  return copy
}
