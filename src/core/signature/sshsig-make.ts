import { createHash } from 'node:crypto'
import type { KindName } from '#core/statement/kind.ts'
import { sshString } from './ssh-wire.ts'

/** First bytes of what is signed and of the blob. */
export const magic = Buffer.from('SSHSIG', 'ascii')
export const version = 1
/** The one hash of the message that counts here. */
export const hashName = 'sha512'

/** What `ssh-keygen -Y sign -n` is told for a kind. */
export const namespaceOf = (kind: KindName): string => `foobot-${kind}@v2`

/**
 * The bytes that an SSH key signs for a message.
 * @see https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig
 */
export const sshsigBytes = (namespace: string, message: Uint8Array): Uint8Array =>
  Buffer.concat([
    magic,
    sshString(namespace),
    sshString(''),
    sshString(hashName),
    sshString(createHash(hashName).update(message).digest()),
  ])
