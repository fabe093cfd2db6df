import { keyAddKind, keyRemoveKind } from '#core/bundle/key-change.ts'
import { signedBy, type TestSigner } from '#core/signature/signer.fixture.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { now } from '#core/warrant/warrant.fixture.ts'

type What = { readonly person?: string; readonly iat?: number }

/** A new key, signed by itself and by others. */
export const added = (
  signer: TestSigner,
  by: readonly TestSigner[],
  { person = 'jhand', iat = now }: What = {},
): Envelope => signedBy(keyAddKind, { v: 2, deployment: 'acme', person, key: signer.key, iat }, signer, ...by)

export const removed = (
  { key }: TestSigner,
  by: readonly TestSigner[],
  { person = 'jhand', iat = now }: What = {},
): Envelope => signedBy(keyRemoveKind, { v: 2, deployment: 'acme', person, key, iat }, ...by)
