import { hash } from 'node:crypto'
import { FoobotError } from '#core/errors.ts'
import { verifyEd25519 } from '#core/signature/ed25519.ts'
import type { Key } from '#core/signature/key.ts'
import { publicKeyOf } from '#core/signature/public-key.ts'
import { hashSize } from './hash.ts'
import { type Note, type NoteSignature, parseNote } from './note.ts'
import type { TreeHead } from './tree.ts'

/** A checkpoint whose signature by the log's key was checked. */
export type Checkpoint = TreeHead & {
  /** Signatures by other keys, not looked at: witnesses'. */
  readonly others: readonly NoteSignature[]
}

/** The origin of a deployment's log, and the name of its key. */
export const logOrigin = (deployment: string): string => `${deployment}/log`

type Opened = { readonly note: string; readonly origin: string; readonly key: Key; readonly checkpoint: Checkpoint }

let last: Opened | undefined

/**
 * The size and root that a note seals. The note that was opened last is remembered: all orders of one group carry it,
 * and checking its signature costs more than all else that is checked of an order.
 * @param key the log's, as `ed25519 <base64>`
 * @throws FoobotError `note-malformed`, or `note-unsigned` where it is not for this origin and by this key
 */
export const openNote = (note: string, origin: string, key: Key): Checkpoint => {
  // INVARIANT: only a note that was proven is remembered, and only exactly the same question gets its answer.
  if (last?.note === note && last.origin === origin && last.key === key) return last.checkpoint
  const checkpoint = checkNote(note, origin, key)
  last = { note, origin, key, checkpoint }
  return checkpoint
}

const checkNote = (note: string, origin: string, key: Key): Checkpoint => {
  const parsed = parseNote(note)
  const id = noteKeyId(origin, key)
  const isLogs = (signature: NoteSignature): boolean => signature.name === origin && signature.id === id
  const [own, ...more] = parsed.signatures.filter(isLogs)
  if (!own || more.length > 0) throw new FoobotError('note-unsigned', `no one signature by ${origin} ${id}`)
  if (!verifyEd25519(key, Buffer.from(parsed.text, 'utf8'), own.signature)) {
    throw new FoobotError('note-unsigned', `the signature by ${origin} ${id} is wrong`)
  }
  const head = readHead(parsed)
  if (head.origin !== origin) throw new FoobotError('note-unsigned', `it is for ${head.origin}, not for ${origin}`)
  return { size: head.size, root: head.root, others: parsed.signatures.filter((signature) => !isLogs(signature)) }
}

/**
 * What a note claims, whoever signed it: only for comparing with what one knows otherwise.
 * @throws FoobotError `note-malformed`
 */
export const claimedHead = (note: string): TreeHead & { readonly origin: string } => readHead(parseNote(note))

/**
 * What a note's text says: a C2SP tlog-checkpoint without extension lines.
 * @see https://c2sp.org/tlog-checkpoint
 */
const readHead = ({ text }: Note): TreeHead & { readonly origin: string } => {
  const [origin = '', size = '', root = '', ...rest] = text.split('\n')
  const bytes = Buffer.from(root, 'base64')
  const fits =
    origin !== '' &&
    /^(0|[1-9]\d{0,15})$/.test(size) &&
    Number.isSafeInteger(Number(size)) &&
    bytes.length === hashSize &&
    bytes.toString('base64') === root &&
    rest.length === 1
  if (!fits) throw new FoobotError('note-malformed', 'not three lines of origin, size and root')
  return { origin, size: Number(size), root: bytes }
}

/** The signature type of plain Ed25519 in a key's hash. */
const ed25519Byte = 1

/** What tells a log's key by its name and bytes, in a signature line. */
export const noteKeyId = (name: string, key: Key): string =>
  hash(
    'sha256',
    Buffer.concat([Buffer.from(`${name}\n`, 'utf8'), Uint8Array.of(ed25519Byte), keyBytes(key)]),
    'hex',
  ).slice(0, 8)

const keyBytes = (key: Key): Uint8Array => {
  const { type, blob } = publicKeyOf(key)
  if (type !== 'ed25519') throw new FoobotError('note-unsigned', `no plain Ed25519 key: ${key}`)
  return blob
}
