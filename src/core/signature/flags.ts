import { refuseSignature } from './refuse.ts'

const userPresent = 0x01
const userVerified = 0x04
const backupEligible = 0x08
const backedUp = 0x10
const attachedOrExtended = 0xc0

/**
 * What an authenticator saw of its user, from the byte of flags that it signed.
 * @throws FoobotError `signature-refused` where nobody touched it, or the flags contradict the bytes or each other
 * @see https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data
 */
export const readFlags = (flags: number): { readonly verified: boolean } => {
  // Without a touch, anything on the machine could have asked for it.
  if (!(flags & userPresent)) refuseSignature('nobody touched the authenticator')
  // Both would announce bytes that are not there.
  if (flags & attachedOrExtended) refuseSignature('flags that do not belong here')
  if (flags & backedUp && !(flags & backupEligible)) refuseSignature('backed up without being eligible')
  return { verified: (flags & userVerified) !== 0 }
}
