import { type Key, keyid, typeOfKey } from './key.ts'

/** A key as people tell it apart: `passkey 3f2a91bc`. The number is the beginning of its id, and no proof. */
export const keyName = (key: Key): string => `${kindOfKey(key)} ${keyid(key).slice(0, 8)}`

/** What people call a key of that type. */
export const kindOfKey = (key: Key): string => {
  const type = typeOfKey(key)
  return type === 'webauthn' ? 'passkey' : type
}
