import { createHash } from 'node:crypto'
import type { Kind } from '#core/statement/kind.ts'
import { verifyEd25519 } from './ed25519.ts'
import { type Key, typeOfKey } from './key.ts'
import { refuseSignature } from './refuse.ts'
import { verifySshsig } from './sshsig.ts'
import { namespaceOf } from './sshsig-make.ts'
import { verifyWebauthn } from './webauthn.ts'

/** What a signature proves by itself. That a key lives in hardware, only the bundle can say. */
export type Proof = {
  readonly key: Key
  /** `verified`: the key's owner was recognised by PIN, finger or face. */
  readonly strength: 'software' | 'verified'
  /** Of a passkey: the page that it was made on. */
  readonly origin?: string
}

/** Where passkeys may sign: scheme, host and port, exactly. Without, no passkey counts. */
export type SigningPlaces = { readonly origins?: readonly string[] }

/**
 * Checks one signature over one object's exact bytes by one key, in the form that this type of key signs in.
 * @throws FoobotError `signature-refused`
 */
export const verifySignature = (
  kind: Kind<unknown>,
  body: Uint8Array,
  key: Key,
  sig: Uint8Array,
  { origins = [] }: SigningPlaces = {},
): Proof => {
  const message = kind.pae(body)
  switch (typeOfKey(key)) {
    case 'webauthn': {
      const digest = createHash('sha256').update(message).digest()
      return { key, strength: 'verified', ...verifyWebauthn(key, digest, sig, origins) }
    }
    case 'ed25519':
      if (!verifyEd25519(key, message, sig)) refuseSignature('not by this key over these bytes')
      return { key, strength: 'software' }
    default: {
      const { verified } = verifySshsig(key, namespaceOf(kind.name), message, sig)
      return { key, strength: verified ? 'verified' : 'software' }
    }
  }
}
