import { logOrigin } from '#core/log/checkpoint.ts'
import { followLog } from '#core/log/follow.ts'
import { leafHash } from '#core/log/hash.ts'
import { type TreeHead, verifyInclusion } from '#core/log/tree.ts'
import { fromBase64 } from '#core/statement/base64.ts'
import { shortFault } from '#core/text/short-fault.ts'
import { receiptsKind } from '#core/warrant/receipts.ts'
import type { FromRunner, Recorded } from '#wire/runner.ts'
import type { Claims } from './claims.ts'
import type { HeldBundle } from './held-bundle.ts'
import type { RunnerLogger } from './logger.ts'

type Said = Recorded['receipts'][number]

export type RecordedOf = {
  readonly deployment: string
  readonly claims: Claims
  readonly held: Pick<HeldBundle, 'inForce'>
  readonly log: RunnerLogger
  /** These requests are over: nothing of them is told again. */
  readonly settled: (requests: readonly string[]) => void
  readonly send: (message: FromRunner) => void
}

/**
 * Receipts that the server says are recorded. INVARIANT: a receipt is let go only where it is proven to be a leaf of the
 * log, under a checkpoint that extends the last one accepted; what is not proven is kept, and handed over again.
 */
export class RecordedReceipts {
  readonly #of: RecordedOf
  /** Handed over again in vain; once each, so that a server without proofs is not asked for ever. */
  readonly #again = new Set<string>()

  constructor(of: RecordedOf) {
    this.#of = of
  }

  take(message: Recorded): void {
    const { claims, log, settled } = this.#of
    const head = this.#follow(message)
    // Those that are let go already are not asked for: they were proven, here or before a restart.
    const kept = message.receipts.filter(({ digest }) => claims.receiptsOf(digest) !== undefined)
    if (!head) {
      this.#handOverAgain(kept)
      return
    }
    this.#write(claims.accept(message.checkpoint))
    const isProven = (receipts: Said): boolean => this.#isIn(head, receipts)
    const unproven = kept.filter((receipts) => !isProven(receipts))
    if (unproven.length > 0) {
      log.error({ said: kept.length, unproven: unproven.length }, 'receipts are said to be in the log, and are not')
      this.#handOverAgain(unproven)
    }
    const proven = kept.filter(isProven).map(({ digest }) => digest)
    if (proven.length === 0) return
    settled(proven.flatMap((digest) => claims.requestsOf(digest)))
    this.#write(claims.recorded(proven))
    for (const digest of proven) this.#again.delete(digest)
  }

  #follow({ checkpoint, consistency }: Recorded): TreeHead | undefined {
    const { deployment, claims, held, log } = this.#of
    const key = held.inForce?.bundle.company.log.key
    try {
      if (key === undefined) throw new Error('no bundle is in force')
      const offered = { checkpoint, consistency: consistency.map((hash) => Buffer.from(hash, 'hex')) }
      const head = followLog(offered, claims.head, { origin: logOrigin(deployment), key })
      if (typeof head !== 'string') return head
      log.warn({ why: head }, 'receipts are said to be recorded in a log that does not extend what I have seen')
    } catch (error) {
      log.warn({ why: shortFault(error) }, 'receipts are said to be recorded, without proof')
    }
    return undefined
  }

  #isIn({ size, root }: TreeHead, { digest, index, path }: Said): boolean {
    const receipts = this.#of.claims.receiptsOf(digest)
    if (!receipts) return false
    const leaf = leafHash(receiptsKind.pae(fromBase64(receipts.payload)))
    return verifyInclusion(
      leaf,
      index,
      size,
      root,
      path.map((hash) => Buffer.from(hash, 'hex')),
    )
  }

  /** The server learns where its proof must begin, and is handed the same receipts once more. */
  #handOverAgain(receipts: readonly Said[]): void {
    const { claims, send } = this.#of
    const anew = receipts.filter(({ digest }) => !this.#again.has(digest))
    if (anew.length === 0) return
    const { note } = claims
    send({ type: 'checkpoint', ...(note !== undefined && { checkpoint: note }), fork: false })
    for (const { digest } of anew) {
      this.#again.add(digest)
      const envelope = claims.receiptsOf(digest)
      if (envelope) send({ type: 'receipts', envelope })
    }
  }

  #write(durable: Promise<void>): void {
    durable.catch((error: unknown) => {
      this.#of.log.error({ error: shortFault(error) }, 'it could not be written down that receipts are recorded')
    })
  }
}
