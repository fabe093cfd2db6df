import type { MachineKey } from '#config/machine-key.ts'
import { keyid } from '#core/signature/key.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { shortFault } from '#core/text/short-fault.ts'
import { type Receipt, receiptsKind } from '#core/warrant/receipts.ts'
import type { Claims } from './claims.ts'
import type { KeepPaper } from './kept-papers.ts'
import type { RunnerLogger } from './logger.ts'

/** Receipts in one signed object: by count and by bytes well under what the kind allows. */
const mostTogether = 100
const mostBytes = 36 * 1024

export type ReceiptsOf = {
  readonly deployment: string
  readonly runner: string
  readonly key: MachineKey
  readonly claims: Claims
  readonly log: RunnerLogger
  readonly keepPaper: KeepPaper
  readonly send: (envelope: Envelope) => void
}

/** Signs what became of warrants: all that ended in one turn under one signature. */
export class ReceiptBook {
  readonly #of: ReceiptsOf
  #waiting: Receipt[] = []
  #flushed = Promise.withResolvers<void>()

  constructor(of: ReceiptsOf) {
    this.#of = of
  }

  /** Resolves at the end of the turn, once the receipt is signed and kept. */
  add(receipt: Receipt): Promise<void> {
    this.#waiting.push(receipt)
    if (this.#waiting.length === 1) setImmediate(() => this.flush())
    return this.#flushed.promise
  }

  flush(): void {
    const waiting = this.#waiting
    const { resolve } = this.#flushed
    this.#waiting = []
    this.#flushed = Promise.withResolvers<void>()
    for (const together of portions(waiting)) this.#sign(together)
    resolve()
  }

  #sign(receipts: Receipt[]): void {
    const { deployment, runner, key, claims, log, keepPaper, send } = this.#of
    const body = receiptsKind.encode({ v: 2, deployment, runner, store: claims.store, receipts })
    const envelope = signReceipts(key, body)
    // Told and kept at once: where both are lost with the machine, the claim says that it was begun.
    claims
      .keep(
        envelope,
        receipts.map(({ statement }) => statement),
      )
      .catch((error: unknown) => log.error({ error: shortFault(error) }, 'a receipt could not be kept'))
    keepPaper({ receipts: envelope })
    send(envelope)
  }
}

/** Receipts as a runner signs them. @param body their exact bytes */
export const signReceipts = (key: MachineKey, body: Uint8Array): Envelope =>
  sealEnvelope(receiptsKind, body, [{ keyid: keyid(key.key), sig: key.sign(receiptsKind.pae(body)) }])

const portions = (receipts: readonly Receipt[]): Receipt[][] => {
  const all: Receipt[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const receipt of receipts) {
    const size = Buffer.byteLength(JSON.stringify(receipt)) + 1
    const last = all.at(-1)
    if (last && last.length < mostTogether && bytes + size <= mostBytes) {
      last.push(receipt)
      bytes += size
    } else {
      all.push([receipt])
      bytes = size
    }
  }
  return all
}
