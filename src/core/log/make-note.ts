import type { Key } from '#core/signature/key.ts'
import { noteKeyId } from './checkpoint.ts'
import type { Note, NoteSignature } from './note.ts'

/** Who seals a log: a plain Ed25519 key, and what signs with it. */
export type NoteSigner = { readonly key: Key; readonly sign: (text: Uint8Array) => Uint8Array }

/**
 * The signed root of the log: a C2SP tlog-checkpoint without extension lines.
 * @see https://c2sp.org/tlog-checkpoint
 */
export const makeNote = (origin: string, size: number, root: Uint8Array, signer: NoteSigner): string => {
  const text = `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`
  const signature = signer.sign(Buffer.from(text, 'utf8'))
  return formatNote({ text, signatures: [{ name: origin, id: noteKeyId(origin, signer.key), signature }] })
}

const formatNote = ({ text, signatures }: Note): string => `${text}\n${signatures.map(formatSignature).join('')}`

const formatSignature = ({ name, id, signature }: NoteSignature): string =>
  `\u2014 ${name} ${Buffer.concat([Buffer.from(id, 'hex'), signature]).toString('base64')}\n`
