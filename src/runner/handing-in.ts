import { bundleVersions, readBundle, toPack } from '#config/bundle-folder.ts'
import { readCompany } from '#config/company.ts'
import type { Company } from '#core/bundle/company.ts'
import { claimedHead, logOf, logOrigin } from '#core/log/checkpoint.ts'
import { followLog } from '#core/log/follow.ts'
import { leafHash } from '#core/log/hash.ts'
import { beginningOf } from '#core/log/log-begins.ts'
import { type Found, recoveredKind } from '#core/log/recovered.ts'
import { type TreeHead, verifyConsistency, verifyInclusion } from '#core/log/tree.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { shortFault } from '#core/text/short-fault.ts'
import {
  type AskHandIn,
  type BundlePack,
  type FromRunner,
  type HandedIn,
  type HandIn,
  mostHandedIn,
} from '#wire/runner.ts'
import { type Claims, digestOfEnvelope } from './claims.ts'
import type { HeldBundle } from './held-bundle.ts'
import type { KeptPapers } from './kept-papers.ts'
import { seenOf } from './log-seen.ts'
import type { RunnerLogger } from './logger.ts'

/** Characters of one part: a bundle is a part of its own. */
const mostInPart = 512 * 1024

export type HandingInOf = {
  readonly deployment: string
  /** The runner's own folder. */
  readonly folder: string
  readonly claims: Claims
  readonly held: Pick<HeldBundle, 'inForce'>
  readonly papers: KeptPapers
  readonly log: RunnerLogger
  /** Signs receipts with the runner's key. */
  readonly sign: (receipts: Envelope) => Envelope
  /** These requests are over: nothing of them is told again. */
  readonly settled: (requests: readonly string[]) => void
  /** All was handed in: what ended meanwhile can be told. */
  readonly done: () => void
  readonly send: (message: FromRunner) => void
}

type Thing =
  | { readonly order: string }
  | { readonly receipts: Envelope }
  | { readonly keyChange: Envelope }
  | { readonly bundle: BundlePack }

type Part = { -readonly [K in keyof HandIn]: HandIn[K] extends readonly (infer T)[] ? T[] : HandIn[K] }

/** What was handed in last, and not yet proven to be in the log. */
type Unproven = {
  /** The hash of each leaf that has to be there, by its digest: note, orders and receipts. */
  readonly leaves: ReadonlyMap<string, Uint8Array>
  /** The digests of the receipts. */
  readonly receipts: readonly string[]
  readonly more: boolean
}

/**
 * What this runner tells a log that goes on from a restored copy. INVARIANT: what it has seen of the log before is in the
 * copy, or in the new log for all to see: otherwise it takes nothing that the new log seals.
 */
export class HandingIn {
  readonly #of: HandingInOf
  #things: AsyncGenerator<Thing> | undefined
  /** One that did not fit into the part before. */
  #waiting: Thing | undefined
  #handed = 0
  #unproven: Unproven | undefined
  #answering: Promise<void> = Promise.resolve()

  constructor(of: HandingInOf) {
    this.#of = of
  }

  /** Hears the server. What is asked is answered one after the other; what breaks hands in nothing. */
  hear(message: AskHandIn | HandedIn): void {
    const broke = (error: unknown): void => {
      this.#of.log.error({ error: shortFault(error) }, 'what I hold of the log before could not be handed in')
    }
    if (message.type === 'hand-in') {
      this.#answering = this.#answering.then(() => this.asked(message)).catch(broke)
      return
    }
    try {
      this.handedIn(message)
    } catch (error) {
      broke(error)
    }
  }

  /** Hands in the next part. */
  async asked({ number, from, consistency }: AskHandIn): Promise<void> {
    const company = this.#of.held.inForce?.bundle.company
    if (company?.log.number !== number || company.log.after === undefined)
      return this.#of.log.warn({ number }, 'a log asks what I hold that is not the one of the bundle in force')
    const end = claimedHead(company.log.after)
    const standing = this.#standsTo(company, end, consistency)
    if (standing === 'refused') return this.#refuse('the log that was restored does not hold what I have seen')
    if (from === 0) {
      // One that was left half way still holds a file open.
      await this.#things?.return(undefined)
      this.#things = this.#all(company, end)
      this.#waiting = undefined
      this.#handed = 0
    }
    if (!this.#things || from !== this.#handed) return
    const part = await this.#nextPart(this.#things, from)
    const { note } = this.#of.claims
    if (standing === 'beyond' && note !== undefined) part.checkpoint = note
    this.#unproven = unprovenOf(this.#of.deployment, part)
    this.#of.send(part)
  }

  /** What was handed in is said to be in the log. Once that is proven, this log counts, and receipts are let go. */
  handedIn(message: HandedIn): void {
    const company = this.#of.held.inForce?.bundle.company
    const unproven = this.#unproven
    if (!company || !unproven) return
    this.#unproven = undefined
    const wrong = wrongWith(message, unproven, company, seenOf(this.#of.claims, company) ?? beginningOf(company))
    if (wrong === undefined) this.#letGo(message.checkpoint, unproven)
    else this.#refuse(wrong)
  }

  #letGo(checkpoint: string, { receipts, more }: Unproven): void {
    const { claims, log, settled, done } = this.#of
    const failed = (error: unknown): void => {
      log.error({ error: String(error) }, 'it could not be written down what was handed in')
    }
    claims.accept(checkpoint).catch(failed)
    const kept = receipts.filter((digest) => claims.receiptsOf(digest) !== undefined)
    if (kept.length > 0) {
      settled(kept.flatMap((digest) => claims.requestsOf(digest)))
      claims.recorded(kept).catch(failed)
    }
    if (!more) done()
  }

  /** How what this runner has seen stands to the end of the copy. */
  #standsTo(company: Company, end: TreeHead, consistency: readonly string[]): 'held' | 'beyond' | 'refused' {
    const { claims } = this.#of
    if (seenOf(claims, company)) return 'held'
    const { head, note } = claims
    const before = logOrigin(company.deployment, company.log.number - 1)
    if (note === undefined || claimedHead(note).origin !== before) return 'refused'
    if (head.size > end.size) return 'beyond'
    return verifyConsistency(head.size, head.root, end.size, end.root, consistency.map(fromHex)) ? 'held' : 'refused'
  }

  #refuse(why: string): void {
    const { claims, log, send } = this.#of
    log.error({ why }, 'I take nothing from this log: an administrator must look')
    const { note } = claims
    send({ type: 'checkpoint', ...(note !== undefined && { checkpoint: note }), fork: true })
  }

  async #nextPart(things: AsyncGenerator<Thing>, from: number): Promise<Part> {
    const part: Part = { type: 'hand-in', from, more: false, orders: [], receipts: [], keyChanges: [], bundles: [] }
    let size = 0
    for (;;) {
      const thing = this.#waiting ?? (await things.next()).value
      this.#waiting = undefined
      if (thing === undefined) return part
      size += JSON.stringify(thing).length
      if (isFull(part) || (countOf(part) > 0 && size > mostInPart)) {
        this.#waiting = thing
        part.more = true
        return part
      }
      put(part, thing)
      this.#handed += 1
    }
  }

  /**
   * Key changes, bundles, receipts and orders: those that the copy may not hold. Receipts are signed anew, since the server
   * knows this runner by the key of the bundle in force, and they may be of days when it had another.
   */
  async *#all({ log: { number } }: Company, end: TreeHead): AsyncGenerator<Thing> {
    const { claims, papers, folder, sign } = this.#of
    const before = number - 1
    for (const { envelope } of claims.keyChanges) yield { keyChange: envelope }
    for (const version of bundleVersions(folder)) {
      const offer = readBundle(folder, version)
      const { log } = readCompany(offer.files)
      // It was proposed when the log was longer than the copy.
      const isNewer = log.checkpoint !== undefined && claimedHead(log.checkpoint).size > end.size
      if (log.number === before && isNewer) yield { bundle: toPack(offer) }
    }
    const told = new Set<string>()
    for await (const paper of papers.all())
      if ('recorded' in paper && paper.log === before && paper.index < end.size) told.add(paper.recorded)
    for (const receipts of claims.unrecorded()) {
      told.add(digestOfEnvelope(receipts))
      yield { receipts: sign(receipts) }
    }
    for await (const paper of papers.all()) {
      if (paper.log !== before) continue
      if ('order' in paper && paper.index >= end.size) yield { order: paper.order }
      if ('receipts' in paper && !told.has(digestOfEnvelope(paper.receipts))) yield { receipts: sign(paper.receipts) }
    }
  }
}

const put = (part: Part, thing: Thing): void => {
  if ('order' in thing) part.orders.push(thing.order)
  else if ('receipts' in thing) part.receipts.push(thing.receipts)
  else if ('keyChange' in thing) part.keyChanges.push(thing.keyChange)
  else part.bundles.push(thing.bundle)
}

const countOf = ({ orders, receipts, keyChanges, bundles }: Part): number =>
  orders.length + receipts.length + keyChanges.length + bundles.length

const isFull = (part: Part): boolean => part.bundles.length > 0 || countOf(part) >= mostHandedIn

const unprovenOf = (deployment: string, { checkpoint, orders, receipts, more }: Part): Unproven => {
  const leaves = new Map<string, Uint8Array>()
  const expect = (found: Found): void => {
    const body = recoveredKind.encode({ v: 2, deployment, ...found })
    leaves.set(recoveredKind.digest(body), leafHash(recoveredKind.pae(body)))
  }
  if (checkpoint !== undefined) expect({ checkpoint })
  for (const warrant of orders) expect({ warrant })
  for (const { payload } of receipts) expect({ receipts: payload })
  return { leaves, receipts: receipts.map(digestOfEnvelope), more }
}

/** Why a proof does not show that all of it is in the log which the bundle names; undefined where it does. */
const wrongWith = (
  { checkpoint, consistency, leaves }: HandedIn,
  unproven: Unproven,
  company: Company,
  last: TreeHead,
): string | undefined => {
  const head = followLog({ checkpoint, consistency: consistency.map(fromHex) }, last, logOf(company))
  if (typeof head === 'string') return 'the log does not begin as the bundle says'
  const proven = leaves.filter(({ digest, index, path }) => {
    const leaf = unproven.leaves.get(digest)
    return leaf !== undefined && verifyInclusion(leaf, index, head.size, head.root, path.map(fromHex))
  })
  const missing = unproven.leaves.size - new Set(proven.map(({ digest }) => digest)).size
  return missing > 0 ? 'the log does not hold what I handed in' : undefined
}

const fromHex = (hex: string): Uint8Array => Buffer.from(hex, 'hex')
