import { fromPack, readBundle, writeBundle } from '#config/bundle-folder.ts'
import { readCompany } from '#config/company.ts'
import { acceptBundle, bundleKind, followBundle } from '#core/bundle/bundle.ts'
import type { Bundle, Root } from '#core/bundle/company.ts'
import { freshFor } from '#core/bundle/life.ts'
import { FoobotError } from '#core/errors.ts'
import { type Policy, policyOf } from '#core/policy/decide.ts'
import { faultyText } from '#core/policy/faulty-text.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import { shortFault } from '#core/text/short-fault.ts'
import type { BundlePack } from '#wire/runner.ts'
import type { Claims } from './claims.ts'
import type { RunnerLogger } from './logger.ts'

/** The rules by which this runner decides. */
export type InForce = { readonly bundle: Bundle; readonly policy: Policy }

export type Trusting = {
  readonly deployment: string
  /** Of the runner's own configuration file. */
  readonly root: Root
  readonly lowest: number
  readonly folder: string
  readonly claims: Claims
  readonly log: RunnerLogger
}

/** The bundle in force here: taken from a message only when its administrators signed it, and kept over a restart. */
export class HeldBundle {
  readonly #trusting: Trusting
  #inForce: InForce | undefined

  constructor(trusting: Trusting) {
    this.#trusting = trusting
    this.#restore()
  }

  get inForce(): InForce | undefined {
    return this.#inForce
  }

  /**
   * Takes a bundle that is offered. The first one must be fresh: nobody begins under rules of long ago.
   * @param now seconds
   * @throws FoobotError with the reason; then what was held stays in force
   */
  take(pack: BundlePack, now: number): Bundle {
    const { deployment, root, lowest, folder, claims, log } = this.#trusting
    const offer = fromPack(pack)
    const held = this.#inForce?.bundle
    const known = claims.bundle
    // An expired one may be the way to the next: while it is held, step 3 of the checks refuses every order.
    const bundle = followBundle(offer, readCompany, {
      deployment,
      root,
      lowest: Math.max(lowest, known?.version ?? 0),
      now,
      ...(held && { held }),
    })
    if (known && bundle.version === known.version && bundle.digest !== known.digest) {
      throw new FoobotError('bundle-refused', `another bundle of version ${known.version} was in force here`)
    }
    if (held?.digest === bundle.digest) return bundle
    if (!known && bundle.iat + freshFor(bundle.company.limits) <= now) {
      const say = `Bundle ${bundle.version} is too old for a runner that holds none: administrators renew it with "foobot apply".`
      throw new FoobotError(
        'bundle-refused',
        `bundle ${bundle.version} is of ${bundle.iat}, too old for a first one`,
        say,
      )
    }
    writeBundle(folder, offer)
    claims.hold({ version: bundle.version, digest: bundle.digest }).catch((error: unknown) => {
      log.error({ error: shortFault(error) }, 'the version of the bundle could not be written down')
    })
    this.#decideBy(bundle)
    log.info({ version: bundle.version }, 'a bundle is in force')
    return bundle
  }

  /** A runner that has seen no log yet begins where the administrators saw it: nobody shows it a history of its own. */
  #begin({ company: { log } }: Bundle): void {
    const { claims, log: logger } = this.#trusting
    if (claims.note !== undefined || log.checkpoint === undefined) return
    claims.accept(log.checkpoint).catch((error: unknown) => {
      logger.error({ error: shortFault(error) }, 'where the log begins for me could not be written down')
    })
  }

  #decideBy(bundle: Bundle): void {
    this.#begin(bundle)
    const policy = policyOf(bundle)
    this.#inForce = { bundle, policy }
    const text = faultyText(bundle, policy.faulty)
    const rules = policy.faulty.slice(0, 20).map(({ policy: rule, say }) => `${rule}: ${say}`)
    if (text !== undefined) this.#trusting.log.error({ rules }, text)
  }

  /** What was accepted once is known by its digest, whoever its administrators are by now. */
  #restore(): void {
    const { deployment, lowest, folder, claims, log } = this.#trusting
    const known = claims.bundle
    if (!known) return
    try {
      const offer = readBundle(folder, known.version)
      const { value, digest } = readEnvelope(bundleKind, offer.envelope)
      if (digest !== known.digest) throw new Error('it is not the bundle that was accepted')
      const { root } = readCompany(offer.files)
      const bundle = acceptBundle(offer, readCompany, { deployment, root, lowest, now: value.iat })
      this.#decideBy(bundle)
    } catch (error) {
      log.warn(
        { version: known.version, error: shortFault(error) },
        'the bundle held cannot be used: I wait for the server to offer one',
      )
    }
  }
}
