import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { keptKeyChange } from '#core/bundle/kept-key-change.ts'
import type { KeptKeyChange } from '#core/bundle/key-change.ts'
import { FoobotError } from '#core/errors.ts'
import { claimedHead } from '#core/log/checkpoint.ts'
import { emptyRoot, sameHash } from '#core/log/hash.ts'
import type { TreeHead } from '#core/log/tree.ts'
import { fromBase64 } from '#core/statement/base64.ts'
import { digest, type Envelope, envelope, id, time } from '#core/statement/fields.ts'
import { receiptsKind } from '#core/warrant/receipts.ts'
import { demandRoom } from '#disk/room.ts'
import { writing } from '#disk/write-error.ts'
import type { Announce } from '#wire/runner.ts'
import { Journal } from './journal.ts'
import { lockFile } from './lock.ts'
import { type Heard, Seen } from './seen.ts'

/** Seconds that a claim is kept after its statement's `exp`. */
const keptFor = 24 * 3600
/** Seconds by which a clock may stand behind the highest time seen. */
const skew = 30

const claim = z.strictObject({
  /** The id that is claimed, once and for ever. */
  request: id,
  /** Seconds: when it was claimed. */
  at: time,
  exp: time,
  /** Digest of the statement and leaf hash of the warrant; absent where it was cancelled before it came. */
  statement: z.exactOptional(digest),
  warrant: z.exactOptional(digest),
  /** Claimed so that it never runs. */
  cancelled: z.exactOptional(z.literal(true)),
})

export type Claim = z.infer<typeof claim>

const held = z.strictObject({ version: z.int().min(1), digest })

const record = z.union([
  z.strictObject({ v: z.literal(2), store: id, created: time }),
  z.strictObject({ seen: time }),
  /** The signed note. */
  z.strictObject({ checkpoint: z.string().max(8192) }),
  z.strictObject({ bundle: held }),
  /** `settled`: its receipt is recorded. */
  z.strictObject({ claim, settled: z.exactOptional(z.literal(true)) }),
  /** Signed receipts, and the statements that they are of. */
  z.strictObject({ receipts: envelope, statements: z.array(digest) }),
  /** Digests of receipts that are in the log. */
  z.strictObject({ recorded: z.array(digest) }),
  z.strictObject({ keyChange: keptKeyChange }),
  /** A delivery of a webhook that was taken; `until`: from when on its age refuses it. */
  z.strictObject({ heard: digest, until: z.exactOptional(time) }),
])

type Record_ = z.infer<typeof record>

/** A claim, and how it stands with its receipt. */
export type Known = { readonly claim: Claim; state: 'open' | 'receipt' | 'settled' }

/** What a runner that has seen no checkpoint extends. */
const emptyHead: TreeHead = { size: 0, root: emptyRoot }

/** Signed receipts that nobody has recorded yet. */
type KeptReceipts = { readonly receipts: Envelope; readonly statements: readonly string[] }

/**
 * What a runner must never forget, in its one append-only file: what it claimed, how far the log went, which bundle is
 * in force, which receipts nobody has recorded yet, which webhooks it heard, and how late it is.
 */
export class Claims {
  #journal: Journal | undefined
  #store = ''
  #created = 0
  #highest = 0
  #written = 0
  #note: string | undefined
  #head = emptyHead
  #bundle: { readonly version: number; readonly digest: string } | undefined
  readonly #known = new Map<string, Known>()
  readonly #ofStatement = new Map<string, Known>()
  readonly #keyChanges: KeptKeyChange[] = []
  /** By the digest of the signed object. */
  readonly #receipts = new Map<string, KeptReceipts>()
  readonly #seen = new Seen()
  #release: () => void = () => undefined
  readonly #failed = Promise.withResolvers<Error>()

  /**
   * Opens the claims file of a folder, or makes one.
   * @param now seconds
   * @param newId 32 random hex digits, for a new file
   * @throws FoobotError `runner-folder-in-use`, `claims-damaged`, `disk-trouble`, `not-writable`
   */
  static async open(folder: string, now: number, newId: () => string): Promise<Claims> {
    writing(folder, () => mkdirSync(folder, { recursive: true, mode: 0o700 }))
    const claims = new Claims()
    const { release } = lockFile(join(folder, 'claims.lock'))
    claims.#release = release
    try {
      await claims.#open(join(folder, 'claims.jsonl'), now, newId)
      // Who could not write what it claims must not begin.
      demandRoom(folder)
      await claims.#append({ seen: claims.#highest })
    } catch (error) {
      await claims.close()
      throw error
    }
    return claims
  }

  async #open(path: string, now: number, newId: () => string): Promise<void> {
    const keeper = {
      replay: (read: unknown) => this.#replay(recordOf(read)),
      snapshot: () => this.#snapshot(),
      broken: (why: Error) => this.#failed.resolve(why),
    }
    if (existsSync(path)) {
      this.#journal = await Journal.open(path, keeper)
      if (this.#store === '') throw new FoobotError('claims-damaged', `${path} does not say whose it is`)
      return
    }
    this.#store = newId()
    // A statement carries whole seconds: what was stated in this very second may have been claimed in a lost file.
    this.#created = now + 1
    this.#highest = now
    this.#journal = await Journal.create(path, keeper)
  }

  /** The random id of the file. */
  get store(): string {
    return this.#store
  }

  /** Resolves with the file and the reason where it can be written no more: then nothing is claimed until a restart. */
  get failed(): Promise<Error> {
    return this.#failed.promise
  }

  /** Seconds: every statement made before is refused, since the file that knew of it may be lost. */
  get created(): number {
    return this.#created
  }

  /** The last checkpoint accepted. */
  get head(): TreeHead {
    return this.#head
  }

  /** Its signed note; undefined where none was accepted yet. */
  get note(): string | undefined {
    return this.#note
  }

  /** The bundle in force; none lower is ever accepted. */
  get bundle(): { readonly version: number; readonly digest: string } | undefined {
    return this.#bundle
  }

  /**
   * Looks at the clock.
   * @param now seconds
   * @returns how many seconds it stands behind the highest time seen, where that is more than it may: then all is refused
   */
  behind(now: number): number | undefined {
    if (this.#highest - now > skew) return this.#highest - now
    return undefined
  }

  /**
   * A time was seen: none that lies further back is believed again.
   * @param now seconds, confirmed by the clock watch: a time that a wrong clock showed for a moment would refuse everything
   */
  saw(now: number): void {
    this.#highest = Math.max(this.#highest, now)
  }

  /** Keeps the highest time seen, for hours in which nothing else is written. */
  tick(): Promise<void> {
    return this.#highest > this.#written ? this.#append({ seen: this.#highest }) : Promise.resolve()
  }

  find(request: string): Known | undefined {
    return this.#known.get(request)
  }

  /** Receipts that are kept here, by the digest of the signed object. */
  receiptsOf(receipts: string): Envelope | undefined {
    return this.#receipts.get(receipts)?.receipts
  }

  /** The requests that receipts are of. */
  requestsOf(receipts: string): readonly string[] {
    const { statements = [] } = this.#receipts.get(receipts) ?? {}
    return statements.flatMap((statement) => this.#ofStatement.get(statement)?.claim.request ?? [])
  }

  /**
   * Claims an id. Nobody else can have it from this moment; nothing may be done with it before the promise resolves.
   * @returns undefined where it was claimed before
   */
  claim(made: Claim): Promise<void> | undefined {
    if (this.#known.has(made.request)) return undefined
    this.#keep({ claim: made, state: 'open' })
    return this.#append({ claim: made })
  }

  /** Takes the note of a checkpoint that was proven to extend the last. It is durable with the claim that follows. */
  accept(checkpoint: string): Promise<void> {
    const { size, root } = claimedHead(checkpoint)
    if (size === this.#head.size && sameHash(root, this.#head.root)) return Promise.resolve()
    this.#follow(checkpoint)
    return this.#append({ checkpoint })
  }

  hold(bundle: { readonly version: number; readonly digest: string }): Promise<void> {
    this.#bundle = bundle
    return this.#append({ bundle })
  }

  /** Keeps signed receipts until the server has recorded them. */
  keep(receipts: Envelope, statements: readonly string[]): Promise<void> {
    const kept = { receipts, statements: [...statements] }
    this.#keepReceipts(kept)
    return this.#append(kept)
  }

  /**
   * Receipts are proven to be in the log.
   * @param receipts digests of the signed objects
   */
  recorded(receipts: readonly string[]): Promise<void> {
    this.#settle(receipts)
    return this.#append({ recorded: [...receipts] })
  }

  /** Signed receipts that nobody has recorded, oldest first. */
  unrecorded(): readonly Envelope[] {
    return [...this.#receipts.values()].map(({ receipts }) => receipts)
  }

  /** Keeps a change of somebody's keys, for ever. */
  keepKeyChange(keyChange: KeptKeyChange): Promise<void> {
    this.#keyChanges.push(keyChange)
    return this.#append({ keyChange: { ...keyChange, by: [...keyChange.by] } })
  }

  /** The key changes kept, oldest first. */
  get keyChanges(): readonly KeptKeyChange[] {
    return this.#keyChanges
  }

  /**
   * Takes a delivery of a webhook. Nothing may be made of it before the promise resolves.
   * @returns undefined where it was taken before
   */
  hear(delivery: Heard): Promise<void> | undefined {
    if (this.#seen.has(delivery.heard)) return undefined
    this.#seen.add(delivery)
    return this.#append({ ...delivery })
  }

  /** The claims that a server may still wait for. `alive`: their handler runs in this process. */
  announced(alive: (request: string) => boolean): Announce['claims'] {
    return [...this.#known.values()]
      .filter(({ claim, state }) => state !== 'settled' && claim.statement !== undefined)
      .map(({ claim: { request }, state }) => ({
        request,
        state: state === 'receipt' ? 'receipt' : alive(request) ? 'alive' : 'neither',
      }))
  }

  async close(): Promise<void> {
    await this.#journal?.close()
    this.#release()
  }

  #append(made: Record_): Promise<void> {
    if (!this.#journal) return Promise.reject(new FoobotError('internal', 'the claims file is not open'))
    const late = this.#highest > this.#written && !('seen' in made)
    this.#written = this.#highest
    return late ? this.#journal.append({ seen: this.#highest }, made) : this.#journal.append(made)
  }

  #replay(read: Record_): void {
    if ('store' in read) {
      this.#store = read.store
      this.#created = read.created
    } else if ('seen' in read) this.#highest = this.#written = read.seen
    else if ('checkpoint' in read) this.#follow(read.checkpoint)
    else if ('bundle' in read) this.#bundle = read.bundle
    else if ('claim' in read) this.#keep({ claim: read.claim, state: read.settled ? 'settled' : 'open' })
    else if ('receipts' in read) this.#keepReceipts(read)
    else if ('keyChange' in read) this.#keyChanges.push(read.keyChange)
    else if ('heard' in read) this.#seen.add(read)
    else this.#settle(read.recorded)
  }

  #follow(checkpoint: string): void {
    this.#note = checkpoint
    this.#head = claimedHead(checkpoint)
  }

  #keep(known: Known): void {
    this.#known.set(known.claim.request, known)
    if (known.claim.statement !== undefined) this.#ofStatement.set(known.claim.statement, known)
  }

  #keepReceipts({ receipts, statements }: KeptReceipts): void {
    this.#receipts.set(digestOfEnvelope(receipts), { receipts, statements })
    for (const statement of statements) {
      const known = this.#ofStatement.get(statement)
      if (known) known.state = 'receipt'
    }
  }

  #settle(recorded: readonly string[]): void {
    for (const digest of recorded) {
      for (const statement of this.#receipts.get(digest)?.statements ?? []) {
        const known = this.#ofStatement.get(statement)
        if (known) known.state = 'settled'
      }
      this.#receipts.delete(digest)
    }
  }

  *#snapshot(): Iterable<Record_> {
    this.#forgetOld()
    yield { v: 2, store: this.#store, created: this.#created }
    yield { seen: this.#highest }
    if (this.#note !== undefined) yield { checkpoint: this.#note }
    if (this.#bundle) yield { bundle: this.#bundle }
    for (const keyChange of this.#keyChanges) yield { keyChange: { ...keyChange, by: [...keyChange.by] } }
    yield* this.#seen.all(this.#highest)
    for (const { claim, state } of this.#known.values()) yield { claim, ...(state === 'settled' && { settled: true }) }
    for (const { receipts, statements } of this.#receipts.values()) yield { receipts, statements: [...statements] }
  }

  #forgetOld(): void {
    for (const [request, { claim, state }] of this.#known) {
      if (state === 'receipt' || claim.exp + keptFor >= this.#highest) continue
      this.#known.delete(request)
      if (claim.statement !== undefined) this.#ofStatement.delete(claim.statement)
    }
  }
}

/** The digest by which receipts are told apart: of their exact payload. */
export const digestOfEnvelope = ({ payload }: Envelope): string => receiptsKind.digest(fromBase64(payload))

const recordOf = (read: unknown): Record_ => {
  const isOlder = older.safeParse(read).success
  if (isOlder) throw new FoobotError('older-format', 'the claims file is of version 1')
  return record.parse(read)
}

const older = z.looseObject({ v: z.literal(1), store: id })
