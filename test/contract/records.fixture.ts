import { createHash } from 'node:crypto'
import { type KeptKeyChange, keyRemoveKind } from '#core/bundle/key-change.ts'
import { eventKind } from '#core/log/event.ts'
import { signedBy, sshSigner } from '#core/signature/signer.fixture.ts'
import { warrantKind } from '#core/warrant/warrant.ts'
import type { Request } from '#engine/request/request.ts'
import type { State } from '#engine/request/states.ts'
import type { Change, Leaf } from '#engine/store.ts'

export const idOf = (n: number): string => n.toString(16).padStart(32, '0')
export const digestOf = (n: number): string => createHash('sha256').update(`statement ${n}`).digest('hex')

/** Request number n, as it is first stored. */
export const newRequest = (n: number, changed: Partial<Request> = {}): Request => ({
  id: idOf(n),
  state: 'pending',
  generation: 1,
  conversation: { platform: 'native', tenant: 'acme', room: 'devs' },
  account: { tenant: 'acme', id: 'jhand' },
  message: `m-${n}`,
  said: idOf(n),
  person: 'jhand',
  command: 'push',
  runner: 'development',
  tier: 'member',
  text: 'push',
  createdAt: 1_767_225_600_000 + n,
  stated: {
    statement: Buffer.from(`statement ${n}`),
    digest: digestOf(n),
    code: '7F3A-92C1',
    iat: 1_767_225_600,
    exp: 1_767_225_900,
    bundle: 1,
    resource: 'WorkingCopy:devs',
  },
  ...changed,
})

/** A warrant's exact bytes, for request n. */
export const warrantOf = (n: number): Uint8Array =>
  warrantKind.encode({
    v: 2,
    deployment: 'acme',
    runner: 'development',
    bundle: { version: 1, digest: digestOf(n) },
    statement: Buffer.from(`statement ${n}`).toString('base64'),
    consents: [],
    iat: 1_767_225_600,
  })

export const eventLeaf = (n: number): Leaf => ({
  bytes: eventKind.pae(eventKind.encode({ v: 2, deployment: 'acme', at: n, what: 'asked', request: idOf(n) })),
})

const removedKeys = new Map([1, 2].map((n) => [n, sshSigner()]))

/** The removal of a key, the same each time for each n. */
export const keyChangeOf = (n: number): KeptKeyChange => {
  const signer = removedKeys.get(n) ?? sshSigner()
  const value = { v: 2 as const, deployment: 'acme', person: 'jhand', key: signer.key, iat: 1_767_225_600 }
  const by = [{ person: 'jhand', key: signer.key, strength: 'software' as const }]
  return { envelope: signedBy(keyRemoveKind, value, signer), storedAt: 1_767_225_601, by }
}

export const add = (request: Request, leaf?: Leaf): Change => ({
  from: { state: 'new', generation: 0 },
  request,
  ...(leaf && { leaf }),
})

export const set = (before: Request, state: State, more: Partial<Request> = {}, leaf?: Leaf): Change => ({
  from: { state: before.state, generation: before.generation },
  request: { ...before, state, generation: before.generation + 1, ...more },
  ...(leaf && { leaf }),
})

/** A note that says what it seals, for tests that look at no signature. */
export const plainNote = (size: number, root: Uint8Array): string =>
  `acme/log\n${size}\n${Buffer.from(root).toString('base64')}\n\n\u2014 acme/log AAAAAAA=\n`
