import { sign } from 'node:crypto'
import { logOrigin } from '#core/log/checkpoint.ts'
import { edgeRoot, emptyEdge, grow } from '#core/log/edge.ts'
import { leafHash } from '#core/log/hash.ts'
import { makeNote } from '#core/log/make-note.ts'
import { consistencyProof, inclusionProof } from '#core/log/proofs.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { type Statement, statementKind } from '#core/statement/statement.ts'
import { receiptsKind } from '#core/warrant/receipts.ts'
import { bundle, logKey, logPrivateKey, now, readerOf, statement } from '#core/warrant/warrant.fixture.ts'
import { warrantKind } from '#core/warrant/warrant.ts'
import type { Execute, Recorded } from '#wire/runner.ts'

type Made = { readonly execute: Execute; readonly digest: string }

/** A server's log, as far as a runner sees it: warrants go in, orders with proofs come out. */
export class Server {
  readonly #leaves: Uint8Array[] = []
  readonly #warrants: Uint8Array[] = []
  readonly #in: { readonly version: number; readonly digest: string }

  constructor(under: { readonly version: number; readonly digest: string } = bundle) {
    this.#in = under
  }

  /** One warrant in a group of its own. @param from the size that the runner is believed to hold */
  order(changes: Partial<Statement>, from = this.#leaves.length): Made {
    const digest = this.#record(changes)
    return { execute: this.again(this.#leaves.length - 1, from), digest }
  }

  /** One warrant with the consents that are made to its statement. */
  consented(changes: Partial<Statement>, consents: (digest: string) => readonly Envelope[]): Made {
    const from = this.#leaves.length
    const digest = this.#record(changes, consents)
    return { execute: this.again(from, from), digest }
  }

  /** Several warrants under one checkpoint. */
  group(all: readonly Partial<Statement>[]): readonly Made[] {
    const from = this.#leaves.length
    const digests = all.map((changes) => this.#record(changes))
    return digests.map((digest, n) => ({ execute: this.again(from + n, n === 0 ? from : this.#leaves.length), digest }))
  }

  /** The order of one leaf, under the log's end. */
  again(index: number, from: number): Execute {
    const size = this.#leaves.length
    const reader = readerOf(this.#leaves)
    const hex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex')
    const root = edgeRoot(grow(emptyEdge, this.#leaves))
    const signer = { key: logKey, sign: (bytes: Uint8Array) => sign(null, bytes, logPrivateKey) }
    return {
      type: 'execute',
      warrant: Buffer.from(this.#warrants[index] ?? '').toString('base64'),
      index,
      path: inclusionProof(index, size, reader).map(hex),
      checkpoint: makeNote(logOrigin('acme'), size, root, signer),
      consistency: from === 0 || from >= size ? [] : consistencyProof(from, size, reader).map(hex),
    }
  }

  /** Receipts go into the log, and this says so with proof. */
  recorded(receipts: Envelope, from = this.#leaves.length): Recorded {
    const body = Buffer.from(receipts.payload, 'base64')
    this.#warrants.push(body)
    this.#leaves.push(leafHash(receiptsKind.pae(body)))
    const { index, path, checkpoint, consistency } = this.again(this.#leaves.length - 1, from)
    return { type: 'recorded', receipts: [{ digest: receiptsKind.digest(body), index, path }], checkpoint, consistency }
  }

  #record(changes: Partial<Statement>, consents: (digest: string) => readonly Envelope[] = () => []): string {
    const body = statementKind.encode({ ...statement, bundle: this.#in.version, ...changes })
    const warrant = warrantKind.encode({
      v: 2,
      deployment: 'acme',
      runner: 'delivery',
      bundle: { version: this.#in.version, digest: this.#in.digest },
      statement: Buffer.from(body).toString('base64'),
      consents: [...consents(statementKind.digest(body))],
      iat: changes.iat ?? now,
    })
    this.#warrants.push(warrant)
    this.#leaves.push(leafHash(warrantKind.pae(warrant)))
    return statementKind.digest(body)
  }
}
