import { FoobotError } from '#core/errors.ts'
import { type Letter, readEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import type { Kind, KindName } from '#core/statement/kind.ts'
import { type Key, keyid } from './key.ts'
import { refuseSignature } from './refuse.ts'
import { type Proof, type SigningPlaces, verifySignature } from './verify.ts'

/** Kinds that several people sign; all others carry one signature. */
const signedBySeveral: ReadonlySet<KindName> = new Set(['key-add', 'key-remove', 'bundle'])
/** No page is told which passkey its user took, so its signature names none: as many are tried. */
const mostUnnamed = 8

export type OpenLetter<T> = Letter<T> & {
  /** One for each key that is proven to have signed: never empty, no key twice. */
  readonly proofs: readonly [Proof, ...Proof[]]
}

/**
 * Opens an envelope: reads its bytes once, checks signatures over them, and gives the value of those same bytes. A
 * signature is checked with the key that its `keyid` names, and a key checks one: what strangers send costs no more.
 * @param keysOf who may have signed, given what it says
 * @throws FoobotError `payload-malformed`; `signature-refused` where none of the keys is proven
 */
export const openEnvelope = <T>(
  kind: Kind<T>,
  envelope: Envelope,
  keysOf: (value: T) => readonly Key[],
  places: SigningPlaces = {},
): OpenLetter<T> => {
  const letter = readEnvelope(kind, envelope)
  if (letter.signatures.length > 1 && !signedBySeveral.has(kind.name))
    refuseSignature(`a ${kind.name} has one signature`)
  const untried = new Map(keysOf(letter.value).map((key) => [keyid(key), key]))
  const proofs: Proof[] = []
  const reasons = new Set<string>()
  for (const { keyid: named, sig } of letter.signatures) {
    const may = [...untried].filter(([id, key]) => (named === '' ? key.startsWith('webauthn ') : id === named))
    for (const [id, key] of may.slice(0, mostUnnamed)) {
      untried.delete(id)
      const proof = tryKey(() => verifySignature(kind, letter.body, key, sig, places), reasons)
      if (!proof) continue
      proofs.push(proof)
      break
    }
  }
  const [first, ...more] = proofs
  if (!first) return refuseSignature(`by no key that may sign (${[...reasons].join('; ') || 'it names none'})`)
  return { ...letter, proofs: [first, ...more] }
}

/** A key that did not sign is no error yet: another may have. Its reason is kept, for when none did. */
const tryKey = (verify: () => Proof, reasons: Set<string>): Proof | undefined => {
  try {
    return verify()
  } catch (error) {
    if (!(error instanceof FoobotError && error.code === 'signature-refused')) throw error
    reasons.add(error.message)
    return undefined
  }
}
