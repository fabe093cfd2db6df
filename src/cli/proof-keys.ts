import type { Company } from '#core/bundle/company.ts'
import { keyAddKind, keyRemoveKind } from '#core/bundle/key-change.ts'
import { KeyChanges } from '#core/bundle/key-changes.ts'
import { takeKeyChange } from '#core/bundle/take-key-change.ts'
import { readConsent } from '#core/consent/check.ts'
import { FoobotError } from '#core/errors.ts'
import { eventKind, type LogEvent } from '#core/log/event.ts'
import { leafHash } from '#core/log/hash.ts'
import { type TreeHead, verifyInclusion } from '#core/log/tree.ts'
import { fromBase64 } from '#core/statement/base64.ts'
import type { Envelope } from '#core/statement/fields.ts'
import type { Warrant } from '#core/warrant/warrant.ts'
import type { ProofFile } from './proof-file.ts'

/** A key change as the log tells it. */
export type ToldChange = { readonly event: LogEvent; readonly envelope: Envelope }

/** The change that an event tells of; undefined where it tells of something else. */
export const changeIn = (event: LogEvent, signatures: Envelope['signatures']): Envelope | undefined => {
  const kind = [keyAddKind, keyRemoveKind].find(({ name }) => name === event.what)
  if (!kind || event.keyChange === undefined) return undefined
  return { payloadType: kind.type, payload: event.keyChange, signatures }
}

/**
 * Those of some changes that a warrant's consents hang on: of the people who gave them, and of who vouched for their keys.
 * @param told all before the warrant, oldest first
 * @param companies of each bundle up to the warrant's, oldest first
 */
export const changesFor = <T extends ToldChange>(
  { consents }: Warrant,
  told: readonly T[],
  companies: readonly Company[],
): readonly T[] => {
  const givers = new Set(consents.map((consent) => readConsent(consent).value.person))
  const known = told.reduce((changes, one) => takeUnder(changes, one, companies) ?? changes, KeyChanges.none)
  const vouchers = [...givers].flatMap((person) =>
    known.addedFor(person).flatMap(({ by }) => by.map((signer) => signer.person)),
  )
  const people = new Set([...givers, ...vouchers])
  return told.filter(({ event }) => event.person !== undefined && people.has(event.person))
}

/**
 * The key changes of a proof, as they counted when the warrant was written: each stands in the log before it, and is
 * signed by who may say so.
 * @throws FoobotError `proof-refused`
 */
export const provenChanges = (
  { keyChanges = [], warrant, deployment }: ProofFile,
  head: TreeHead,
  companies: readonly Company[],
): KeyChanges =>
  keyChanges.reduce((changes, { index, path, event: payload, signatures }) => {
    const body = fromBase64(payload)
    const event = eventKind.decode(body)
    const hash = leafHash(eventKind.pae(body))
    const hashes = path.map((hex) => Buffer.from(hex, 'hex'))
    if (event.deployment !== deployment || index >= warrant.index)
      return refuse('a key change is of another log, or came after the warrant')
    if (!verifyInclusion(hash, index, head.size, head.root, hashes)) return refuse('a key change is not in the log')
    const envelope = changeIn(event, signatures)
    if (!envelope) return refuse('what should be a key change is another event')
    const taken = takeUnder(changes, { event, envelope }, companies)
    return taken ?? refuse(`a change of ${event.person}’s keys is signed by nobody who may`)
  }, KeyChanges.none)

/**
 * Under whichever bundle proves it, the newest first: what counts is worked out anew by the one that the warrant names. A
 * key that this one lists needs no change to have added it.
 */
const takeUnder = (
  changes: KeyChanges,
  { event, envelope }: ToldChange,
  companies: readonly Company[],
): KeyChanges | undefined => {
  for (const company of companies.toReversed()) {
    try {
      return takeKeyChange(changes, envelope, { company }, event.at)
    } catch (error) {
      if (!(error instanceof FoobotError)) throw error
    }
  }
  return undefined
}

const refuse = (why: string): never => {
  throw new FoobotError('proof-refused', why, `That proof is refused: ${why}.`)
}
