import { FoobotError } from '#core/errors.ts'
import { isOlderType, type KindName, kinds, pae, payloadType, reservedKindOf } from '#core/statement/kind.ts'

/** A leaf's bytes taken apart: the kind of object, and its exact payload. */
export type Entry = { readonly kind: KindName; readonly body: Uint8Array }

const head = /^DSSEv1 \d{1,3} (\S{1,100}) \d{1,7} /

/**
 * Takes PAE bytes apart.
 * @throws FoobotError `log-damaged` where they are of no kind of ours, or not exactly the encoding; `older-format`
 */
export const openEntry = (entry: Uint8Array): Entry => {
  const [whole = '', type] = head.exec(Buffer.from(entry.subarray(0, 128)).toString('latin1')) ?? []
  if (type !== undefined && isOlderType(type)) throw new FoobotError('older-format', `a leaf of the type ${type}`)
  const reserved = type === undefined ? undefined : reservedKindOf(type)
  if (reserved !== undefined) {
    const say = `The log holds a leaf "${reserved}", which this version of Foobot cannot read yet.`
    throw new FoobotError('log-damaged', `a leaf of the kind ${reserved}`, say)
  }
  const kind = kinds.find((name) => payloadType(name) === type)
  const body = entry.subarray(whole.length)
  if (!kind || Buffer.compare(pae(payloadType(kind), body), entry) !== 0) {
    throw new FoobotError('log-damaged', `a leaf of ${entry.length} bytes is of no known kind`)
  }
  return { kind, body }
}
