import type { Key } from '#core/signature/key.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import { type KeptKeyChange, type KeyChangePayload, keyAddKind, kindOfChange, type Signer } from './key-change.ts'

/** A key change that was taken, read. */
export type KeyChange = KeptKeyChange & {
  readonly what: 'add' | 'remove'
  readonly digest: string
  readonly value: KeyChangePayload
}

/**
 * The keys that people added and removed between bundles, as they are known here. Nothing that was taken is forgotten,
 * and what counts is worked out anew at each question: by the bundle in force, and by all that was removed since. What may
 * be taken is `take-key-change.ts`.
 */
export class KeyChanges {
  static readonly none = new KeyChanges([])

  /** In the order in which they came. */
  readonly all: readonly KeyChange[]
  readonly byDigest: ReadonlyMap<string, KeyChange>
  /** Looked at for each message that somebody is shown: found without going through all. */
  readonly #byPerson: ReadonlyMap<string, readonly KeyChange[]>
  readonly #owners = new Map<Key, string>()

  /** @param all proven, each when it was taken */
  constructor(all: readonly KeyChange[]) {
    this.byDigest = new Map(all.map((change) => [change.digest, change]))
    // The same words may stand here twice: signed by their owner first, then by colleagues. The later one says more.
    this.all = all.filter((change) => this.byDigest.get(change.digest) === change)
    this.#byPerson = Map.groupBy(this.all, ({ value }) => value.person)
    for (const { what, value } of this.all) {
      if (what === 'add' && !this.#owners.has(value.key)) this.#owners.set(value.key, value.person)
    }
  }

  /** Those that were kept here before, with who had signed them. */
  static of(kept: Iterable<KeptKeyChange>): KeyChanges {
    return new KeyChanges([...kept].map(read))
  }

  /** With one more, which was taken. */
  and(change: KeptKeyChange): KeyChanges {
    return new KeyChanges([...this.all, read(change)])
  }

  /** What must be kept over a restart, in the order in which it came. */
  get kept(): readonly KeptKeyChange[] {
    return this.all.map(({ envelope, storedAt, by }) => ({ envelope, storedAt, by }))
  }

  /** The digest of each, in the order in which they came. */
  get digests(): readonly string[] {
    return this.all.map(({ digest }) => digest)
  }

  /** Whether this person has lost this key, for good. */
  isRemoved(person: string, key: Key): boolean {
    return this.removedFor(person).some((removed) => removed.key === key)
  }

  /** The keys that were removed for a person, with who removed them. */
  removedFor(person: string): readonly { readonly key: Key; readonly by: readonly Signer[] }[] {
    return this.#of('remove', person).map(({ value: { key }, by }) => ({ key, by }))
  }

  /** The keys that were added for a person, with who added them; whether they count is another question. */
  addedFor(
    person: string,
  ): readonly { readonly key: Key; readonly iat: number; readonly storedAt: number; readonly by: readonly Signer[] }[] {
    return this.#of('add', person).map(({ value: { key, iat }, storedAt, by }) => ({ key, iat, storedAt, by }))
  }

  /** The person whom a key was added for: it is theirs for ever. */
  ownerOf(key: Key): string | undefined {
    return this.#owners.get(key)
  }

  #of(what: KeyChange['what'], person: string): readonly KeyChange[] {
    return (this.#byPerson.get(person) ?? []).filter((change) => change.what === what)
  }
}

const read = (kept: KeptKeyChange): KeyChange => {
  const kind = kindOfChange(kept.envelope)
  const { value, digest } = readEnvelope(kind, kept.envelope)
  return { ...kept, what: kind === keyAddKind ? 'add' : 'remove', digest, value }
}
