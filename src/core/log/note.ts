import { FoobotError } from '#core/errors.ts'

/**
 * A text with signature lines below it: C2SP signed-note. Read strictly: one way to write it, whatever differs refuses.
 * @see https://c2sp.org/signed-note
 */
export type Note = {
  /** The signed text, with its last line feed. */
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

export type NoteSignature = {
  /** The key's name: the log's origin, or a witness. */
  readonly name: string
  /** The first four bytes of the key's hash, in hex. */
  readonly id: string
  readonly signature: Uint8Array
}

/** Signatures on one note, at most: as many as the format demands that readers take. */
const mostSignatures = 16
const mostCharacters = 8192

const signatureLine = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u

/** @throws FoobotError `note-malformed` */
export const parseNote = (note: string): Note => {
  if (note.length > mostCharacters) malformed('too long')
  const end = note.lastIndexOf('\n\n')
  if (end <= 0 || !note.endsWith('\n')) malformed('no text and signatures with an empty line between')
  const text = note.slice(0, end + 1)
  const lines = note.slice(end + 2, -1).split('\n')
  if (lines.length > mostSignatures) malformed('too many signatures')
  return { text, signatures: lines.map(parseSignature) }
}

const parseSignature = (line: string): NoteSignature => {
  const [, name, base64] = signatureLine.exec(line) ?? []
  if (name === undefined || base64 === undefined) return malformed('a line below is no signature')
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.toString('base64') !== base64 || bytes.length <= 4) malformed('a signature is no strict base64')
  return { name, id: bytes.toString('hex', 0, 4), signature: bytes.subarray(4) }
}

const malformed = (detail: string): never => {
  throw new FoobotError('note-malformed', detail)
}
