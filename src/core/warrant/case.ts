import type { Bundle } from '#core/bundle/company.ts'
import type { KeyChanges } from '#core/bundle/key-changes.ts'
import type { Arguments } from '#core/command/arguments.ts'
import type { ListedCommand, ManifestEntry } from '#core/command/manifest.ts'
import type { Template } from '#core/command/template.ts'
import type { Consent } from '#core/consent/consent.ts'
import type { Given } from '#core/consent/missing.ts'
import type { TreeHead } from '#core/log/tree.ts'
import type { Policy } from '#core/policy/decide.ts'
import type { Letter } from '#core/statement/envelope.ts'
import type { Resource, Statement } from '#core/statement/statement.ts'
import type { Warrant } from './warrant.ts'

/** A warrant as it is sent: its exact bytes with the proof that they are in the log. */
export type Order = {
  readonly warrant: Uint8Array
  readonly index: number
  readonly path: readonly Uint8Array[]
  /** The signed note that seals it. */
  readonly checkpoint: string
  /** From `last` to the checkpoint. */
  readonly consistency: readonly Uint8Array[]
}

/** What the one who checks knows by itself, and takes from no message. */
export type Facts = {
  readonly me: { readonly deployment: string; readonly runner: string }
  /** Seconds since 1970. */
  readonly now: number
  readonly bundle: Bundle
  readonly policy: Policy
  /** Keys added and removed since, as they are known here. */
  readonly keyChanges: KeyChanges
  /** The last checkpoint accepted. */
  readonly last: TreeHead
  /** The command as it is loaded here, by name. */
  readonly loaded: (command: string) => { readonly definition: string; readonly manifest: ManifestEntry } | undefined
  /** Looks at the target now. */
  readonly inspect: (statement: Statement, args: Arguments) => Promise<Resource>
}

/** A warrant on its way through the list. */
export type Case = {
  readonly order: Order
  readonly facts: Facts
  readonly warrant: Warrant
  readonly statement: Statement
  /** Digest of the statement. */
  readonly digest: string
  /** Hash of the warrant's leaf. */
  readonly leaf: Uint8Array
  readonly listed: ListedCommand
  readonly template: Template
  readonly args: Arguments
  /** What the consents say, unproven: in the order of the warrant. */
  readonly consents: readonly Letter<Consent>[]
  /** The consents, once each is checked. */
  given?: readonly Given[]
  /** The checkpoint of the order, once its signature and consistency are proven. */
  head?: TreeHead
}

/** Why a warrant is not carried out. `say` may be shown to people. */
export class WarrantRefusal extends Error {
  readonly step: string
  readonly say: string
  /** `behind`: the server's tree is smaller than the one accepted here; `fork`: it is another. Both alarm. */
  readonly log: 'behind' | 'fork' | undefined
  /** The order's checkpoint, where that was proven before something else refused: it counts all the same. */
  head?: TreeHead

  constructor(step: string, say: string, log?: 'behind' | 'fork') {
    super(`${step}: ${say}`)
    this.name = 'WarrantRefusal'
    this.step = step
    this.say = say
    this.log = log
  }
}

export type Step = {
  readonly number: number
  readonly name: string
  /** Throws a `WarrantRefusal`, or anything else, which refuses as well. */
  readonly check: (c: Case) => void | Promise<void>
}

/** @throws WarrantRefusal, always */
export const refuse = (step: string, say: string, log?: 'behind' | 'fork'): never => {
  throw new WarrantRefusal(step, say, log)
}
