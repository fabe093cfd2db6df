import type { Bundle } from '#core/bundle/company.ts'
import { KeyChanges } from '#core/bundle/key-changes.ts'
import { takeKeyChange } from '#core/bundle/take-key-change.ts'
import type { Envelope } from '#core/statement/fields.ts'
import type { Claims } from './claims.ts'

/** The key changes that this runner knows: kept for ever, whoever handed them over. */
export class HeldKeys {
  readonly #claims: Claims
  #changes: KeyChanges

  constructor(claims: Claims) {
    this.#claims = claims
    this.#changes = KeyChanges.of(claims.keyChanges)
  }

  get changes(): KeyChanges {
    return this.#changes
  }

  /**
   * Takes a change: it counts from now on, and the promise resolves when it is durable.
   * @param now seconds
   * @throws FoobotError as `takeKeyChange`
   */
  take(envelope: Envelope, bundle: Bundle, now: number): Promise<void> {
    const taken = takeKeyChange(this.#changes, envelope, bundle, now)
    if (taken === this.#changes) return Promise.resolve()
    this.#changes = taken
    const last = taken.kept.at(-1)
    return last ? this.#claims.keepKeyChange(last) : Promise.resolve()
  }
}
